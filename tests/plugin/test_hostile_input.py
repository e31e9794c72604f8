"""Checkpoints that would run something and manifests that lead elsewhere, through pytest: exit code 4, nothing run."""

import json
import pickle
import shutil
from pathlib import Path

import pytest


class Pickled:
    """Unpickling it leaves a file behind."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self):
        return (Path.touch, (self._trace,))


@pytest.fixture
def candidate(project) -> Path:
    """A copy of a checkpoint, to plant something in."""
    return shutil.copytree(project.checkpoints["tiny"], project.path / "candidate")


def settings_of(folder: Path, name: str, **values: object) -> None:
    known = json.loads((folder / name).read_text()) if (folder / name).exists() else {}
    (folder / name).write_text(json.dumps({**known, **values}))


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_pickled_weights_are_refused_and_run_nothing(project, refused, candidate, more):
    trace = project.path / "code ran"
    (candidate / "model.safetensors").unlink()
    (candidate / "pytorch_model.bin").write_bytes(pickle.dumps(Pickled(trace)))
    refused(project.run("--model=candidate", *more, models=[]), "candidate", "only pickled", "--asr-allow-pickle")
    assert not trace.exists()


def test_pickled_weights_that_are_allowed_still_run_nothing(project, refused, candidate):
    trace = project.path / "code ran"
    (candidate / "model.safetensors").unlink()
    (candidate / "pytorch_model.bin").write_bytes(pickle.dumps(Pickled(trace)))
    refused(project.run("--model=candidate", "--asr-allow-pickle", models=[]), "candidate", "does not load")
    assert not trace.exists()


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("config.json", {"transformers_weights": "evil.bin"}, "transformers_weights names files to load"),
        ("config.json", {"auto_map": {"AutoConfig": "code.Mine"}}, "brings its own code"),
        ("config.json", {"d_model": 10**9}, "d_model is 1000000000"),
        (
            "processor_config.json",
            {"audio_tokenizer": {"audio_tokenizer_class": "DacModel", "audio_tokenizer_name_or_path": "evil"}},
            "audio_tokenizer names another model to load",
        ),
    ],
)
def test_settings_that_name_something_else_are_refused(project, refused, candidate, name, values, expected):
    settings_of(candidate, name, **values)
    refused(project.run("--model=candidate", "--asr-allow-pickle", models=[]), "candidate", expected)


def test_a_confined_manifest_that_leads_elsewhere_is_refused_with_its_line(project, refused):
    manifest = project.path / "data/manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text().splitlines()]
    (project.path / "outside").mkdir()
    shutil.copy(project.path / "data" / rows[1]["audio_filepath"], project.path / "outside/x.wav")
    rows[1]["audio_filepath"] = "../outside/x.wav"
    manifest.write_text("\n".join(map(json.dumps, rows)))
    assert project.run().ret == 0
    limits = "version: 1\nconfine: true\ndefaults: {cer: {max: 5}, wer: {max: 5}}\n"
    project.thresholds(limits)
    refused(project.run(), "manifest.jsonl:2", "../outside/x.wav lies outside of the data folder", "confine: true")

    # Where some broken entries are allowed it is not read either: the category has one utterance less.
    project.thresholds(limits + "max_broken_entries: 1\n")
    result = project.run("--asr-report=report")
    assert result.ret == 0
    assert project.report()["data"]["expected"] == 4
    assert len(project.report()["data"]["problems"]) == 1


def test_a_confined_manifest_that_stays_within_is_measured(project):
    project.thresholds("version: 1\nconfine: true\ndefaults: {cer: {max: 5}, wer: {max: 5}}\n")
    assert project.run().ret == 0
