"""Models of several backends in one run, and what a person is told of one that cannot be read."""

import re
from pathlib import Path

import pytest
from speech_families import save_ctc, save_ctranslate2

DOCUMENT = Path(__file__).parents[2] / "docs" / "backends.md"


def test_an_export_is_held_against_the_checkpoint_that_it_was_made_from(project, tmp_path: Path) -> None:
    """Does my int8 export still pass? Backends and precisions differ; that is what is asked."""
    pytest.importorskip("ctranslate2")
    ours = project.checkpoints["tiny"]
    whole = save_ctranslate2(ours, tmp_path / "whole")
    int8 = save_ctranslate2(ours, tmp_path / "int8", quantization="int8")
    options = (f"--model=hf={ours}", f"--model=whole={whole}", f"--model=int8={int8}", "--asr-language=en")
    options += ("--asr-baseline=hf", "--asr-report=report")
    result = project.run(*options, models=[])
    assert result.ret in (0, 1)
    result.stdout.fnmatch_lines(["*model*D01*D02*TOTAL*", "hf *", "whole *", "int8 *"])
    report = {model["name"]: model for model in project.report()["models"]}
    assert {name: each["accounting"]["failed"] for name, each in report.items()} == {"hf": 0, "whole": 0, "int8": 0}
    assert report["int8"]["total"]["cer"]["delta"] is not None
    assert len({each["fingerprint"] for each in report.values()}) == 3
    again = project.run(*options, models=[])
    assert again.ret == result.ret
    timings = [model["timing"] for model in project.report()["models"]]
    assert [timing["transcribed"] for timing in timings] == [0, 0, 0]


def test_a_baseline_of_one_backend_takes_an_export_to_another(project, tmp_path: Path) -> None:
    pytest.importorskip("ctranslate2")
    whole = save_ctranslate2(project.checkpoints["tiny"], tmp_path / "whole")
    project.run("--asr-save-baseline=base.json", "--asr-force", "--asr-language=en")
    result = project.run(f"--model=export={whole}", "--asr-baseline=base.json", "--asr-language=en", models=[])
    assert result.ret in (0, 1)
    result.stdout.fnmatch_lines(["*unlike the baseline: backend: 'whisper' in the baseline, 'ctranslate2' now*"])


def test_a_ctc_model_is_judged_with_two_workers_as_with_one(project, tmp_path: Path) -> None:
    model = save_ctc(tmp_path / "ctc", "wav2vec2", masks=True)
    counted = []
    for workers in (1, 2):
        options = (f"--model={model}", f"--asr-workers={workers}", "--asr-batch-size=3", "--asr-no-cache")
        assert project.run(*options, "--asr-report=report", models=[], shared_store=False).ret == 1
        (found,) = project.report()["models"]
        assert found["accounting"]["failed"] == 0
        assert found["timing"]["transcribed"] == found["accounting"]["expected"]
        counted.append(found["total"]["cer"])
    assert counted[0] == counted[1]


def test_a_recognizer_of_ones_own_as_the_document_has_it(project) -> None:
    """The example in docs/backends.md, word for word."""
    source = next(block for block in re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL))
    assert 15 <= len(source.strip().splitlines()) <= 30
    project.path.joinpath("my_recognizer.py").write_text(source, encoding="utf-8")
    project.path.joinpath("words.txt").write_text("yes\nno\n", encoding="utf-8")
    options = ("--model=mine=python:my_recognizer:Recognizer", "--asr-report=report")
    assert project.run(*options, models=[], shared_store=False).ret == 1
    (found,) = project.report()["models"]
    assert found["accounting"]["failed"] == 0
    assert found["timing"]["transcribed"] == found["accounting"]["expected"]
    project.path.joinpath("words.txt").write_text("yes\nnot at all\n", encoding="utf-8")
    project.run(*options, models=[], shared_store=False)
    (changed,) = project.report()["models"]
    assert changed["fingerprint"] != found["fingerprint"]


def test_a_recognizer_that_fails_on_a_recording_loses_that_one_alone(project) -> None:
    source = """
class Recognizer:
    fingerprint = "fails on some"

    def __init__(self, wanted):
        pass

    def transcribe(self, audio):
        if audio[0][3] > 0.12:
            raise ValueError("too high for me")
        return ["something"] * len(audio)
"""
    project.path.joinpath("failing.py").write_text(source, encoding="utf-8")
    result = project.run("--model=python:failing:Recognizer", "--asr-report=report", models=[], shared_store=False)
    assert result.ret == 10
    accounting = project.report()["models"][0]["accounting"]
    assert 0 < accounting["failed"] < accounting["expected"]
    assert accounting["scored"] + accounting["failed"] + accounting["empty_reference"] == accounting["expected"]
    result.stdout.fnmatch_lines(["*too high for me*"])


def test_what_is_not_installed_ends_with_the_command_that_installs_it(project, tmp_path: Path) -> None:
    pytest.importorskip("ctranslate2")
    whole = save_ctranslate2(project.checkpoints["tiny"], tmp_path / "whole")
    project.path.joinpath("conftest.py").write_text("import sys\nsys.modules['ctranslate2'] = None\n", encoding="utf-8")
    result = project.run(f"--model={whole}", models=[])
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*pip install 'asr-regress[[]ctranslate2]'*"])


def test_a_recording_that_is_too_long_for_a_model_fails_and_says_so(project, tone, tmp_path: Path) -> None:
    from speech_families import save_moonshine

    model = save_moonshine(tmp_path / "moonshine")
    tone(project.path / "long" / "long.wav", 300, 31.0)
    (project.path / "long.jsonl").write_text('{"audio_filepath": "long/long.wav", "text": "x", "category": "D01"}\n')
    options = (f"--model={model}", "--asr-data=long.jsonl", "--asr-report=report")
    result = project.run(*options, models=[], shared_store=False)
    assert result.ret == 10
    result.stdout.fnmatch_lines(["*31.0 s long, and moonshine hears 30 s*"])
