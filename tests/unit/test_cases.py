from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.cases import Case, categories_needed, judgeable
from asr_regress.options import Options
from asr_regress.setup import Setup, set_up

LIMITS = "defaults: {cer: {max: 5}, wer: {max: 5}}\n"


@pytest.fixture
def setup(tmp_path: Path, make_data: Callable[..., Path]) -> Callable[..., Setup]:
    """Three categories and any number of models, with what a test cares about."""
    make_data(tmp_path / "data", {"D01": ["one"], "D02": ["two"], "D10": ["three"]})
    (tmp_path / "model").mkdir()
    for name, text in {
        "config.json": '{"model_type": "whisper"}',
        "model.safetensors": "weights",
        "tokenizer.json": "{}",
        "preprocessor_config.json": "{}",
    }.items():
        (tmp_path / "model" / name).write_text(text)

    def make(limits: str = LIMITS, models: tuple[str, ...] = ("m",), **options: object) -> Setup:
        (tmp_path / "thresholds.yaml").write_text(f"version: 1\ndata: data\n{limits}")
        given = tuple(f"{name}=model" for name in models)
        return set_up(Options(model=given, **options), start=tmp_path, root=tmp_path)  # type: ignore[arg-type]

    return make


def ids(setup: Setup) -> list[str]:
    return [case.id for case in judgeable(setup)]


def test_one_for_each_model_category_and_metric(setup: Callable[..., Setup]):
    found = ids(setup(models=("b", "a")))
    assert len(found) == 2 * 4 * 2
    assert found == sorted(found), "every process must have the same order"
    assert found[0] == "a-D01-cer"
    assert "b-TOTAL-wer" in found


def test_what_has_no_limit_is_not_judged_beside_what_has(setup: Callable[..., Setup]):
    assert ids(setup("categories: {D02: {cer: {max: 5}}}\ntotal: {wer: {max: 5}}\n")) == ["m-D02-cer", "m-TOTAL-wer"]


@pytest.mark.parametrize("limits", ["", "defaults: {cer: {max_regression: 1}}\n"])
def test_where_nothing_can_be_judged_a_first_run_still_shows_all(setup: Callable[..., Setup], limits: str):
    assert len(ids(setup(limits))) == 8


def test_the_total_of_a_part_is_not_judged(setup: Callable[..., Setup]):
    assert ids(setup(asr_category=("D01", "D02"))) == ["m-D01-cer", "m-D01-wer", "m-D02-cer", "m-D02-wer"]
    assert "m-TOTAL-cer" in ids(setup(asr_limit=1))


def test_what_a_selection_needs(setup: Callable[..., Setup]):
    made = setup()
    assert categories_needed(made, [Case("m", "D10", "cer"), Case("m", "D01", "wer")]) == ("D01", "D10")
    assert categories_needed(made, [Case("m", "TOTAL", "cer")]) == ("D01", "D02", "D10")
    assert categories_needed(made, []) == ()
