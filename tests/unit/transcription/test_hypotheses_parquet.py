"""Parquet tables as hypotheses: our own with several models, anybody's, and hostile ones."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from asr_regress.errors import AsrRegressError, CheckpointError
from asr_regress.transcription.hypotheses import Hypotheses, is_hypotheses, name_of, read_hypotheses
from asr_regress.transcription.hypotheses.parquet_file import Wanted, begin, look, next_part

IDS = ("D01/1", "D01/2", "학교")
OURS = {
    "model": ["base", "base", "new", "new"],
    "id": ["D01/1", "D01/2", "D01/1", "D01/2"],
    "audio": ["/a/1.wav", "/a/2.wav"] * 2,
    "reference": ["r"] * 4,
    "hypothesis": ["one", "two", "eins", None],
    "reason": [None, None, None, "timed out"],
}


def write(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def read(path: Path, model: str = "", name: str = "other") -> Hypotheses:
    place = Path(f"{path}#{model}") if model else path
    assert is_hypotheses(place)
    return read_hypotheses(name, place.name, place, IDS)


def test_one_of_several_models_is_chosen_by_mark_or_name(tmp_path: Path) -> None:
    path = write(tmp_path / "utterances.parquet", OURS)
    new = read(path, "new")
    assert new.texts == {"D01/1": "eins", "D01/2": None}
    assert new.reasons == {"D01/2": "timed out"}
    assert read(path, name="new") == Hypotheses("new", path.name, new.fingerprint, new.texts, new.reasons)
    assert read(path, "base").texts == {"D01/1": "one", "D01/2": "two"}
    assert read(path, "base").fingerprint != new.fingerprint
    assert name_of(Path(f"{path}#openai/base")) == "base"
    assert name_of(path) == "utterances"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("", "it has 2 models: base, new; say which one: --model="),
        ("old", "there is no model old in it; it has base, new"),
    ],
)
def test_it_is_never_guessed_which_model_is_meant(tmp_path: Path, model: str, said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        read(write(tmp_path / "utterances.parquet", OURS), model)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_any_table_of_ids_and_texts(tmp_path: Path, kind: pa.DataType) -> None:
    texts = pa.array(["one", "", "셋"], pa.string()).cast(kind)
    path = write(tmp_path / "a.parquet", {"utterance_id": list(IDS), "pred_text": texts})
    assert read(path).texts == dict(zip(IDS, ("one", "", "셋"), strict=True))
    with pytest.raises(CheckpointError, match="no row says which model it is of"):
        read(path, "new")


def test_ids_may_be_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"id": [1, 2], "text": ["a", "b"]})
    assert read_hypotheses("a", "a", path, ["1", "2"]).texts == {"1": "a", "2": "b"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"id": ["D01/1"], "words": ["x"]}, "no hypothesis or pred_text or text.*its columns: id, words"),
        ({"id": ["D01/1"], "text": [["x"]]}, "the column text is of type list"),
        ({"id": ["D01/1"], "text": [b"x"]}, "the column text is of type binary"),
        ({"id": ["D01/1", None], "text": ["x", "y"]}, "a.parquet, row 2: id is a NoneType"),
        ({"id": ["D01/1", "D01/1"], "text": ["x", "y"]}, "a.parquet, row 2: the id D01/1 stands in row 1 already"),
        ({"id": ["D01/1", "D09"], "text": ["x", "y"]}, r"1 of 2 ids are not in the data: D09 \(row 2\)"),
        ({"id": ["D01/1"], "text": ["a" + "\u0301" * 200]}, "row 1: text is no speech"),
        ({"audio": ["x.wav"], "text": ["x"]}, 'beside "audio", "text" is the reference'),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, columns: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        read(write(tmp_path / "a.parquet", columns))


def test_bytes_that_are_no_text_are_refused_with_their_row(tmp_path: Path) -> None:
    broken = pa.array([b"fine", b"\xff\xfe"], pa.binary()).view(pa.string())
    with pytest.raises(CheckpointError, match="row 2: text is not UTF-8"):
        read(write(tmp_path / "a.parquet", {"id": ["D01/1", "D01/2"], "text": broken}))


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["D01/1"]), pa.array(["x"]), pa.array(["y"])], names=["id", "text", "text"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(CheckpointError, match="2 columns named text"):
        read(tmp_path / "a.parquet")


def test_many_rows_come_in_parts_and_in_order(tmp_path: Path) -> None:
    count = 450_000
    path = write(tmp_path / "a.parquet", {"id": [str(n) for n in range(count)], "text": ["x"] * count})
    assert look(str(path)).names == ("id", "text")
    begin(str(path), Wanted("id", "text"))
    parts = []
    while (part := next_part()) is not None:
        parts.append(part)
    assert len(parts) == 3
    assert [number for part in parts for number in part.numbers] == list(range(1, count + 1))


def test_damaged_files_are_hypotheses_or_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.parquet", OURS).read_bytes()
    draw, path, refused = random.Random(5), tmp_path / "b.parquet", 0
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 8)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(damaged[: draw.choice([len(damaged), draw.randrange(len(damaged))])])
        try:
            assert set(read(path, "new").texts) <= set(IDS)
        except AsrRegressError:
            refused += 1
    assert refused
