"""Arrow and Parquet: recordings within rows, splits, and tables that somebody made to do harm."""

import io
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from asr_regress.corpus import table_rows
from asr_regress.corpus.audio import inspect_audio, load_audio
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.utterance import ProblemKind
from asr_regress.errors import AudioError, DataError

AUDIO = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def wav(number: int) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.full(1600, number / 100), 16_000, format="WAV", subtype="PCM_16")
    return out.getvalue()


def table(rows: int, **columns: Any) -> pa.Table:
    audio = [{"bytes": wav(number), "path": f"{number}.wav"} for number in range(rows)]
    given = {
        "audio": pa.array(audio, AUDIO),
        "text": [f"text {number}" for number in range(rows)],
        "category": ["D01"] * rows,
        **columns,
    }
    return pa.table({name: values for name, values in given.items() if values is not None})


def as_parquet(folder: Path, found: pa.Table, **options: Any) -> Path:
    pq.write_table(found, folder / "x.parquet", **options)
    return folder / "x.parquet"


def as_saved(folder: Path, found: pa.Table, **options: Any) -> Path:
    folder.mkdir(exist_ok=True)
    with pa.OSFile(str(folder / "data.arrow"), "wb") as file, pa.ipc.new_stream(file, found.schema) as writer:
        writer.write_table(found, max_chunksize=options.get("row_group_size", 3))
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data.arrow"}]}))
    (folder / "dataset_info.json").write_text("{}")
    return folder


WAYS = pytest.mark.parametrize("write", [as_parquet, as_saved])


@WAYS
def test_each_row_gives_its_recording(tmp_path: Path, write: Any) -> None:
    found = read_manifest(write(tmp_path, table(11), row_group_size=4)).utterances
    assert sorted(each.id for each in found) == sorted(f"{number}.wav" for number in range(11))
    for each in found:
        number = int(each.id.partition(".")[0])
        assert each.audio.endswith(f"#row={number}")
        assert each.reference == f"text {number}"
        assert np.allclose(load_audio(each.audio), number / 100, atol=1e-4)


@WAYS
def test_a_part_of_a_recording_in_a_row(tmp_path: Path, write: Any) -> None:
    rows = table(2, start=[0.02, None], duration=[0.03, None], id=["a", "b"])
    found = read_manifest(write(tmp_path, rows)).utterances
    assert [each.audio.partition("#")[2] for each in found] == ["row=0&t=0.02,0.05", "row=1"]
    assert [len(load_audio(each.audio)) for each in found] == [480, 1600]


@WAYS
@pytest.mark.parametrize("statistics", [True, False])
def test_rows_without_bytes_name_a_file(tmp_path: Path, write: Any, statistics: bool) -> None:
    audio = [{"bytes": None, "path": "a.wav"}, {"bytes": wav(1), "path": None}, {"bytes": None, "path": None}, None]
    (tmp_path / "a.wav").write_bytes(wav(5))
    source = write(tmp_path, table(4, audio=pa.array(audio, AUDIO), id=list("abcd")), write_statistics=statistics)
    manifest = read_manifest(source)
    assert manifest.utterances[0].audio == f"{manifest.root}/a.wav"
    assert [each.id for each in manifest.utterances] == ["a", "b"]
    assert manifest.utterances[1].audio.endswith("#row=1")
    assert [(each.where.partition("#")[2], each.kind) for each in manifest.problems] == [
        ("row=2", ProblemKind.BROKEN_ENTRY),
        ("row=3", ProblemKind.BROKEN_ENTRY),
    ]
    with pytest.raises(AudioError, match=r"row 2 \(from 0\) of the table holds no recording"):
        inspect_audio(manifest.utterances[1].audio.replace("row=1", "row=2"))
    with pytest.raises(AudioError, match="it has 4 rows, none is row 4"):
        inspect_audio(manifest.utterances[1].audio.replace("row=1", "row=4"))


@WAYS
def test_bytes_alone_are_a_recording_too(tmp_path: Path, write: Any) -> None:
    (found,) = read_manifest(write(tmp_path, table(1, audio=[wav(3)], utt_id=["a"]))).utterances
    assert (found.id, len(load_audio(found.audio))) == ("a", 1600)


@WAYS
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"text": ["a", None, "c"]}, '"text" must be text, found nothing'),
        ({"category": ["a", "TOTAL", "b"]}, "rename it"),
        ({"id": ["a", "a", "b"]}, "is already that of"),
        ({"start": [0.0, -1.0, 0.0], "duration": [0.1] * 3}, '"start" must be a number of seconds'),
        ({"text": pa.array([b"a", b"\xff", b"c"]).view(pa.string())}, "a text in the row is not UTF-8"),
        ({"text": ["a", "x" * 1_100_000, "c"]}, "the row is longer than 1,048,576 bytes"),
    ],
)
def test_a_broken_row_is_told_by_its_number(tmp_path: Path, write: Any, columns: dict[str, Any], said: str) -> None:
    if "id" not in columns:
        columns = {**columns, "id": ["a", "b", "c"]}
    manifest = read_manifest(write(tmp_path, table(3, **columns)))
    assert [each.where.partition("#")[2] for each in manifest.problems] == ["row=1"]
    assert said in manifest.problems[0].what
    assert len(manifest.utterances) == 2


@WAYS
@pytest.mark.parametrize(("text", "said"), [(None, "is missing"), ([1, 2, 3], "must be text, found a number")])
def test_a_table_without_texts_is_no_data(tmp_path: Path, write: Any, text: Any, said: str) -> None:
    with pytest.raises(DataError, match=f'#row=0: broken entry: "text" {said}'):
        read_manifest(write(tmp_path, table(3, text=text)))


def test_a_split_has_to_be_named(tmp_path: Path) -> None:
    for split in ("test", "train"):
        as_saved(
            tmp_path / "saved" / split if (tmp_path / "saved").mkdir(exist_ok=True) is None else tmp_path, table(2)
        )
        (tmp_path / "hub/data").mkdir(parents=True, exist_ok=True)
        for shard in range(2):
            path = tmp_path / f"hub/data/{split}-{shard:05}-of-00002.parquet"
            pq.write_table(table(2, id=[f"{shard}-{number}" for number in range(2)]), path)
    (tmp_path / "saved/dataset_dict.json").write_text('{"splits": ["test", "train"]}')
    for folder, number in (("saved", 2), ("hub", 4)):
        with pytest.raises(DataError, match=rf"which of the splits test, train is meant\? .*{folder}/test"):
            read_manifest(tmp_path / folder)
        assert len(read_manifest(tmp_path / folder / "test").utterances) == number
    (tmp_path / "saved/dataset_dict.json").write_text('{"splits": ["train"]}')
    assert len(read_manifest(tmp_path / "saved").utterances) == 2


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("{", "not JSON that is understood"),
        ("[]", "expected an object"),
        ("[" * 100_000, "not JSON that is understood"),
        ('{"_data_files": 5}', "does not name the Arrow files"),
        ('{"_data_files": [{"filename": 5}]}', "does not name the Arrow files"),
        ('{"_data_files": [{"filename": "../x.arrow"}]}', "a data file outside of its folder"),
        ('{"_data_files": [{"filename": "gone.arrow"}]}', r"gone\.arrow: there is no such file"),
        ('{"_data_files": [], "_indices_data_files": [{"filename": "i.arrow"}]}', "flatten_indices"),
        ('{"_data_files": []}', "found no utterance"),
    ],
)
def test_a_saved_dataset_that_is_not_whole(tmp_path: Path, state: str, said: str) -> None:
    as_saved(tmp_path, table(1))
    (tmp_path / "state.json").write_text(state)
    with pytest.raises(DataError, match=said):
        read_manifest(tmp_path)


def test_a_confined_table_reads_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    audio = [{"bytes": None, "path": "../secret.wav"}, {"bytes": wav(1), "path": "/etc/../x.wav"}]
    source = as_parquet(tmp_path / "data", table(2, audio=pa.array(audio, AUDIO)))
    manifest = read_manifest(source, confine=True)
    assert [each.audio for each in manifest.utterances] == [f"{source}#row=1"]
    assert "lies outside of the data folder" in manifest.problems[0].what
    source.rename(tmp_path / "elsewhere.parquet")
    source.symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(DataError, match="leads outside of the data folder"):
        read_manifest(tmp_path / "data", confine=True)


def test_a_table_that_needs_too_much_memory_ends_its_process_alone(tmp_path: Path) -> None:
    """One text of 100 MB, named by a dictionary thousands of times: a file of a few kilobytes."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), pa.array(["x" * 100_000_000]))
    source = as_parquet(tmp_path, table(0, audio=["x.wav"] * 5000, text=texts, category=None), compression="zstd")
    assert source.stat().st_size < 100_000
    with pytest.raises(DataError, match=r"the table cannot be read|longer than"):
        read_manifest(source)


def test_rows_are_counted_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_rows, "MAX_ENTRIES", 5)
    source = as_parquet(tmp_path, table(6))
    with source.open("rb") as file, pytest.raises(table_rows.TableError, match="6 rows, more than 5"):
        table_rows.write_rows(file.fileno(), io.StringIO())


@pytest.mark.parametrize("kind", ["x.parquet", "data.arrow"])
def test_damaged_tables_give_an_error_or_what_is_whole(tmp_path: Path, kind: str) -> None:
    """Bytes changed here and there: never a traceback, and never another end than of the process that reads it."""
    write = as_parquet if kind == "x.parquet" else as_saved
    source = write(tmp_path, table(6))
    path = tmp_path / kind
    whole, random = path.read_bytes(), np.random.default_rng(3)
    damaged = [whole[: len(whole) // 2], b"", b"PAR1", b"ARROW1\0\0", whole[:-1]]
    for _ in range(12):
        data = bytearray(whole)
        for place in random.integers(0, len(data), 20):
            data[place] = random.integers(0, 256)
        damaged.append(bytes(data))
    for data in damaged:
        path.write_bytes(data)
        with suppress(DataError):
            manifest = read_manifest(source)
            assert len(manifest.utterances) + len(manifest.problems) <= 6


@WAYS
def test_a_pipe_in_the_place_of_a_table_does_not_block(tmp_path: Path, write: Any) -> None:
    source = write(tmp_path, table(1))
    path = source if source.is_file() else source / "data.arrow"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(DataError):
        read_manifest(source)
