"""SCTK's trn: a text and the utterance's id in parentheses a line, as sclite reads it."""

from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import find_encoding, read_lines
from asr_regress.corpus.unpacking import open_unpacked
from asr_regress.transcription.hypotheses.collecting import Collector

_COMMENT = ";;"


def read(path: str, collector: Collector) -> None:
    """Take every line that is neither blank nor a comment.

    Raises:
        CheckpointError: A line has no id at its end.
    """
    encoding = find_encoding(path, open_unpacked)
    for number, line in read_lines(path, collector.broken, encoding, open_unpacked):
        if line.startswith(_COMMENT):
            continue
        begin = _begin_of_id(line := line.strip())
        if begin < 0:
            collector.broken(number, f"no id in parentheses at the end, as in `text (id)`: {readable(line[-60:])}")
        collector.take(number, line[begin + 1 : -1], line[:begin].strip())


def _begin_of_id(line: str) -> int:
    """Where the last parenthesis begins, with whatever parentheses stand in it; -1 where there is none."""
    if not line.endswith(")"):
        return -1
    depth, place = 0, len(line)
    while place > 0:
        closing, opening = line.rfind(")", 0, place), line.rfind("(", 0, place)
        place = max(closing, opening)
        depth += 1 if closing > opening else -1
        if depth == 0:
            return place
    return -1
