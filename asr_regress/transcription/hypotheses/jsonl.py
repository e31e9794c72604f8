"""JSON lines as ``{"id": "D01/x.wav", "text": "..."}``, and NeMo's with ``audio_filepath`` and ``pred_text``."""

import json

from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import read_lines
from asr_regress.corpus.unpacking import open_unpacked
from asr_regress.transcription.hypotheses.collecting import Collector


def read(path: str, collector: Collector) -> None:
    """Take every line that is not blank."""
    for number, line in read_lines(path, collector.broken, opened=open_unpacked):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            collector.broken(number, f"not JSON: {readable(line.strip()[:60])}")
        if not isinstance(row, dict):
            collector.broken(number, 'expected an object as {"id": "...", "text": "..."}')
        collector.add(number, row)
