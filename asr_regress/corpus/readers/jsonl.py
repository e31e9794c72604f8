"""JSON lines with NeMo's names: audio_filepath, text, duration, and category, speaker, id where given."""

import json
from collections.abc import Iterator
from typing import Any

from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.files import is_file
from asr_regress.corpus.lines import first_line, read_lines
from asr_regress.corpus.rows import add_row
from asr_regress.corpus.unpacking import open_unpacked


class JsonlReader:
    """A file with one JSON object a line."""

    name = "jsonl"
    layout = 'a .jsonl file, each line as {"audio_filepath": "a/x.wav", "text": "...", "category": "D01"}'
    suffixes = (".jsonl", ".ndjson", ".json", ".jsonl.gz")

    def recognizes(self, path: str) -> bool:
        """Says yes to a file named so, or one whose first line begins like an object."""
        if not is_file(path):
            return False
        return path.lower().endswith(self.suffixes) or first_line(path).lstrip().startswith("{")

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every line that is not blank."""
        for number, row in read_objects(path, builder, '{"audio_filepath": ...}'):
            add_row(row, number, builder)


def read_objects(path: str, builder: ManifestBuilder, example: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields number and object of each line that is not blank; one that is no object is a problem of the builder."""
    for number, line in read_lines(path, builder.broken, opened=open_unpacked):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            what = f"not JSON: {error.msg} at column {error.colno}"
            builder.broken(number, what)
        except (ValueError, RecursionError):  # a number of thousands of digits; brackets nested thousandfold
            builder.broken(number, "JSON with a number too long or nested too deeply")
        else:
            if isinstance(row, dict):
                yield number, row
            else:
                what = f"expected an object such as {example}, found {line.strip()[:40]}"
                builder.broken(number, what)
