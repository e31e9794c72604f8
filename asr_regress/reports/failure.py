"""The failure text of a gate test: what a release engineer reads first."""

from collections.abc import Iterable

from asr_regress.basics.printable import defused
from asr_regress.gate.outcome import MetricOutcome, ModelOutcome
from asr_regress.gate.phrases import caution, confidence
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import category_of, ceiling, failed_utterances, model_of, utterances_of, worst_utterances
from asr_regress.reports.certainty import hanging_text, runaway_count, runaway_rates
from asr_regress.reports.findings import brief_reasons
from asr_regress.reports.intervals import beside, delta_interval, rate_interval
from asr_regress.reports.layout import clip, clip_name, columns, one_line, paragraph
from asr_regress.reports.silence import most_said, silence_phrase
from asr_regress.reports.wording import (
    decimals_apart,
    difference_unit,
    edits,
    limit_text,
    metric_name,
    percent,
    plural,
    points,
    said,
    short,
    tokens,
    unit,
    verdict_word,
)
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.score import ScoredUtterance
from asr_regress.scoring.side_by_side import side_by_side

_WIDTH = 96  # pytest puts "E   " in front.
_WORST = 5
_FAILED = 5
_REASONS = 5
_ALIGNED_LINES = 6
_MAX_TOKENS = (200, 100, 60, 40, 25, 15)
_MARGIN = " " * 12


def explain_case(run: RunOutcome, model: str, category: str, metric: str) -> str:
    """Explain why a case is not green, in at most about sixty lines of at most 96 columns.

    Args:
        run: The outcome; its texts are untrusted and are made harmless here.
        model: Name of the model.
        category: Name of the category, or ``TOTAL``.
        metric: Name of the metric.

    Raises:
        KeyError: The run has no such model, category or metric.
    """
    found = model_of(run, model)
    outcome = category_of(found, category).metrics[metric]
    verdict = outcome.judgement.verdict
    title = f"{verdict_word(verdict).upper()}: {short(model)}, {short(category)}, {metric_name(metric)}"
    lines = [*paragraph(title, _WIDTH, indent="  ", first=""), ""]
    if found.error is not None:
        lines += _entry("error", said(found.error))
    else:
        lines += _numbers(run, found, category, outcome)
    lines += _why(outcome)
    if run.data.partial:
        lines += _entry("PARTIAL", said("; ".join(run.data.partial)))
    if found.error is None:  # else it is the reason of every utterance
        lines += _failed(found, category)
    if verdict is not Verdict.NOT_MEASURED:
        lines += _worst(found, category, metric) if metric != INSERTED_WORDS else _said(found, category)
    return "\n".join(lines)


def _entry(label: str, text: str) -> list[str]:
    return paragraph(text, _WIDTH, first=f"{label:<12}", indent=_MARGIN)


def _numbers(run: RunOutcome, model: ModelOutcome, category: str, outcome: MetricOutcome) -> list[str]:
    counts, baseline, highest = outcome.counts, outcome.baseline, ceiling(outcome)
    decimals = decimals_apart(counts.percent, highest)
    where = category_of(model, category).accounting
    of_what, sign, apart = tokens(outcome.metric), unit(outcome.metric), difference_unit(outcome.metric)
    lines: list[str] = []
    if counts.percent is not None:
        of = f"{counts.errors:,} errors in {counts.reference_length:,} {of_what}, {edits(counts)}"
        of = silence_phrase(category_of(model, category)) or of
        lines += _entry("rate", f"{percent(counts.percent, decimals)} {sign}{beside(rate_interval(outcome))}  ({of})")
    if highest is not None:
        set_ = limit_text(outcome.limit, outcome.metric) or "no worse than the baseline"
        lines += _entry("limit", f"{percent(highest, decimals)} {sign}  ({set_})")
    if baseline is not None and baseline.percent is not None:
        of = f"{baseline.errors:,} errors in {baseline.reference_length:,} {of_what}, {edits(baseline)}"
        of = plural(baseline.errors, "word") if outcome.metric == INSERTED_WORDS else of
        lines += _entry("baseline", f"{percent(baseline.percent)} {sign}  ({of})")
        lines += _entry("", short(run.baseline)) if run.baseline else []
    if outcome.delta is not None and baseline is not None:
        share = f"  ({100 * outcome.delta / baseline.percent:+.1f} % of the baseline)" if baseline.percent else ""
        sure = beside(delta_interval(outcome), signed=True)
        delta = points(outcome.delta, decimals_apart(outcome.delta, 0.0))
        lines += _entry("difference", f"{delta}{sure} {apart}{share}")
    if outcome.evidence is not None and outcome.evidence.rate is not None:
        lines += _entry("", f"in brackets: {confidence(outcome.evidence)} confidence intervals")
    parts = f"{where.scored:,} scored + {where.empty_reference:,} with an empty reference + {where.failed:,} failed"
    return [*lines, *_entry("utterances", f"{where.expected:,} expected = {parts}")]


def _why(outcome: MetricOutcome) -> list[str]:
    lines: list[str] = []
    cautions = [] if outcome.evidence is None else [caution(outcome.evidence)]
    for reason in [each for each in (*brief_reasons(outcome)[:_REASONS], *cautions) if each]:
        lines += _entry("" if lines else "why", said(reason))
    if outcome.hanging is not None:
        lines += _entry("hangs on", hanging_text(outcome))
    if outcome.runaways is not None:
        lines += _entry("runaways", f"{runaway_count(outcome)}: {runaway_rates(outcome)}")
    return lines


def _failed(model: ModelOutcome, category: str) -> list[str]:
    failed = failed_utterances(model, category)
    if not failed:
        return []
    lines = ["", f"failed utterances ({len(failed):,}):"]
    for each in failed[:_FAILED]:
        text = f"{clip_name(one_line(each.id), 60)}: {said(each.reason or 'no reason given')}"
        lines += paragraph(text, _WIDTH, first="  - ", indent="    ")
    more = len(failed) - _FAILED
    return [*lines, f"  - and {more:,} more: see utterances.parquet"] if more > 0 else lines


def _worst(model: ModelOutcome, category: str, metric: str) -> list[str]:
    worst = worst_utterances(model, category, metric, _WORST)
    if not worst:
        return []
    wrong = sum(bool(each.counts[metric].errors) for each in utterances_of(model, category) if each.counts)
    lines = ["", f"worst {plural(len(worst), 'utterance')} of {wrong:,} with errors, most errors first:"]
    for number, each in enumerate(worst, start=1):
        counts = each.counts[metric]
        errors = f"{plural(counts.errors, 'error')} in {counts.reference_length:,} {tokens(metric)}, {edits(counts)}"
        name = clip_name(one_line(each.id), max(_WIDTH - 9 - columns(errors), 8))
        lines += [f"  {number}. {name}  ({errors})", *_aligned(each)]
    return lines


def _said(model: ModelOutcome, category: str) -> list[str]:
    """What was said where nobody speaks."""
    said_most = most_said(model, category, _WORST)
    lines = ["", "most words where nobody speaks:"] if said_most else []
    for number, (each, words) in enumerate(said_most, start=1):
        lines.append(f"  {number}. {clip_name(one_line(each.id), 60)}  ({plural(words, 'word')})")
        lines += paragraph(clip(one_line(each.normalized_hypothesis), 3 * _WIDTH), _WIDTH, indent=" " * 5, first=None)
    return lines


def _aligned(utterance: ScoredUtterance) -> Iterable[str]:
    """The utterance as counted, in at most six lines: the longer it is, the less of what is right is shown."""
    pair = utterance.normalized_reference, utterance.normalized_hypothesis
    lines: tuple[str, ...] = ()
    for most in _MAX_TOKENS:
        lines = side_by_side(*pair, width=_WIDTH - 5, max_tokens=most)
        if len(lines) <= _ALIGNED_LINES:
            break
    return [clip(" " * 5 + defused(line), _WIDTH) for line in lines[:_ALIGNED_LINES]]
