"""Judge recordings without speech: by the words a minute that a recognizer makes up, for there is no rate to take.

Judged by the value alone. Neither an interval nor a p-value is made of it: words come in whole phrases, from few
recordings.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite

from asr_regress.gate.baseline import Baseline
from asr_regress.gate.judging import allowed_worsening
from asr_regress.gate.outcome import CategoryOutcome, MetricOutcome, NonSpeech
from asr_regress.gate.phrases import beyond, decimal, short
from asr_regress.gate.policy import POINT
from asr_regress.gate.verdict import Judgement, Limit, Verdict
from asr_regress.scoring.inserted_words import INSERTED_WORDS, InsertedWords, inserted_words
from asr_regress.scoring.score import ScoredUtterance, Status, account, empty_insertions

_WORDS = "wer"
"""The metric whose insertions are the words said on an empty reference; it is always counted."""


def non_speech_outcome(
    name: str,
    utterances: Sequence[ScoredUtterance],
    seconds: Mapping[str, float],
    limit: Limit | None,
    baseline: Baseline | None,
    metrics: Sequence[str],
    unjudged: Judgement | None,
) -> CategoryOutcome:
    """The outcome of a category that was declared to hold no speech.

    Args:
        name: Of the category.
        utterances: All that were expected in it.
        seconds: Length of the recordings, by the utterance's id, as they were read.
        limit: On the words a minute.
        baseline: What to compare with; None without one.
        metrics: Names of the metrics that are counted, for what was said.
        unjudged: The judgement where there is nothing to decide: not selected, too many failures.
    """
    empty = [each for each in utterances if each.status is Status.EMPTY_REFERENCE]
    words = {each.id: each.counts[_WORDS].insertions for each in empty}
    counts = _counts(words, seconds)
    before = _of_baseline(baseline, words, seconds) if baseline is not None else None
    compared = _counts({id: words[id] for id in before[1]}, seconds) if before is not None else None
    earlier = None if before is None or not before[0].reference_length else before[0]
    unjudged = unjudged or _unmeasured(utterances, empty, seconds)
    return CategoryOutcome(
        name=name,
        accounting=account(utterances),
        metrics={
            INSERTED_WORDS: MetricOutcome(
                metric=INSERTED_WORDS,
                counts=counts,
                judgement=unjudged or judge_words(counts, limit, earlier, compared),
                baseline=earlier,
                limit=limit,
                compared=None if earlier is None or compared == counts else compared,
                policy=POINT,
            )
        },
        empty_insertions={metric: empty_insertions(utterances, metric) for metric in metrics},
        non_speech=NonSpeech(
            recordings=len(empty),
            with_text=sum(bool(each.normalized_hypothesis) for each in empty),
            words=counts.insertions,
            seconds=counts.reference_length / 1000,
        ),
    )


def judge_words(
    counts: InsertedWords, limit: Limit | None, baseline: InsertedWords | None, compared: InsertedWords | None = None
) -> Judgement:
    """Hold words a minute against their limits, exactly; against a baseline only where a limit on the worsening is set.

    Args:
        counts: Of the candidate.
        limit: What it is held against; None where nothing was set.
        baseline: Of the baseline, on the recordings that both have; None without one.
        compared: Of the candidate on these; None where they are all of them.
    """
    value = _per_minute(counts)
    if value is None:
        return Judgement(Verdict.NOT_MEASURED, ("there is no audio to take words a minute of",))
    limit = limit or Limit()
    judged, reasons, notes = limit.max is not None, [], []
    if limit.max is not None and value > (highest := Fraction(repr(limit.max))):
        reasons.append(f"{beyond(value, highest)} words a minute are over the limit of {short(limit.max)}")
    if limits_worsening(limit):
        before = None if baseline is None else _per_minute(baseline)
        after = value if compared is None else _per_minute(compared)
        if baseline is None or before is None or after is None:
            notes.append("no baseline has these recordings: the limit on the regression was not judged")
        else:
            judged, allowed = True, Fraction(repr(allowed_worsening(baseline, limit) or 0.0))
            if after - before > allowed:
                reasons.append(
                    f"{decimal(after, 2)} words a minute are {beyond(after - before, allowed)} above the baseline's "
                    f"{decimal(before, 2)}; {decimal(allowed, 2)} more are allowed"
                )
    if reasons:
        return Judgement(Verdict.REGRESSED, (*reasons, *notes))
    if judged:
        return Judgement(Verdict.PASS, tuple(notes))
    return Judgement(Verdict.NOT_JUDGED, tuple(notes) or (f"there is no limit on {INSERTED_WORDS}",))


def limits_worsening(limit: Limit | None) -> bool:
    """Whether a limit is on the difference to a baseline."""
    return limit is not None and (limit.max_regression is not None or limit.max_relative_regression is not None)


def _per_minute(counts: InsertedWords) -> Fraction | None:
    return Fraction(counts.SCALE * counts.errors, counts.reference_length) if counts.reference_length else None


def _counts(words: Mapping[str, int], seconds: Mapping[str, float]) -> InsertedWords:
    known = [id for id in words if _is_length(seconds.get(id))]
    return inserted_words(sum(words[id] for id in known), sum(seconds[id] for id in known))


def _of_baseline(
    baseline: Baseline, words: Mapping[str, int], seconds: Mapping[str, float]
) -> tuple[InsertedWords, list[str]] | None:
    """The baseline's words on the same recordings, and the ids of these; None where it counted no words."""
    if _WORDS not in baseline.metrics:
        return None
    place = baseline.metrics.index(_WORDS)
    found = {
        id: row.counts[place].insertions
        for id in words
        if (row := baseline.row(id)) is not None and row.status is Status.EMPTY_REFERENCE
    }
    return _counts(found, seconds), list(found)


def _unmeasured(
    utterances: Sequence[ScoredUtterance], empty: Sequence[ScoredUtterance], seconds: Mapping[str, float]
) -> Judgement | None:
    """Why a category without speech was not measured; None where it was."""
    spoken = [each.id for each in utterances if each.status is Status.SCORED]
    unknown = [each.id for each in empty if not _is_length(seconds.get(each.id))]
    if spoken:
        why = (
            f"it is declared non_speech, but {_with_first(spoken)} with a reference: empty their references, or take "
            "non_speech out of thresholds.yaml"
        )
    elif not empty:
        why = "no recording was transcribed"
    elif unknown:
        why = f"{_with_first(unknown)} of unknown length: there are no minutes to count words in"
    else:
        return None
    return Judgement(Verdict.NOT_MEASURED, (why,))


def _with_first(ids: Sequence[str]) -> str:
    return f"it has {len(ids):,} utterance{'' if len(ids) == 1 else 's'} (first: {ids[0][:200]!r})"


def _is_length(value: float | None) -> bool:
    return value is not None and isfinite(value) and value > 0
