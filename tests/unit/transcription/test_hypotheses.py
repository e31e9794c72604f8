"""Hypotheses from elsewhere: every line is used or refused with its number."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import AsrRegressError, CheckpointError
from asr_regress.transcription.hypotheses import is_hypotheses, read_hypotheses

IDS = ("D01/1", "D01/2", "학교")


def utterance(key: str) -> Utterance:
    return Utterance(id=key, audio="nowhere.wav", reference="", category="D01")


def write(folder: Path, *lines: object) -> Path:
    path = folder / "hyps.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_texts_reasons_and_what_is_missing(tmp_path: Path) -> None:
    decomposed = "\u1112\u1161\u11a8\u1100\u116d"  # 학교 as macOS spells file names
    path = write(tmp_path, {"id": "D01/1", "text": "one"}, {"id": decomposed, "text": None, "reason": "timed out"})
    found = read_hypotheses("other", "hyps.jsonl", path, IDS)
    assert found.texts_of([utterance("D01/1"), utterance("D01/2")]) == ["one", None]
    assert found.reason(utterance("D01/2")) == "hyps.jsonl has no line for it"
    assert found.reason(utterance("학교")) == "timed out"
    assert is_hypotheses(path)
    assert not is_hypotheses(tmp_path)


def test_the_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    one = read_hypotheses("a", "a", write(tmp_path, {"id": "D01/1", "text": "x"}), IDS).fingerprint
    same = read_hypotheses("b", "b", write(tmp_path, {"id": "D01/1", "text": "x"}), IDS).fingerprint
    other = read_hypotheses("a", "a", write(tmp_path, {"id": "D01/1", "text": "y"}), IDS).fingerprint
    assert one == same != other


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{"], ":1: not JSON"),
        ([{"id": "D01/1", "text": "x"}, [1]], ":2: expected an object"),
        ([{"text": "x"}], ":1: nothing names the utterance: id, or the recording as audio_filepath"),
        ([{"id": ["D01/1"], "text": "x"}], ":1: id is a list, expected a text"),
        ([{"id": "D01/1"}], ":1: no hypothesis or pred_text or text"),
        ([{"id": "D01/1", "text": 7}], ":1: text is a int"),
        ([{"id": "D01/1", "text": "x"}, {"id": "D01/1", "text": "y"}], ":2: the id D01/1 stands in line 1 already"),
        (
            [{"id": "D01/1", "pred_text": "x"}, {"id": "D01/2", "text": "the reference"}],
            ':2: "text" where the lines before have "pred_text"',
        ),
        ([{"audio_filepath": "a.wav", "id": "D01/1", "text": "x"}], ':1: beside "audio_filepath", "text" is the ref'),
        ([{"id": "D01/1", "text": "x\ud800"}], ":1: text is not valid Unicode"),
        ([{"id": "D01/1", "text": "a" + "\u0301" * 200}], ":1: text is no speech"),
        ([{"id": "D09/1", "text": "x"}], "1 of 1 ids are not in the data: D09/1 (line 1)"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, lines: list[object], said: str) -> None:
    path = write(tmp_path, *lines)
    with pytest.raises(CheckpointError) as refused:
        read_hypotheses("other", "hyps.jsonl", path, IDS)
    assert f"{path}" in str(refused.value)
    assert said in str(refused.value)


@given(content=st.binary(max_size=200))
def test_any_bytes_are_hypotheses_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.jsonl"
    path.write_bytes(content)
    with suppress(AsrRegressError):
        assert set(read_hypotheses("other", "fuzz.jsonl", path, IDS).texts) <= set(IDS)
