"""Checkpoints that --model names: looked at and loaded as the gate does, each by itself."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from asr_regress.doctor.checks import decoding, models
from asr_regress.doctor.child import Answer
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, Status
from asr_regress.doctor.given import options_to_json
from asr_regress.options import Options

Examine = Callable[..., Examination]
NAMES = ("good", "cut", "no-generation", "hollow", "pickled", "hyps.jsonl", "god", "a/b")
NAME = re.compile(r"(?:/\S*/)?([\w./-]+?)(?::| \()")


@pytest.fixture(scope="module")
def checkpoints(
    tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory, make_data: Callable[..., Path]
) -> Path:
    """A folder with a good checkpoint and bad ones."""
    root = tmp_path_factory.mktemp("checkpoints")
    for name in ("good", "cut", "no-generation", "hollow", "pickled"):
        shutil.copytree(tiny_checkpoint, root / name)
    weights = root / "cut" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    (root / "no-generation" / "generation_config.json").unlink()
    config = json.loads((root / "hollow" / "config.json").read_text())
    (root / "hollow" / "config.json").write_text(json.dumps({**config, "decoder_layers": 2}))
    (root / "pickled" / "model.safetensors").rename(root / "pickled" / "pytorch_model.bin")
    make_data(root / "data", {"D01": ["one", "two"]})
    (root / "hyps.jsonl").write_text('{"id": "D01/001", "text": "one"}\n{"id": "D01/002", "text": ""}\n')
    return root


@pytest.fixture(scope="module")
def found(checkpoints: Path, ask_here: Callable[..., dict[str, Answer]]) -> Mapping[str, list[Finding]]:
    """Findings by model."""
    options = Options(model=NAMES, asr_language="ko", asr_data=checkpoints / "data")
    told = {"options": options_to_json(options), "start": str(checkpoints), "root": str(checkpoints)}
    answers = ask_here(["thresholds", "weights"], told)
    seen = {name: answer.values for name, answer in answers.items()}
    told |= {"request": seen["thresholds"]["request"], "answers": seen}
    answers |= ask_here(["torch", "transformers", "decoding", "arithmetic", "load"], told)
    answers["pytest"] = Answer({"root": str(checkpoints), "ini": {}, "ini_file": None})
    examination = Examination({"model": list(NAMES), "asr_language": "ko"}, checkpoints, 120.0, (), answers)
    by_model: dict[str, list[Finding]] = {"decoding": list(decoding.settled(examination))}
    for finding in models.models(examination):
        name = NAME.match(finding.found)
        assert name is not None, finding
        by_model.setdefault(name[1], []).append(finding)
    return by_model


def test_what_it_will_run_with_is_the_gates_own_choice(found: Mapping[str, list[Finding]]):
    (finding,) = found["decoding"]
    assert finding.status is Status.OK
    assert finding.details["language"] == "ko"
    assert {"device", "dtype", "attention", "batch_size"} <= set(finding.details)


def test_a_good_one_loads(found: Mapping[str, list[Finding]]):
    (finding,) = found["good"]
    assert finding.status is Status.OK
    assert "0.2 M parameters, safetensors F32" in finding.found
    assert "multilingual; loads on " in finding.found


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("cut", "the weights are damaged: model.safetensors"),
        ("hollow", "the weights are not whole"),
        ("pickled", "unpickling can run any code"),
        ("god", "no such checkpoint folder (did you mean"),
    ],
)
def test_a_bad_one_is_a_problem(found: Mapping[str, list[Finding]], name: str, what: str):
    (finding,) = found[name]
    assert finding.status is Status.PROBLEM
    assert what in finding.found


def test_a_missing_generation_config_is_a_problem_although_it_loads(found: Mapping[str, list[Finding]]):
    loads, says = found["no-generation"]
    assert (loads.status, says.status) == (Status.OK, Status.PROBLEM)
    assert "generation_config.json is missing" in says.found


def test_hypotheses_are_counted(found: Mapping[str, list[Finding]]):
    (finding,) = found["hyps"]
    assert (finding.status, "2 hypotheses from elsewhere" in finding.found) == (Status.OK, True)


def test_a_hub_id_is_not_fetched(found: Mapping[str, list[Finding]]):
    (finding,) = found["a/b"]
    assert finding.status is Status.WARNING
    assert "not in the cache here" in finding.found


def test_a_device_that_is_not_there(
    examine: Examine, libraries: Mapping[str, Answer], ask_here: Callable[..., dict[str, Answer]]
):
    if libraries["torch"].values["gpus"]:
        pytest.skip("a GPU is there")
    asked = ask_here(["decoding"], {"options": {}, "start": ".", "request": {"device": "cuda"}})
    (finding,) = decoding.settled(examine(answers={**libraries, **asked}))
    assert finding.status is Status.PROBLEM
    assert "--asr-device=cuda: torch " in finding.found


def test_an_arithmetic_that_fails_is_a_problem(
    examine: Examine, libraries: Mapping[str, Answer], ask_here: Callable[..., dict[str, Answer]]
):
    resolved = libraries["decoding"].values
    settled = {**resolved, "settings": {**resolved["settings"], "dtype": "int8"}}  # nothing convolves in it
    tried = ask_here(["arithmetic"], {"answers": {"decoding": settled}})
    (finding,) = decoding.settled(examine(answers={**libraries, **tried}))
    assert finding.status is Status.PROBLEM
    assert "a small trial of it fails" in finding.found
    assert "--asr-dtype=float32" in finding.mend[0]
