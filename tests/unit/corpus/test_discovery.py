"""Finding the format by looking, and what the user reads when there is none."""

import os
from pathlib import Path

import pytest

from asr_regress.corpus.discovery import read_manifest
from asr_regress.errors import DataError

LINE = '{"audio_filepath": "x.wav", "text": "x"}\n'


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("m.jsonl", LINE, "jsonl"),
        ("m.JSON", LINE, "jsonl"),
        ("m.list", "\n \n" + LINE, "jsonl"),
        ("m.csv", "path,text\nx.wav,x\n", "table"),
        ("m.TSV", "path\ttext\nx.wav\tx\n", "table"),
        ("m.txt", "path\ttext\nx.wav\tx\n", "table"),
    ],
)
def test_a_file_is_told_by_its_name_or_its_first_line(tmp_path: Path, name: str, text: str, format: str) -> None:
    (tmp_path / name).write_text(text)
    manifest = read_manifest(tmp_path / name)
    assert (manifest.format, [utterance.id for utterance in manifest.utterances]) == (format, ["x.wav"])


@pytest.mark.parametrize("name", ["manifest.jsonl", "Manifest.json"])
def test_a_manifest_in_the_folder_speaks_for_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LINE)
    (tmp_path / "y.wav").touch()
    manifest = read_manifest(tmp_path)
    assert (manifest.format, manifest.root, len(manifest.utterances)) == ("jsonl", tmp_path, 1)


def test_two_manifests_in_the_folder_are_a_question(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").write_text(LINE)
    (tmp_path / "manifest.csv").write_text("path,text\nx.wav,x\n")
    with pytest.raises(DataError, match=r"manifest\.csv, manifest\.jsonl"):
        read_manifest(tmp_path)


def test_a_relative_path_gives_absolute_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.jsonl").write_text(LINE)
    monkeypatch.chdir(tmp_path)
    assert read_manifest(Path("m.jsonl")).utterances[0].audio == str(tmp_path / "x.wav")


def test_a_missing_path_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "validation").mkdir()
    with pytest.raises(DataError, match=r"did you mean .*/validation\?"):
        read_manifest(tmp_path / "valdation" / "deeper")
    with pytest.raises(DataError, match="there is no xyz in"):
        read_manifest(tmp_path / "xyz")


def test_an_empty_folder_lists_the_layouts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is empty") as caught:
        read_manifest(tmp_path)
    for layout in ("원천데이터", "jsonl", ".tsv", "folder per category"):
        assert layout in str(caught.value)


def test_a_folder_without_audio_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "notes.md").touch()
    with pytest.raises(DataError, match=r"looked for a folder per category with x\.wav .* found no utterance"):
        read_manifest(tmp_path)


def test_a_folder_without_transcripts_counts_the_recordings(tmp_path: Path) -> None:
    for index in range(5):
        (tmp_path / f"{index}.wav").touch()
    with pytest.raises(DataError, match=r"audio without a transcript: 5(.|\n)*0\.wav"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl", "m.list"])
@pytest.mark.parametrize("data", [b"", b"\n\n", b"nothing,of,this\n1,2,3\n", b"\xff\xfe\x00\x01" * 30], ids=repr)
def test_a_useless_file_is_a_data_error_that_names_it(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read_manifest(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).replace("\n", "").isprintable()


def test_repeated_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("path,text,text\nx.wav,x,y\n")
    with pytest.raises(DataError, match="same name"):
        read_manifest(tmp_path / "m.csv")


@pytest.mark.parametrize("path", ["/dev/null", "x\0y"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(DataError):
        read_manifest(Path(path))


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.jsonl")
    with pytest.raises(DataError, match="not a manifest"):
        read_manifest(tmp_path / "m.jsonl")
