"""Any bytes give a value or one of our errors, and everything in the value can be written down."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.label_files import LabelError, decode_label, read_label
from asr_regress.corpus.utterance import Manifest
from asr_regress.errors import AsrRegressError

SETTINGS = settings(max_examples=150, deadline=None)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
names = st.sampled_from(["audio_filepath", "text", "duration", "category", "speaker", "id", "offset", "x"])
rows = st.dictionaries(names, json_values, max_size=8)


def check(manifest: Manifest) -> None:
    ids = [utterance.id for utterance in manifest.utterances]
    assert ids == sorted(set(ids))
    for utterance in manifest.utterances:
        repr(utterance).encode()
        "".join((utterance.id, utterance.audio, utterance.reference, utterance.category)).encode()
        assert not any(ord(letter) < 32 for letter in utterance.id + utterance.category)
    for problem in manifest.problems:
        str(problem).encode()


def read(name: str, data: bytes) -> Manifest | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            return read_manifest(path)
        except AsrRegressError as error:
            str(error).encode()
            return None


@SETTINGS
@given(name=st.sampled_from(["m.jsonl", "m.csv", "m.tsv", "m"]), data=st.binary(max_size=300))
def test_any_bytes(name: str, data: bytes) -> None:
    if manifest := read(name, data):
        check(manifest)


@SETTINGS
@given(name=st.sampled_from(["m.csv", "m.tsv"]), data=st.binary(max_size=200))
def test_any_bytes_under_a_good_header(name: str, data: bytes) -> None:
    delimiter = b"," if name == "m.csv" else b"\t"
    manifest = read(name, delimiter.join((b"path", b"text")) + b"\n" + data)
    if manifest:
        check(manifest)


@SETTINGS
@given(found=st.lists(rows, max_size=4), ascii_only=st.booleans())
def test_every_json_line_is_accounted_for(found: list[dict[str, object]], ascii_only: bool) -> None:
    good = {"audio_filepath": "good.wav", "text": "good", "id": "the good one"}
    lines = [json.dumps(row, ensure_ascii=ascii_only) for row in (good, *found)]
    manifest = read("m.jsonl", "\n".join(lines).encode("utf-8", "surrogatepass"))
    assert manifest is not None
    check(manifest)
    assert len(manifest.utterances) + len(manifest.problems) == len(lines)


@SETTINGS
@given(data=st.binary(max_size=200))
def test_any_bytes_as_a_transcript(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.wav").touch()
        Path(folder, "x.txt").write_bytes(data)
        try:
            manifest = read_manifest(Path(folder))
        except AsrRegressError as error:
            str(error).encode()
        else:
            check(manifest)


@given(text=st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_hangul_in_either_encoding(text: str) -> None:
    assert decode_label(text.encode()) == decode_label(text.encode("utf-8-sig")) == text
    korean = text.encode("cp949")
    assume(not is_utf8(korean))  # a syllable or two may be both; UTF-8 comes first
    try:
        assert decode_label(korean) == text
    except ValueError as error:  # so far as it goes it is UTF-8 too
        assert "breaks off" in str(error)  # noqa: PT017


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_a_korean_sentence_in_cp949() -> None:
    sentence = "안녕하세요, 오늘은 날씨가 참 좋네요."
    assert decode_label(sentence.encode("cp949")) == sentence


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("안녕하세요".encode()[:-1], "breaks off"),
        (b"\xff\xfea\x00", "neither UTF-8 nor CP949"),
        (b"x" * ((1 << 20) + 1), "larger than"),
    ],
)
def test_a_transcript_that_cannot_be_used_names_its_file(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    with pytest.raises(LabelError, match=reason) as caught:
        read_label(str(path))
    assert str(caught.value) == f"{path}: {caught.value.reason}"


def test_a_missing_transcript_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no such file"):
        read_label(str(tmp_path / "x.txt"))
