import re
from dataclasses import replace

import pytest
from wcwidth import wcswidth

from asr_regress.gate.outcome import TOTAL, RunawayShare
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.reports.failure import explain_case
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting

RATES = {"D01": 4.21, "D04": 8.12, TOTAL: 6.14}


@pytest.fixture
def regressed(build) -> RunOutcome:
    utterances = tuple(
        build.utterance(
            f"D04/{number:03}", "네 고객님 무엇을 " * 9, "네 고객 무엇을 " * 9, category="D04", errors=number
        )
        for number in range(30)
    )
    verdicts = {"D04": Verdict.REGRESSED}
    model = build.model("ft-3", RATES, verdicts=verdicts, baselines={"D04": 7.32}, utterances=utterances)
    return build.run(model, baseline="baselines/ft-2.json")


def test_a_regression_has_all_its_numbers(regressed: RunOutcome):
    lines = explain_case(regressed, "ft-3", "D04", "cer").split("\n")
    assert lines[:9] == [
        "REGRESSED: ft-3, D04, CER",
        "",
        "rate        8.12 %  (812 errors in 10,000 characters, S 487, I 162, D 163)",
        "limit       7.00 %  (max 7.00 %, max_regression 0.30 points)",
        "baseline    7.32 %  (732 errors in 10,000 characters, S 439, I 146, D 147)",
        "            baselines/ft-2.json",
        "difference  +0.80 points  (+10.9 % of the baseline)",
        "utterances  100 expected = 100 scored + 0 with an empty reference + 0 failed",
        "why         D04 has a reason",
    ]


def test_the_five_worst_utterances_come_aligned_and_most_errors_first(regressed: RunOutcome):
    lines = explain_case(regressed, "ft-3", "D04", "cer").split("\n")
    start = lines.index("worst 5 utterances of 29 with errors, most errors first:")
    numbered = [line for line in lines[start + 1 :] if line[2].isdigit()]
    assert [line.split()[1] for line in numbered] == ["D04/029", "D04/028", "D04/027", "D04/026", "D04/025"]
    assert lines[start + 2].startswith("     REF  네 고객님 무엇을")
    assert lines[start + 3].startswith("     HYP  네 고객   무엇을")
    assert lines[start + 4].split() == ["S"] * 5
    assert len(lines) <= 60
    assert max(map(wcswidth, lines)) <= 96


def test_it_says_how_sure_it_is_and_what_it_hangs_on(build):
    errors = [(0, 0)] * 12 + [(0, 40)]
    model = build.judged(errors, limit=Limit(max=3), groups=[f"s{number}" for number in range(13)])
    lines = explain_case(build.run(model), "m", "D01", "cer").split("\n")
    assert re.fullmatch(r"rate        3\.08 % \[0, \d+\.\d\]  \(40 errors .*", lines[2])
    assert re.fullmatch(r"difference  \+3\.08 \[0, \+\d+\.\d\] points", lines[5])
    assert lines[6] == "            in brackets: 95 % confidence intervals"
    assert "            only 13 speakers (fewer than 20): the interval is too narrow" in lines
    assert "hangs on    1 utterance: pass without u0012" in lines
    assert any("may be chance: p 0." in line for line in lines)


def test_it_says_what_a_runaway_does_to_the_rate(build):
    share = RunawayShare(1, True, ErrorCounts(0, 133, 0, 1000), ErrorCounts(0, 66, 0, 1000), 6.7, 0.0)
    category = build.category("D04", [build.metric(13.3, verdict=Verdict.REGRESSED, runaways=share)])
    model = replace(build.model("m", RATES), categories={"D04": category})
    text = explain_case(build.run(model), "m", "D04", "cer")
    assert "runaways    1 runaway utterance: 6.60 % (+0.00) without, 13.30 % (+6.70) with" in text


def test_a_case_without_a_limit_on_the_difference_says_what_it_is_held_against(build):
    worse = build.metric(8.12, baseline=8.0, verdict=Verdict.REGRESSED)
    model = build.model("m", RATES)
    model = replace(model, categories={"D04": build.category("D04", [worse])})
    assert "limit       8.00 %  (no worse than the baseline)" in explain_case(build.run(model), "m", "D04", "cer")


def test_a_tiny_difference_is_not_zero(build):
    worse = build.metric(5.00001, baseline=5.0, length=10_000_000, verdict=Verdict.REGRESSED)
    model = replace(build.model("m", RATES), categories={"D04": build.category("D04", [worse])})
    text = explain_case(build.run(model), "m", "D04", "cer")
    assert "difference  +0.00001 points" in text
    assert "rate        5.00001 %" in text


def test_not_measured_says_why_and_which_utterances_failed(build):
    failed = tuple(build.utterance(f"D04/{n}", hypothesis=None, category="D04", reason="no frames") for n in range(7))
    elsewhere = build.utterance("D01/0", hypothesis=None, reason="elsewhere")
    model = build.model("m", RATES, verdicts={"D04": Verdict.NOT_MEASURED}, utterances=(*failed, elsewhere))
    counts = Accounting(expected=100, scored=93, failed=7)
    category = build.category("D04", list(model.categories["D04"].metrics.values()), counts)
    run = build.run(replace(model, categories={**model.categories, "D04": category}))
    text = explain_case(run, "m", "D04", "cer")
    assert text.startswith("NOT MEASURED: m, D04, CER\n")
    assert "utterances  100 expected = 93 scored + 0 with an empty reference + 7 failed" in text
    assert "failed utterances (7):\n  - D04/0: no frames" in text
    assert "- and 2 more: see utterances.parquet" in text
    assert "elsewhere" not in text
    assert "worst" not in text


def test_a_model_that_did_not_run_says_so_without_numbers(build):
    verdicts = dict.fromkeys(RATES, Verdict.NOT_MEASURED)
    run = build.run(build.model("m", RATES, verdicts=verdicts, error="no weights in m"))
    text = explain_case(run, "m", TOTAL, "wer")
    assert "error       no weights in m" in text
    assert "rate " not in text


def test_a_partial_run_says_so(regressed: RunOutcome):
    partial = replace(regressed, data=replace(regressed.data, partial=("--asr-limit=20",)))
    assert "PARTIAL     --asr-limit=20" in explain_case(partial, "ft-3", "D04", "cer")


@pytest.mark.parametrize("case", [("nobody", "D04", "cer"), ("ft-3", "D99", "cer"), ("ft-3", "D04", "mer")])
def test_an_unknown_case_is_a_key_error(regressed: RunOutcome, case: tuple[str, str, str]):
    with pytest.raises(KeyError):
        explain_case(regressed, *case)


def test_hostile_text_is_shown_and_not_obeyed(hostile_run: RunOutcome):
    model = hostile_run.models[0]
    for category in model.categories:
        for name in (model.name, "broken"):
            lines = explain_case(hostile_run, name, category, "cer").split("\n")
            assert len(lines) <= 60
            assert all(line.isprintable() and wcswidth(line) <= 96 for line in lines)
            assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)
