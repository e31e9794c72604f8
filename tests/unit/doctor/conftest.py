"""Examinations that ask only the probes that a test is about, and stand-ins for packages that are broken."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from asr_regress.commands import doctor
from asr_regress.doctor import probes
from asr_regress.doctor.child import Answer, answer_from
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding

Examine = Callable[..., Examination]
Look = Callable[..., list[Finding]]

_SECONDS = 120.0
_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "CUDA_VISIBLE_DEVICES")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests run under must not be what is examined."""
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    """An examination of a folder that asks, after pytest, only some probes: `examine("--model=x", light=("data",))`."""

    def make(
        *arguments: str,
        start: Path = tmp_path,
        pytest_too: bool = False,
        light: Sequence[str] = (),
        heavy: Sequence[str] = (),
        answers: Mapping[str, Answer] | None = None,
    ) -> Examination:
        parser = argparse.ArgumentParser()
        doctor.add(parser.add_subparsers())
        given = vars(parser.parse_args(["doctor", *arguments]))
        known = {} if pytest_too else {"pytest": Answer({"root": str(start), "ini": {}, "ini_file": None})}
        return Examination(given, start, _SECONDS, (("pytest",), light, heavy), {**known, **(answers or {})})

    return make


@pytest.fixture(scope="session")
def ask_here() -> Callable[..., dict[str, Answer]]:
    """Runs probes in this process, which has imported torch anyway: `ask_here(["torch"], given)`."""

    def ask(names: Sequence[str], given: Mapping[str, Any]) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for name in names:
            told = {key: answer.values for key, answer in answers.items() if answer.trouble is None}
            try:
                values = probes.find(name)({**given, "answers": {**given.get("answers", {}), **told}})
                answers[name] = Answer(json.loads(json.dumps(values)))
            except Exception as error:
                answers[name] = answer_from({"trouble": probes.described(error)})
        return answers

    return ask


@pytest.fixture(scope="session")
def libraries(ask_here: Callable[..., dict[str, Answer]]) -> Mapping[str, Answer]:
    """What torch and transformers answer on this machine."""
    told = {"options": {}, "start": ".", "request": {}}
    answers = ask_here(["torch", "transformers", "decoding", "arithmetic"], told)
    assert all(answer.trouble is None for answer in answers.values()), answers
    return answers


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts a package before the installed one: `stand_in("torchaudio", "2.7.1", CODE)`; gives its folder."""

    def make(name: str, version: str, code: str = "", *, build: str | None = None) -> Path:
        site = tmp_path / f"site-{name}"
        package = site / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(code, encoding="utf-8")
        (package / "version.py").write_text(f"__version__ = '{build or version}'\n", encoding="utf-8")
        facts = site / f"{name}-{version}.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(site)
        return package

    return make
