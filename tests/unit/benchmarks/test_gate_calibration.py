import json
from pathlib import Path

import gate_calibration
import numpy as np
import pytest
from gate_calibration import BY_UTTERANCE, GATE, POINT, Setup, measure
from interval_coverage import coverage
from simulated_systems import CATEGORIES, UTTERANCES, World, comparison, simulate

from asr_regress.gate.verdict import Verdict


@pytest.mark.parametrize("runaways", [0.0, 0.003])
def test_the_gate_cries_wolf_seldom(runaways: float) -> None:
    setup = Setup("alarms", World(20, runaways=runaways), 120, (POINT, BY_UTTERANCE, GATE), resamples=500)
    (line,) = measure([setup], workers=1)
    # Nominally 5 % of 120; 14 or more have a chance of 1 in 300 at that.
    assert line.counted.get(GATE, 0) < 14
    assert line.counted[BY_UTTERANCE] > 14
    assert line.counted[POINT] > 110


def test_the_gate_finds_what_it_says_it_could_show() -> None:
    (line,) = measure([Setup("power", World(40, worse_by=3.0), 60, resamples=500)], workers=1)
    assert line.smallest_worsening is not None
    assert line.smallest_worsening < 3.0
    assert line.counted[Verdict.REGRESSED] > 0.8 * 60


def test_a_planted_worsening_has_the_size_asked_for() -> None:
    random = np.random.default_rng(1)
    length, first, second = simulate(World(2_000, worse_by=2.0), random, utterances=200_000).sum(axis=0)
    assert 100 * (second - first) / length == pytest.approx(2.0, abs=0.15)


def test_only_the_first_category_is_worse_and_each_has_its_own_speakers() -> None:
    categories = comparison(World(10, worse_by=50.0), run=3)
    assert [len(each) for each in categories] == [UTTERANCES] * CATEGORIES
    worse = [int(each[:, 2].sum() > 2 * each[:, 1].sum()) for each in categories]
    assert worse == [1, *[0] * (CATEGORIES - 1)]


def test_the_script_prints_its_tables_and_keeps_its_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [*gate_calibration.setups(2)[:1], *gate_calibration.setups(8)[-1:]]
    monkeypatch.setattr(gate_calibration, "setups", lambda runs: few)
    gate_calibration.main(["--quick", "--workers", "1", "--json", str(tmp_path / "numbers.json")])
    said = capsys.readouterr().out
    assert "| 10 | 0.0 % | 0.25 | 100.0 |" in said
    lines = json.loads((tmp_path / "numbers.json").read_text(encoding="utf-8"))
    assert [line["setup"]["runs"] for line in lines] == [2, 2]
    assert sum(lines[1]["counted"].values()) == 2


def test_the_intervals_of_a_difference_hold_the_truth_as_often_as_they_say() -> None:
    *_, plain, expanded = coverage(World(10), runs=150)
    assert plain <= expanded
    assert 90.0 <= expanded <= 99.0
