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
        ("limit", "max 7.00 %, max_regression 0.30 points"),
        ("baseline", "4.0000"),
        ("delta", "0.2100"),
        ("substitutions", "252"),
        ("deletions", "85"),
        ("insertions", "84"),
        ("reference_length", "10000"),
        ("utterances", "100"),
        ("failed", "0"),
    ]


def test_what_is_not_there_is_empty(build):
    properties = dict(case_properties(build.run(build.model("m")), "m", TOTAL, "wer"))
    assert properties["verdict"] == "not_judged"
    assert (properties["limit"], properties["baseline"], properties["delta"]) == ("", "", "")


def test_an_unknown_case_is_a_key_error(build):
    with pytest.raises(KeyError):
        case_properties(build.run(build.model("m")), "m", "D99", "cer")
