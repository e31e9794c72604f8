"""Findings in columns, for terminals of any width, with texts from anywhere."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.doctor.finding import Finding, Status, note, ok, problem, warning, worst
from asr_regress.doctor.report import as_json, closing, lines
from asr_regress.reports.layout import columns

LONG = "libc10_cuda.so: cannot open shared object file: No such file or directory. " * 3


def test_columns_are_aligned():
    assert lines(ok("torch", "2.13.0"), width=80) == ["ok       torch         2.13.0"]
    shown = lines(problem("torchaudio", LONG, "pip uninstall -y torchaudio", "or " + LONG), width=80)
    assert shown[0].startswith("PROBLEM  torchaudio    libc10_cuda.so")
    assert shown[1].startswith(" " * 23 + "file or directory")
    assert "         -> pip uninstall -y torchaudio" in shown
    assert all(columns(line) <= 80 for line in shown)


@pytest.mark.parametrize("width", [20, 80, 100, 500])
@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=400), mend=st.lists(st.text(max_size=200), max_size=2))
def test_any_text_is_harmless_and_fits(width: int, text: str, mend: list[str]):
    shown = lines(Finding("torchaudio", Status.PROBLEM, text, tuple(mend)), width=width)
    assert all(columns(line) <= max(60, min(width, 100)) for line in shown)
    assert all(line.isprintable() for line in shown)


def test_lines_of_a_message_stay_lines():
    shown = lines(problem("thresholds", "thresholds.yaml:1: one\nthresholds.yaml:2: two"), width=100)
    assert [line.split()[-1] for line in shown] == ["one", "two"]


def test_color_says_nothing_by_itself():
    plain = lines(problem("torch", "broken"), width=80)
    colored = lines(problem("torch", "broken"), width=80, color=True)
    assert colored[0].replace("\x1b[31m", "").replace("\x1b[0m", "") == plain[0]


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([ok("a", "")], "Nothing is a problem."),
        ([ok("a", ""), warning("b", ""), note("c", ""), note("d", "")], "Nothing is a problem (1 warning, 2 notes)."),
        ([problem("b", ""), problem("b", ""), note("a", "")], "2 problems, 1 note: mend b"),
    ],
)
def test_the_last_word(findings: list[Finding], said: str):
    assert closing(findings, width=80) == [said]


def test_json_holds_everything():
    findings = [ok("a", "fine", {"path": object}), warning("b", "\ud800", "mend it")]
    document = json.loads(as_json(findings))
    assert (document["schema"], document["status"]) == (1, "warning")
    assert document["checks"][1] == {
        "name": "b", "status": "warning", "found": "\ud800", "mend": ["mend it"], "details": {},
    }  # fmt: skip


def test_the_worst_counts():
    assert worst([]) is Status.OK
    assert worst([note("a", ""), problem("b", ""), warning("c", "")]) is Status.PROBLEM
