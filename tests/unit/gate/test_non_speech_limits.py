"""What thresholds.yaml may say of a category without speech, and how words a minute are judged."""

from pathlib import Path

import pytest

from asr_regress.errors import ConfigurationError
from asr_regress.gate.non_speech import judge_words
from asr_regress.gate.thresholds import Thresholds, read_thresholds
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.inserted_words import INSERTED_WORDS, InsertedWords, inserted_words
from asr_regress.scoring.metrics import available_metrics


def read(folder: Path, categories: str) -> Thresholds:
    path = folder / "thresholds.yaml"
    path.write_text(f"version: 1\ndefaults: {{cer: {{max: 5}}}}\ncategories: {categories}\n", encoding="utf-8")
    return read_thresholds(path, available_metrics())


def test_a_declared_category_has_its_limit(tmp_path: Path) -> None:
    found = read(tmp_path, f"{{hum: {{non_speech: true, {INSERTED_WORDS}: {{max: 1.5}}}}, D01: {{non_speech: false}}}}")
    assert found.non_speech == {"hum"}
    assert found.limit("hum", INSERTED_WORDS) == Limit(max=1.5)
    assert found.limit("D01", "cer") == Limit(max=5)


@pytest.mark.parametrize(
    ("category", "said"),
    [
        (f"{{{INSERTED_WORDS}: {{max: 1}}}}", "only where nobody speaks: add non_speech: true to categories.hum"),
        ("{non_speech: true, cer: {max: 1}}", f"a category without speech is held against {INSERTED_WORDS} alone"),
        ("{non_speech: true, policy: point}", f"a category without speech is held against {INSERTED_WORDS} alone"),
        ("{non_speech: perhaps}", "categories.hum.non_speech"),
        (f"{{non_speech: true, {INSERTED_WORDS}: 1}}", "write {max: 1} (words a minute)"),
        ("{non_speach: true}", "non_speech"),
    ],
)
def test_what_may_not_stand_there(tmp_path: Path, category: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"thresholds\.yaml:3") as error:
        read(tmp_path, f"{{hum: {category}}}")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("limit", "before", "verdict", "reason"),
    [
        (Limit(max=4), None, Verdict.PASS, ""),
        (Limit(max=3.99), None, Verdict.REGRESSED, "4.00 words a minute are over the limit of 3.99"),
        (Limit(max=3.999), None, Verdict.REGRESSED, "4.00 words a minute are over the limit of 3.999"),
        (None, None, Verdict.NOT_JUDGED, "there is no limit on inserted_words_per_minute"),
        (None, 1, Verdict.NOT_JUDGED, "there is no limit"),
        (Limit(max=4), 1, Verdict.PASS, ""),
        (Limit(max_regression=1), 3, Verdict.PASS, ""),
        (Limit(max_regression=0.5), 3, Verdict.REGRESSED, "1.00 above the baseline's 3.00; 0.50 more are allowed"),
        (Limit(max_relative_regression=50), 3, Verdict.PASS, ""),
        (Limit(max_relative_regression=50), 2, Verdict.REGRESSED, "2.00 above the baseline's 2.00; 1.00 more are"),
        (Limit(max_regression=1), None, Verdict.NOT_JUDGED, "no baseline has these recordings"),
        (Limit(max=5, max_regression=1), None, Verdict.PASS, "no baseline has these recordings"),
    ],
)
def test_words_a_minute(limit: Limit | None, before: int | None, verdict: Verdict, reason: str) -> None:
    baseline = None if before is None else inserted_words(before, 60.0)
    found = judge_words(inserted_words(4, 60.0), limit, baseline)
    assert found.verdict is verdict
    assert reason in "; ".join(found.reasons)
    assert bool(reason) == bool(found.reasons)


def test_nothing_is_no_rate() -> None:
    assert judge_words(InsertedWords(), Limit(max=1), None).verdict is Verdict.NOT_MEASURED
    assert (inserted_words(3, 90.0).percent, inserted_words(3, 90.0).minutes) == (2.0, 1.5)
