"""Proposed tolerances lie above the noise that was seen, and can be read back from the YAML fragment."""

from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from asr_regress.commands.calibration import Noise, as_yaml, calibrate, noise_of, variations
from asr_regress.errors import MeasurementError
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.thresholds import Thresholds, read_thresholds
from asr_regress.options import Options
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.score import Pair, score
from asr_regress.text.rules import get_rules

SETTLED = {"batch_size": "4", "dtype": "bfloat16"}


def outcome(hypotheses: dict[str, str], error: str | None = None) -> ModelOutcome:
    pairs = [
        Pair(id=key, category=key[:3], reference="abcdefghij", hypothesis=text) for key, text in hypotheses.items()
    ]
    utterances = score(pairs, get_rules("none"), [get_metric("cer")])
    categories = {pair.category for pair in pairs}
    measured = Measured("m", "m", "f", SETTLED, categories, utterances, error=error)
    return model_outcome(measured, ["cer"], Thresholds())


def test_the_spread_is_that_of_pooled_rates() -> None:
    one = outcome({"D01/1": "abcdefghij", "D01/2": "abcdefghij", "D02/1": "abcdefghi"})
    other = outcome({"D01/1": "abcdefghij", "D01/2": "abcdefghiX", "D02/1": "abcdefghi"})
    noise = {(each.category, each.metric): each for each in noise_of([one, other])}
    assert noise["D01", "cer"].spread == pytest.approx(5.0)
    assert noise["D02", "cer"].spread == 0
    assert noise["TOTAL", "cer"].spread == pytest.approx(100 / 30)


@pytest.mark.parametrize(("spread", "proposal"), [(0.0, 0.05), (0.04, 0.05), (0.05, 0.1), (0.12, 0.15), (3.333, 3.35)])
def test_a_proposal_lies_above_the_spread(spread: float, proposal: float) -> None:
    noise = Noise("D01", "cer", 1.0, 1.0 + spread)
    assert noise.proposal == pytest.approx(proposal)
    assert noise.proposal > noise.spread


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))) | st.text("\\'\"#[:{}\u202e ab", max_size=9))
def test_any_name_of_a_category_can_be_read_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    name = normalize("NFC", text).strip()
    assume(name and name != "TOTAL")
    fragment = as_yaml([Noise(name, "cer", 1.0, 1.1)])
    assert all(line.isprintable() and "##[" not in line for line in fragment.split("\n"))
    path = tmp_path_factory.getbasetemp() / "thresholds.yaml"
    path.write_text(f"version: 1\n{fragment}\n", encoding="utf-8")
    assert list(read_thresholds(path, ["cer"]).categories) == [name]


def test_the_fragment_is_thresholds_yaml(tmp_path: Path) -> None:
    noise = [
        Noise("D01", "cer", 1.0, 1.1),
        Noise("no", "cer", 0, 0),
        Noise("통화", "cer", 0, 0),
        Noise("TOTAL", "cer", 0, 0.3),
    ]
    path = tmp_path / "thresholds.yaml"
    path.write_text(f"version: 1\n{as_yaml(noise)}\n", encoding="utf-8")
    thresholds = read_thresholds(path, ["cer"])
    for each in noise:
        limit = thresholds.limit(each.category, "cer")
        assert limit is not None
        assert limit.max_regression == each.proposal


def test_variations_change_one_thing_each() -> None:
    options = Options(model=("m",))
    varied = variations(options, SETTLED)
    assert [replace(each.options, asr_batch_size=None, asr_dtype=None, asr_workers=None) for each in varied] == [
        options
    ] * 4
    assert {each.options.asr_batch_size for each in varied} == {None, 2, 8}
    assert [each.anew for each in varied] == [False, False, False, True]
    assert len({each.label for each in varied}) == 4


def test_a_run_that_fails_ends_it() -> None:
    good, bad = outcome({"D01/1": "abc"}), outcome({"D01/1": "abc"}, error="out of memory")
    runs = iter([good, bad])
    with pytest.raises(MeasurementError, match="out of memory"):
        calibrate(Options(model=("m",)), lambda options, anew: next(runs), lambda label: None)
