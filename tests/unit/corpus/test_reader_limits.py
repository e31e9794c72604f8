"""What readers take at most: every limit ends in one clear error, within bounded memory."""

import json
import tracemalloc
from pathlib import Path

import pytest

from asr_regress.corpus import building, lines
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.rows import MAX_FIELDS
from asr_regress.errors import DataError

LINE = '{"audio_filepath": "x.wav", "text": "x"}\n'
HEADERS = {"m.csv": "path,text\n", "m.tsv": "path\ttext\n", "m.jsonl": ""}


@pytest.mark.parametrize("name", ["m.jsonl", "m.csv", "m.list"])
def test_a_file_of_gigabytes_is_not_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(DataError, match="over 512 MiB, too large for a manifest"):
        read_manifest(path)


@pytest.mark.parametrize("name", HEADERS)
def test_lines_are_counted_even_where_they_are_blank(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_LINES", 1000)
    path = tmp_path / name
    path.write_text(HEADERS[name] + "\n" * 2000)
    with pytest.raises(DataError, match="more than 1,000 lines, too many for a manifest"):
        read_manifest(path)


def test_entries_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MAX_ENTRIES", 100)
    path = tmp_path / "m.csv"
    path.write_text("path,text\n" + "".join(f"{number}.wav,x\n" for number in range(101)))
    with pytest.raises(DataError, match=r"m\.csv: more than 100 entries: split the data"):
        read_manifest(path)


def test_a_file_of_which_nothing_can_be_used_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MAX_BROKEN", 100)
    path = tmp_path / "m.jsonl"
    path.write_text(LINE + "nonsense\n" * 200)
    with pytest.raises(DataError, match=r"more than 100 entries that cannot be used(.|\n)*m\.jsonl:2: broken entry"):
        read_manifest(path)


@pytest.mark.parametrize("name", HEADERS)
def test_a_hundred_thousand_categories_are_a_mistake(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    names = [f"speaker-{number}" for number in range(100_000)]
    if name == "m.jsonl":
        rows = "".join(
            json.dumps({"audio_filepath": f"{name}.wav", "text": "x", "category": name}) + "\n" for name in names
        )
    else:
        between = "," if name == "m.csv" else "\t"
        rows = f"path{between}text{between}category\n"
        rows += "".join(f"{name}.wav{between}x{between}{name}\n" for name in names)
    path.write_text(rows)
    with pytest.raises(DataError, match=r"more than 5,000 categories, such as speaker-0, .*`slices:`"):
        read_manifest(path)


def test_a_folder_a_recording_is_the_same_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MAX_CATEGORIES", 10)
    for number in range(11):
        (tmp_path / str(number)).mkdir()
        (tmp_path / f"{number}/x.wav").touch()
        (tmp_path / f"{number}/x.txt").touch()
    with pytest.raises(DataError, match="more than 10 categories"):
        read_manifest(tmp_path)


def test_fields_are_counted(tmp_path: Path) -> None:
    row = {"audio_filepath": "x.wav", "text": "x"}
    few = {f"field {number}": 1 for number in range(MAX_FIELDS)}
    path = tmp_path / "m.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in ({**row, **few}, {**row, **few, "one more": 1})))
    manifest = read_manifest(path)
    assert len(manifest.utterances) == 1
    assert manifest.problems[0].what == f"{MAX_FIELDS + 1} fields beside the known ones, more than {MAX_FIELDS}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('y.wav,"' + ("x" * 100 + "\n") * 12_000, id="a quotation mark that is never closed"),
        pytest.param("y.wav," + ('"\n",' + '"",' * 50) * 8_000, id="a row of more cells than any"),
        pytest.param("y.wav," + "x" * 1_100_000 + "\n", id="a line that is too long"),
        pytest.param("y.wav," + "x" * 200_000 + "\n", id="a cell that is too long"),
    ],
)
def test_a_row_costs_no_more_than_a_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text("path,text\nx.wav,x\n" + text + "\nz.wav,z\n")
    tracemalloc.start()
    try:
        manifest = read_manifest(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert manifest.utterances[0].id == "x.wav"
    assert manifest.problems[0].where == f"{path}:3"
    assert most < 64 << 20


@pytest.mark.parametrize(
    "line",
    [
        {"audio_filepath": "x.wav", "text": "x", "category": "a\n" + "c" * 900_000},
        {"audio_filepath": "x" * 900_000 + "\0", "text": "x", "id": "a"},
        {"audio_filepath": "x.wav", "text": "x", "f" * 900_000: "\0"},
        {"audio_filepath": "x.wav", "text": "x", "id": "\u202e" * 300_000},
        {"audio_filepath": "x.wav", "text": "x", "duration": "x" * 900_000},
        {"audio_filepath": "x.wav", "text": "x" * 900_000},
        *(
            {"audio_filepath": "x.wav", "text": "x", **FLOOD}
            for FLOOD in (
                {name: "a" + "\u0301" * 80_000 + "\u0327" * 80_000}
                for name in ("audio_filepath", "text", "id", "category")
            )
        ),
        {"audio_filepath": "x.wav", "text": ["x" * 900_000]},
        ["x" * 900_000],
    ],
)
def test_what_is_said_of_an_entry_is_short(tmp_path: Path, line: object) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(LINE + json.dumps(line))
    (problem,) = read_manifest(path).problems
    assert len(problem.what) < 600
