"""What thresholds.yaml may say of a category without speech, and how words a minute are judged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from asr_regress.errors import ConfigurationError
from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.non_speech import judge_words
from asr_regress.gate.outcome import MetricOutcome, ModelOutcome, NonSpeech
from asr_regress.gate.thresholds import Thresholds, read_thresholds
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.inserted_words import INSERTED_WORDS, InsertedWords, inserted_words
from asr_regress.scoring.metrics import available_metrics
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status


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


def said(utterance_id: str, words: int, status: Status = Status.EMPTY_REFERENCE) -> ScoredUtterance:
    counts = {"cer": ErrorCounts(insertions=5 * words), "wer": ErrorCounts(insertions=words)}
    if status is Status.SCORED:
        counts = {name: replace(each, reference_length=100) for name, each in counts.items()}
    hypothesis = "word " * words
    return ScoredUtterance(
        utterance_id,
        utterance_id[:3],
        status,
        "",
        hypothesis,
        "",
        hypothesis,
        {} if status is Status.FAILED else counts,
    )


SPEECH = said("D01/a", 1, Status.SCORED)
HUM = (said("hum/a", 2), said("hum/b", 0), said("hum/c", 4))
MINUTES = {"hum/a": 60.0, "hum/b": 30.0, "hum/c": 90.0}


def judged(
    *utterances: ScoredUtterance,
    seconds: Mapping[str, float] = MINUTES,
    limit: Limit | None = None,
    baseline: Baseline | None = None,
    judged: Collection[tuple[str, str]] | None = None,
    **thresholds: object,
) -> ModelOutcome:
    limits = {"hum": {INSERTED_WORDS: limit}} if limit else {"hum": {}}
    rules = Thresholds(categories=limits, non_speech=frozenset({"hum"}), **thresholds)  # type: ignore[arg-type]
    run = Measured("m", "m", "f", {}, ("D01", "hum"), (SPEECH, *utterances), seconds=seconds)
    return model_outcome(run, ("cer", "wer"), rules, baseline, judged=judged)


def words_of(outcome: ModelOutcome) -> MetricOutcome:
    assert list(outcome.categories["hum"].metrics) == [INSERTED_WORDS]
    return outcome.categories["hum"].metrics[INSERTED_WORDS]


def test_words_are_pooled_over_all_recordings_and_enter_no_rate() -> None:
    outcome = judged(*HUM, limit=Limit(max=2))
    found = words_of(outcome)
    assert (found.counts.percent, found.judgement.verdict) == (2.0, Verdict.PASS)  # 6 words in 3 minutes
    assert outcome.categories["hum"].non_speech == NonSpeech(recordings=3, with_text=2, words=6, seconds=180.0)
    assert outcome.categories["hum"].empty_insertions == {"cer": 30, "wer": 6}
    assert outcome.total.metrics["wer"].counts == SPEECH.counts["wer"]
    assert outcome.total.accounting == Accounting(expected=4, scored=1, empty_reference=3)


@pytest.mark.parametrize(
    ("utterances", "seconds", "reason"),
    [
        ((), MINUTES, "no recording was transcribed"),
        (
            (*HUM, said("hum/d", 1, Status.SCORED)),
            MINUTES,
            "it is declared non_speech, but it has 1 utterance (first: 'hum/d') with a reference: empty their "
            "references, or take non_speech out of thresholds.yaml",
        ),
        (HUM, {"hum/a": 60.0, "hum/b": 0.0, "hum/c": float("nan")}, "it has 2 utterances (first: 'hum/b') of unknown"),
        (HUM, {}, "it has 3 utterances (first: 'hum/a') of unknown length: there are no minutes to count words in"),
        ((*HUM, said("hum/d", 0, Status.FAILED)), MINUTES, "1 utterance failed (max_failed: 0); first: hum/d: "),
    ],
)
def test_what_is_not_measured(utterances: Sequence[ScoredUtterance], seconds: Mapping[str, float], reason: str) -> None:
    found = words_of(judged(*utterances, seconds=seconds, limit=Limit(max=100))).judgement
    assert found.verdict is Verdict.NOT_MEASURED
    assert found.reasons[0].startswith(reason)


def test_failures_that_are_allowed_and_cases_that_are_not_selected() -> None:
    utterances = (*HUM, said("hum/d", 0, Status.FAILED))
    assert words_of(judged(*utterances, limit=Limit(max=2), max_failed=1)).judgement.verdict is Verdict.PASS
    unselected = judged(*HUM, limit=Limit(max=1), judged=[("D01", "cer")])
    assert words_of(unselected).judgement.verdict is Verdict.NOT_JUDGED
    selected = judged(*HUM, limit=Limit(max=1), judged=[("hum", INSERTED_WORDS)])
    assert words_of(selected).judgement.verdict is Verdict.REGRESSED


def baseline_of_rows(metrics: tuple[str, ...], *rows: tuple[str, Status, int]) -> Baseline:
    found = (
        BaselineRow(id, "hum", status, "0" * 8, "1" * 8, (ErrorCounts(insertions=words),) * len(metrics))
        for id, status, words in rows
    )
    return Baseline("b", "f", "d", "none 1", metrics, {}, {}, tuple(found))


def test_a_baseline_is_compared_on_the_recordings_that_both_have() -> None:
    empty = Status.EMPTY_REFERENCE
    baseline = baseline_of_rows(("cer", "wer"), ("hum/a", empty, 2), ("hum/c", Status.FAILED, 0), ("hum/z", empty, 50))
    found = words_of(judged(*HUM, limit=Limit(max_regression=0), baseline=baseline))
    assert found.judgement.verdict is Verdict.PASS
    assert found.compared == found.baseline == inserted_words(2, 60.0)
    assert (found.counts, found.delta) == (inserted_words(6, 180.0), 0.0)


def test_a_baseline_of_the_same_recordings() -> None:
    rows = [(each.id, Status.EMPTY_REFERENCE, 1) for each in HUM]
    found = words_of(judged(*HUM, limit=Limit(max_regression=0.5), baseline=baseline_of_rows(("cer", "wer"), *rows)))
    assert (found.baseline, found.compared, found.delta) == (inserted_words(3, 180.0), None, 1.0)
    assert found.judgement.verdict is Verdict.REGRESSED


@pytest.mark.parametrize(
    "baseline",
    [
        baseline_of_rows(("cer", "wer"), ("hum/z", Status.EMPTY_REFERENCE, 1)),
        baseline_of_rows(("cer", "wer"), ("hum/a", Status.SCORED, 1)),
    ],
    ids=["other recordings", "speech then"],
)
def test_a_baseline_without_these_recordings_is_none(baseline: Baseline) -> None:
    found = words_of(judged(*HUM, limit=Limit(max=9, max_regression=0), baseline=baseline))
    assert (found.baseline, found.compared, found.judgement.verdict) == (None, None, Verdict.PASS)
    assert found.judgement.reasons == ("no baseline has these recordings: the limit on the regression was not judged",)
