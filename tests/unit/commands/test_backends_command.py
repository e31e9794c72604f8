"""`asr-regress backends`: what reads models, and what is installed."""

import json
import sys
import tomllib
from pathlib import Path

import pytest

from asr_regress.cli import main
from asr_regress.transcription.readers import listed


def test_every_backend_is_listed_with_what_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backends"]) == 0
    shown = capsys.readouterr().out
    for info in listed():
        assert f"\n{info.name}" in f"\n{shown}"
        assert info.reads in shown
    assert "transformers 5" in shown
    assert "python:module:factory" in shown


def test_what_is_not_installed_comes_with_the_command_that_installs_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    assert main(["backends"]) == 0
    shown = capsys.readouterr().out
    assert "ctranslate2: not installed" in shown
    assert "without ctranslate2: pip install 'asr-regress[ctranslate2]'" in shown


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backends", "--json"]) == 0
    found = {backend["name"]: backend for backend in json.loads(capsys.readouterr().out)}
    assert {"whisper", "ctc", "seq2seq", "ctranslate2", "peft", "python"} <= found.keys()
    assert found["whisper"]["installed"] is True
    assert found["whisper"]["versions"]["torch"]
    assert found["ctranslate2"]["extra"] == "ctranslate2"


def test_each_extra_is_one_of_the_package() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {info.extra for info in listed() if info.extra} <= set(project["optional-dependencies"])
