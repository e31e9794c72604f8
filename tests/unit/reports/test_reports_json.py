import copy
import json
from dataclasses import replace
from math import inf, nan
from typing import Any

from asr_regress.gate.evidence import Evidence
from asr_regress.gate.outcome import TOTAL, RunawayShare, Timing
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.json_report import json_bytes
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.intervals import Interval

METRIC = {
    "rate": float,
    "errors": int,
    "substitutions": int,
    "insertions": int,
    "deletions": int,
    "reference_length": int,
    "ci95": None,
    "baseline": float,
    "delta": float,
    "delta_ci95": None,
    "limit": dict,
    "verdict": str,
}
TIMING = {
    "audio_seconds": float,
    "wall_seconds": float,
    "rtfx": float,
    "utterances_per_second": float,
    "cached": int,
    "transcribed": int,
}


def canonical(report: dict[str, Any]) -> dict[str, Any]:
    """The report without times."""
    without = copy.deepcopy(report)
    for model in without["models"]:
        del model["timing"]
    return without


def holds(value: dict[str, Any], shape: dict[str, Any]) -> None:
    for name, kind in shape.items():
        assert value[name] is None if kind is None else type(value[name]) is kind, name


def test_the_shape_that_scripts_rely_on(build):
    model = build.model("m", baselines={"D01": 4.0, TOTAL: 5.0}, verdicts={"D01": Verdict.REGRESSED})
    report = json.loads(json_bytes(build.run(model)))
    assert report["schema"] == 1
    assert report["verdict"] == "regressed"
    holds(report["data"], {"fingerprint": str, "expected": int})
    holds(report["models"][0], {"name": str, "fingerprint": str, "verdict": str})
    assert report["models"][0]["accounting"] == {"expected": 100, "scored": 100, "empty_reference": 0, "failed": 0}
    holds(report["models"][0]["timing"], TIMING)
    for category in (report["models"][0]["categories"]["D01"], report["models"][0]["total"]):
        holds(category, {"utterances": int, "cer": dict, "wer": dict})
        holds(category["cer"], METRIC)
    cer = report["models"][0]["categories"]["D01"]["cer"]
    assert (cer["rate"], cer["errors"], cer["reference_length"], cer["baseline"]) == (4.21, 421, 10_000, 4.0)
    assert cer["limit"] == {"max": 7.0, "max_regression": 0.3}
    assert cer["verdict"] == "regressed"


def test_what_is_not_there_is_null(build):
    report = json.loads(json_bytes(build.run(build.model(timing=Timing(cached=5)))))
    model = report["models"][0]
    wer = model["total"]["wer"]
    assert wer["baseline"] is wer["delta"] is wer["limit"] is wer["baseline_counts"] is None
    assert model["timing"]["rtfx"] is model["timing"]["utterances_per_second"] is None
    assert wer["verdict"] == "not_judged"


def test_equal_runs_give_equal_bytes_apart_from_timing(build):
    run = build.run(build.model(timing=Timing(1.0, 2.0, 3.0, 4, 5)))
    again = build.run(replace(run.models[0], timing=Timing(9.0, 8.0, 7.0, 6, 5)))
    assert json_bytes(run) == json_bytes(build.run(build.model(timing=Timing(1.0, 2.0, 3.0, 4, 5))))
    assert json_bytes(run) != json_bytes(again)
    assert canonical(json.loads(json_bytes(run))) == canonical(json.loads(json_bytes(again)))


def test_extensions_say_what_is_behind_the_numbers(build):
    run = build.run(build.model("m", error="no weights", notes=("a note",), verdicts={"D01": Verdict.REGRESSED}))
    run = replace(run, data=replace(run.data, partial=("--asr-limit=1",), problems=("a:1: broken",)))
    report = json.loads(json_bytes(run))
    assert report["partial"] is True
    assert report["data"]["partial"] == ["--asr-limit=1"]
    assert report["data"]["problems"] == ["a:1: broken"]
    assert report["text_rules"] == "basic-1"
    model = report["models"][0]
    assert (model["error"], model["notes"], model["decoding"]["beams"]) == ("no weights", ["a note"], "1")
    assert model["categories"]["D01"]["cer"]["reasons"] == ["D01 has a reason"]
    assert model["total"]["empty_insertions"] == {"cer": 0, "wer": 0}


def test_how_sure_it_is_stands_beside_the_number(build):
    model = build.judged([(0, 0)] * 12 + [(0, 40)], groups=[f"s{number}" for number in range(13)])
    cer = json.loads(json_bytes(build.run(model)))["models"][0]["categories"]["D01"]["cer"]
    evidence = model.categories["D01"].metrics["cer"].evidence
    assert cer["ci95"] == [evidence.rate.low, evidence.rate.high]
    assert cer["delta_ci95"] == [evidence.difference.low, evidence.difference.high]
    assert (cer["confidence"], cer["grouped_by"], cer["units"], cer["too_few_groups"]) == (0.95, "speaker", 13, True)
    assert cer["p_adjusted"] == evidence.p_adjusted > 0.05
    assert cer["smallest_worsening"] == evidence.smallest_worsening > 0
    assert cer["utterances_to_settle"] == evidence.utterances_to_settle > 13
    assert cer["hanging"] == {"utterances": ["u0012"], "verdict": "pass"}
    assert (cer["policy"], cer["on_inconclusive"], cer["runaways"]) == ("significant", "warn", None)


def test_runaways_have_both_rates(build):
    share = RunawayShare(1, False, ErrorCounts(0, 133, 0, 1000), ErrorCounts(0, 66, 0, 1000), 6.7, None)
    total = build.category(TOTAL, [build.metric(6.6, runaways=share)])
    report = json.loads(json_bytes(build.run(replace(build.model(), total=total))))
    assert report["models"][0]["total"]["cer"]["runaways"] == {
        "utterances": 1,
        "counted": False,
        "with": 13.3,
        "without": 6.6,
        "delta_with": 6.7,
        "delta_without": None,
    }


def test_what_could_raise_the_baseline_is_told(build):
    model = json.loads(json_bytes(build.run(build.judged([(10, 2), (9, 3)] * 20))))["models"][0]
    assert model["improvements"] == [{"category": "D01", "metric": "cer"}, {"category": TOTAL, "metric": "cer"}]
    assert model["could_raise_baseline"] is True


def test_nothing_is_infinite(build):
    endless = Evidence(0.95, "speaker", 1, 9, rate=Interval(-inf, inf), smallest_worsening=inf, standard_error=nan)
    total = build.category(TOTAL, [build.metric(6.6, evidence=endless)])
    cer = json.loads(json_bytes(build.run(replace(build.model(), total=total))))["models"][0]["total"]["cer"]
    assert cer["ci95"] is cer["smallest_worsening"] is None


def test_hostile_text_comes_back_as_it_was(hostile_run: RunOutcome):
    report = json.loads(json_bytes(hostile_run))
    assert report["models"][0]["name"] == hostile_run.models[0].name
    assert report["data"]["problems"] == list(hostile_run.data.problems)


def test_korean_stays_readable(build):
    assert "통화" in json_bytes(build.run(build.model("통화"))).decode()
