"""`asr-regress lint`: what is printed, exit codes, what cannot be used."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lint_data import NiaTree, noise, sentence, where, write_manifest
from wcwidth import wcswidth

from asr_regress.cli import main
from asr_regress.lint.finding import Severity
from asr_regress.lint.references import _DUAL, _LOST
from asr_regress.lint.registry import CHECKS
from asr_regress.lint.scripts import script_of
from asr_regress.text.leftovers import KINDS

Lint = Callable[..., dict[str, Any]]
SPEECH = Path(__file__).parents[3] / "examples" / "speech"


def test_real_speech_has_no_errors(lint: Lint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    found = lint(f"--data={SPEECH}")
    assert (found["rc"], found["utterances"]) == (0, 57)
    assert where(found).keys() == {"too-few-to-judge", "few-to-judge", "duplicate-text"}
    assert lint(f"--data={SPEECH}", "--fail-on=warning")["rc"] == 1


def test_names_are_unique_short_and_kinds_of_leftovers_known():
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 22
    assert all(check.title and check.mend for check in CHECKS)
    assert {_DUAL, _LOST} <= {kind for kind, _ in KINDS}


@pytest.mark.parametrize("columns", [40, 80, 100, 300])
def test_it_fits_and_nothing_is_obeyed(
    tree: NiaTree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
):
    monkeypatch.setenv("COLUMNS", str(columns))
    tree.add("D01/\u202e" + "가" * 70, "##[error] \x1b[31m::error::빨강 " + "나" * 300)
    tree.add("D01/digits", "사과 3개 주세요 지금 당장")
    assert main(["lint", "--data=data", "--normalize=korean"]) == 0
    out = capsys.readouterr().out
    assert max(map(wcswidth, out.splitlines())) <= max(60, min(columns, 100))
    assert not set("\x1b\u202e") & set(out)
    assert "##[" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    assert re.search(r"^digits +note +2 +3\.8% +52 utterances$", out, re.M)
    assert "note: digits: digits are left in the reference\n    원천데이터/D01/digits.wav: 사과 3개" in out
    assert "  -> write all numbers one way" in out


def test_how_many_examples(tree: NiaTree, capsys: pytest.CaptureFixture[str]):
    for number in range(5):
        tree.add(f"D01/digits{number}", f"사과 {number}개 주세요 지금 당장")
    for samples, shown in ((0, 0), (2, 2), (9, 5)):
        main(["lint", "--data=data", "--normalize=korean", f"--samples={samples}", "--fast"])
        assert capsys.readouterr().out.count("개 주세요") == shown


def test_exit_codes(tree: NiaTree, capsys: pytest.CaptureFixture[str]):
    run = ["lint", "--data=data", "--normalize=korean", "--fast"]
    assert main([*run, "--fail-on=warning"]) == 0
    tree.add("D01/nfd", unicodedata.normalize("NFD", sentence(77)))
    assert main(run) == 0
    assert main([*run, "--fail-on=warning"]) == 1
    assert "1 warning; " in capsys.readouterr().out
    tree.audio("D01/nfd").write_bytes(b"")
    assert main(run) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no data"),
        (["--data=absent"], "absent: no such file"),
        (["--data=data", "--train=absent"], "absent: no such file"),
        (["--data=data", "--normalize=koraen"], "did you mean 'korean'"),
    ],
)
def test_what_cannot_be_used_is_said(
    tree: NiaTree, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
):
    assert main(["lint", *arguments]) == 4
    assert said in capsys.readouterr().err


def test_thresholds_say_which_data_and_rules(tree: NiaTree, lint: Lint):
    (tree.root.parent / "thresholds.yaml").write_text("version: 1\ndata: data\nnormalize: korean\n")
    assert lint("--fast")["rules"] == "korean v1"
    assert lint("--fast", "--normalize=none")["rules"] == "none v1"


def test_ones_own_rules_are_looked_at_afterwards(tree: NiaTree, lint: Lint):
    tree.add("D01/dual", "(칠십 개)/(일흔 개) 주세요 여기에 모두")
    own = "def first(text):\n    return text.split(')/(')[0].lstrip('(')\nfirst.version = 1\n"
    (tree.root.parent / "own_lint_rules.py").write_text(own)
    assert where(lint("--data=data", "--normalize=basic", "--fast")) == {"dual-notation": {"원천데이터/D01/dual.wav"}}
    assert lint("--data=data", "--normalize=own_lint_rules:first", "--fast")["findings"] == []


def test_few_utterances_have_no_usual_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Lint):
    monkeypatch.chdir(tmp_path)
    slow = {"id": "slow", "text": "네", "samples": noise(20, 1)}
    write_manifest(tmp_path / "data", [slow])
    assert where(lint("--data=data")).keys() == {"too-few-to-judge"}


def test_severities_of_the_json_are_the_worst_first(tree: NiaTree, lint: Lint):
    tree.add("D01/digits", "사과 3개 주세요 지금 당장")
    tree.add("D01/nfd", unicodedata.normalize("NFD", sentence(77)), noise(3, 77))
    tree.add("D01/lost", "안녕\ufffd세요 여러분 반갑습니다")
    found = lint("--data=data", "--normalize=korean", "--fast")
    assert [each["severity"] for each in found["findings"]] == [each.value for each in reversed(Severity)]
    assert found["findings"][0]["share"] == pytest.approx(1 / 53)


@pytest.mark.parametrize(
    ("char", "script"), [("a", "LATIN"), ("가", "HANGUL"), ("漢", "HAN"), ("1", ""), ("µ", ""), ("ㅋ", "HANGUL")]
)
def test_scripts(char: str, script: str):
    assert script_of(char) == script
