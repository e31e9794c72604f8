import re
from dataclasses import replace

import pytest
from wcwidth import wcswidth

from asr_regress.gate.evidence import Evidence
from asr_regress.gate.outcome import TOTAL, Hanging
from asr_regress.gate.policy import Policy, Rule
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.reports.changes import Change, Changes
from asr_regress.reports.closing import closing
from asr_regress.scoring.score import Accounting

RATES = {"D01": 4.21, "D04": 8.12, TOTAL: 6.14}
RED = {"D04": Verdict.REGRESSED}


def facts(lines: list[str]) -> list[str]:
    """The three facts, each on one line."""
    text = "\n".join(lines)
    return [" ".join(part.split()) for part in re.split(r"\n(?=look at |how sure|next )", text)]


def test_three_facts_and_the_verdict_with_the_worst_offender_first(build):
    verdicts = {**RED, TOTAL: Verdict.REGRESSED}
    wrong = build.utterance("D04/7", category="D04", errors=6)
    run = build.run(build.model("m", RATES, verdicts=verdicts, utterances=(wrong,)), build.model("other", RATES))
    assert facts(closing(run, {}, report="report/report.html")) == [
        "REGRESSED: m regressed in 2 of 3 judged cases (1 pass): D04 CER 8.12 % (limit 7.00 %) and 1 more; "
        "other: pass.",
        "look at report/report.html; the worst utterance of D04: D04/7 (6 errors)",
        "how sure 1 over a fixed limit alone",
    ]


def test_what_broke_is_what_to_look_at(build):
    broken = tuple(Change(build.utterance(f"u{n}", errors=n), 0, n) for n in (9, 2))
    run = build.run(build.model("m", RATES, verdicts=RED))
    look = facts(closing(run, {"m": Changes("cer", 50, broken, (), 0, 0)}))[1]
    assert look == (
        "look at 2 newly broken utterances, most errors in u9 (9 characters) (--asr-report=DIR writes a report of all)"
    )


def test_how_sure_a_regression_is(build):
    def case(p: float | None, rule: Rule = Rule.SIGNIFICANT, hanging: Hanging | None = None):
        evidence = Evidence(0.95, "speaker", 12, 100, allowed=0.3, p_adjusted=p)
        return build.metric(
            9.0,
            baseline=5.0,
            verdict=Verdict.REGRESSED,
            limit=Limit(max=8.0),
            evidence=evidence,
            policy=Policy(rule),
            hanging=hanging,
        )

    cases = {
        "A": case(0.00001),
        "B": case(0.02, hanging=Hanging(("u1",), Verdict.PASS)),
        "C": case(0.4),
        "D": case(0.4, Rule.POINT),
    }
    model = replace(
        build.model("m", RATES),
        categories={name: build.category(name, [outcome]) for name, outcome in cases.items()},
        total=build.category(TOTAL, [replace(case(None), judgement=build.metric(1.0).judgement)]),
    )
    assert facts(closing(build.run(model), {}))[2] == (
        "how sure 2 of 4 are worse than the baseline beyond chance (p under 0.0001 to 0.02); in 1 chance was not asked "
        "(policy: point); 1 over a fixed limit alone; B CER hangs on a handful of utterances; only 12 speakers in TOTAL"
    )


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (1234, "more utterances would settle D01 CER (about 1,300, now 100)"),
        (7, "more utterances would settle D01 CER (about 7, now 100)"),
        (None, "these data can't tell D01 CER, and more of their kind would not"),
    ],
)
def test_what_would_settle_what_is_inconclusive(build, needed: int | None, said: str):
    evidence = Evidence(0.95, "utterance", 100, 100, utterances_to_settle=needed)
    unsure = build.metric(5.0, verdict=Verdict.INCONCLUSIVE, evidence=evidence)
    model = replace(build.model("m"), categories={"D01": build.category("D01", [unsure])})
    assert facts(closing(build.run(model), {}))[2] == f"next {said}"


def test_what_failed_is_what_to_look_at(build):
    failed = tuple(build.utterance(f"D01/{number}", hypothesis=None, reason="no frames") for number in range(3))
    model = build.model("m", RATES, verdicts={"D01": Verdict.NOT_MEASURED}, utterances=failed)
    total = replace(model.total, accounting=Accounting(expected=100, scored=97, failed=3))
    run = build.run(replace(model, total=total))
    verdict, look, next_ = facts(closing(run, {}, report="r.html"))
    assert verdict.startswith("NOT MEASURED: m could not be measured in full: 3 utterances failed")
    assert look == "look at r.html; 3 failed utterances, first D01/0: no frames"
    assert next_ == "next mend that and run again: what is transcribed is kept; until then there is no verdict"
    assert "kept" not in facts(closing(run, {}, keeps=False))[2]


def test_a_pass_says_what_it_rests_on(build):
    run = build.run(build.model("m", RATES), baseline="old.json")
    _, look, next_ = facts(closing(run, {}))
    assert look == "look at 200 utterances (2.35 h), 0 failed, against old.json"
    assert next_ == "next nothing in this run speaks against shipping it"
    partial = replace(run, data=replace(run.data, partial=("--asr-limit=20",)))
    assert facts(closing(partial, {}))[2] == "next run the whole gate: a part of the data is no verdict on a release"


def test_a_better_model_has_the_command_that_makes_it_the_baseline(build):
    run = build.run(build.judged([(10, 2), (9, 3)] * 20), baseline="old.json")
    assert facts(closing(run, {}))[2].endswith("pytest --model=checkpoints/m --asr-save-baseline=old.json")


def test_a_session_that_failed_beside_its_verdict_says_why(build):
    run = build.run(build.model("m", RATES))
    assert facts(closing(run, {}, broken=2))[2].startswith(
        "next mend what broke: 2 tests failed for reasons of their own"
    )
    assert facts(closing(run, {}, refused=True))[2].startswith("next mend what was refused: ")
    red = build.run(build.model("m", RATES, verdicts=RED))
    assert facts(closing(red, {}, refused=True))[2].startswith("how sure ")


def test_nothing_to_judge_by(build):
    model = build.model("m", RATES, verdicts=dict.fromkeys(RATES, Verdict.NOT_JUDGED))
    assert facts(closing(build.run(model), {}))[2].startswith("next set limits in thresholds.yaml")
    assert closing(build.run(), {}) == ["NOT MEASURED: no model was run."]


def test_a_first_baseline_is_to_be_named(build):
    model = build.model("m", RATES, verdicts=dict.fromkeys(RATES, Verdict.NOT_JUDGED))
    named = "next name the new baseline in thresholds.yaml (`baseline: base.json`), and commit both"
    assert facts(closing(build.run(model), {}, saved="base.json"))[2] == named
    compared = build.run(build.model("m", RATES), baseline="old.json")
    assert facts(closing(compared, {}, saved="new.json"))[2] == "next nothing in this run speaks against shipping it"


def test_color_adds_nothing_but_color(build):
    run = build.run(build.model("m", RATES, verdicts=RED))
    colored = closing(run, {}, color=True)
    assert colored[0].startswith("\x1b[31mREGRESSED")
    assert re.sub(r"\x1b\[\d+m", "", "\n".join(colored)) == "\n".join(closing(run, {}))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_hostile_text_is_shown_and_not_obeyed(hostile_run: RunOutcome, hostile: str, width: int):
    for line in closing(hostile_run, {}, width=width, report=hostile):
        assert wcswidth(line) <= max(80, min(width, 100))
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
