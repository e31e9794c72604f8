import pytest

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.junit import case_properties


def test_a_case_has_its_numbers_as_properties(build):
    run = build.run(build.model("m", baselines={"D01": 4.0}, verdicts={"D01": Verdict.REGRESSED}))
    assert case_properties(run, "m", "D01", "cer") == [
        ("model", "m"),
        ("category", "D01"),
        ("metric", "cer"),
        ("verdict", "regressed"),
        ("rate", "4.2100"),
        ("ci", ""),
        ("limit", "max 7.00 %, max_regression 0.30 points"),
        ("baseline", "4.0000"),
        ("delta", "0.2100"),
        ("delta_ci", ""),
        ("confidence", ""),
        ("p", ""),
        ("substitutions", "252"),
        ("deletions", "85"),
        ("insertions", "84"),
        ("reference_length", "10000"),
        ("utterances", "100"),
        ("failed", "0"),
    ]


def test_how_sure_it_is_can_be_read_by_a_machine(build):
    model = build.judged([(10, 14), (10, 12)] * 30)
    evidence = model.categories["D01"].metrics["cer"].evidence
    properties = dict(case_properties(build.run(model), "m", "D01", "cer"))
    assert [float(end) for end in properties["ci"].split()] == pytest.approx(
        [evidence.rate.low, evidence.rate.high], abs=1e-4
    )
    assert [float(end) for end in properties["delta_ci"].split()] == pytest.approx(
        [evidence.difference.low, evidence.difference.high], abs=1e-4
    )
    assert properties["confidence"] == "0.95"
    assert float(properties["p"]) == pytest.approx(evidence.p_adjusted, rel=0.01)


def test_what_is_not_there_is_empty(build):
    properties = dict(case_properties(build.run(build.model("m")), "m", TOTAL, "wer"))
    assert properties["verdict"] == "not_judged"
    assert (properties["limit"], properties["baseline"], properties["delta"]) == ("", "", "")


def test_an_unknown_case_is_a_key_error(build):
    with pytest.raises(KeyError):
        case_properties(build.run(build.model("m")), "m", "D99", "cer")
