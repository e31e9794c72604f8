from collections.abc import Sequence
from pathlib import Path

import pytest

from asr_regress.errors import CheckpointError
from asr_regress.transcription.model_glob import expand_models, natural_order


@pytest.fixture
def ckpts(tmp_path: Path) -> Path:
    """Three checkpoints, one without config.json among them, logs, a manifest and two files of hypotheses."""
    for name, file in (
        ("checkpoint-1000", "config.json"),
        ("checkpoint-500", "config.json"),
        ("checkpoint-1500", "model.safetensors"),
        ("logs", "events.txt"),
        ("seed-1/final", "config.json"),
        ("seed-2/final", "config.json"),
    ):
        (tmp_path / "ckpts" / name).mkdir(parents=True)
        (tmp_path / "ckpts" / name / file).write_text("{}")
    for name in ("hyp-2.jsonl", "hyp-10.jsonl", "manifest.jsonl", "notes.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "odd[1]").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("ckpts/checkpoint-*", ["ckpts/checkpoint-500", "ckpts/checkpoint-1000", "ckpts/checkpoint-1500"]),
        ("ckpts/checkpoint-1[05]00", ["ckpts/checkpoint-1000", "ckpts/checkpoint-1500"]),
        ("ckpts/*", ["ckpts/checkpoint-500", "ckpts/checkpoint-1000", "ckpts/checkpoint-1500"]),
        ("ft=ckpts/checkpoint-1*0", ["ft-1000=ckpts/checkpoint-1000", "ft-1500=ckpts/checkpoint-1500"]),
        ("ckpts/seed-*/final", ["seed-1=ckpts/seed-1/final", "seed-2=ckpts/seed-2/final"]),
        ("ft=ckpts/*/final", ["ft-seed-1=ckpts/seed-1/final", "ft-seed-2=ckpts/seed-2/final"]),
        ("*.jsonl", ["hyp-2.jsonl", "hyp-10.jsonl"]),
        ("h=hyp-*.jsonl", ["h-2=hyp-2.jsonl", "h-10=hyp-10.jsonl"]),
        ("odd[1]", ["odd[1]"]),
        ("http://host/v1?model=*", ["http://host/v1?model=*"]),
        ("ckpts/checkpoint-500", ["ckpts/checkpoint-500"]),
        ("nowhere", ["nowhere"]),
    ],
)  # fmt: skip
def test_what_stands_for_what(ckpts: Path, given: str, found: Sequence[str]):
    assert list(expand_models([given], ckpts, [ckpts / "manifest.jsonl"])) == found


def test_patterns_stand_where_they_were_given(ckpts: Path):
    found = expand_models(["base=ckpts/seed-1/final", "ckpts/checkpoint-?00", str(ckpts / "hyp-?.jsonl")], ckpts)
    assert found == ("base=ckpts/seed-1/final", "ckpts/checkpoint-500", str(ckpts / "hyp-2.jsonl"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ckpts/step-*", r"=ckpts/step-\*: nothing matches; in .*ckpts there is checkpoint-500, checkpoint-1000, "
         r"checkpoint-1500, logs, seed-1 and 1 more"),
        ("nowhere/checkpoint-*", "nothing matches: there is no folder .*nowhere"),
        ("ckpts/lo*", r"1 thing matches, no model among them \(a folder with config.json.*: ckpts/logs"),
        ("x" * 300 + "*", "nothing matches; in .* there is ckpts"),
        ("a\0*", "nothing matches"),
        ("ckpts/checkpoint-[", "nothing matches"),
    ],
)  # fmt: skip
def test_a_pattern_without_a_model(ckpts: Path, given: str, said: str):
    with pytest.raises(CheckpointError, match=said):
        expand_models([given], ckpts)


def test_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("asr_regress.transcription.model_glob.MOST", 2)
    for number in range(3):
        (tmp_path / f"h{number}.jsonl").write_text("")
    with pytest.raises(CheckpointError, match="3 models match, more than 2"):
        expand_models(["h*.jsonl"], tmp_path)


def test_natural_order():
    names = ["b", "a-10", "a-9", "a", "a-9b2", "10", "9", "a-09"]
    assert sorted(names, key=natural_order) == ["9", "10", "a", "a-09", "a-9", "a-9b2", "a-10", "b"]
