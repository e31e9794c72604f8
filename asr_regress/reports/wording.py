"""Numbers, limits and verdicts in words: every report says the same thing in the same way."""

from collections import Counter
from collections.abc import Sequence

from asr_regress.gate.outcome import MetricOutcome, ModelOutcome, Timing
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.reports.cases import Case, cases_of, cases_with, ceiling
from asr_regress.reports.intervals import beside, delta_interval, rate_interval
from asr_regress.reports.layout import clip, clip_name, one_line
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.metrics import available_metrics, get_metric

MARKS = {
    Verdict.REGRESSED: "!",
    Verdict.NOT_MEASURED: "?",
    Verdict.INCONCLUSIVE: "~",
    Verdict.NOT_JUDGED: "*",
    Verdict.PASS: "",
}
"""What stands before a rate in a table that has no room for the verdict."""

_NAMED = 3  # Cases that a sentence names before it counts the others.
_MAX_DECIMALS = 6
_NAME = 40  # Columns of a name in a sentence.
_REASON = 240


def short(name: str) -> str:
    """A name from outside as it stands in a sentence: printable, one line, not too long."""
    return clip_name(one_line(name), _NAME)


def said(text: str) -> str:
    """A reason from outside as it stands in a sentence, without a full stop."""
    return clip(one_line(text), _REASON).rstrip(".")


def verdict_word(verdict: Verdict) -> str:
    """A verdict as people read it: "not measured"."""
    return verdict.value.replace("_", " ")


def metric_name(metric: str) -> str:
    """A metric as people read it: "CER"."""
    if metric == INSERTED_WORDS:
        return "words/min"
    return get_metric(metric).title if metric in available_metrics() else metric.upper()


def tokens(metric: str) -> str:
    """What a metric counts: "characters"."""
    if metric == INSERTED_WORDS:
        return "words"
    return get_metric(metric).unit if metric in available_metrics() else "tokens"


def metric_title(metric: str) -> str:
    """A metric with its unit, above a table: "CER in percent"."""
    return "words a minute without speech" if metric == INSERTED_WORDS else f"{metric_name(metric)} in percent"


def unit(metric: str) -> str:
    """What stands behind a rate: "%"."""
    return "words/min" if metric == INSERTED_WORDS else "%"


def difference_unit(metric: str) -> str:
    """What stands behind a difference of two rates: "points"."""
    return "words/min" if metric == INSERTED_WORDS else "points"


def percent(value: float | None, decimals: int = 2) -> str:
    """A rate without its sign; a dash where there is none."""
    return "-" if value is None else f"{value:.{decimals}f}"


def points(value: float | None, decimals: int = 2) -> str:
    """A difference of two rates, always signed; a dash where there is none."""
    return "-" if value is None else f"{value:+.{decimals}f}"


def decimals_apart(value: float | None, other: float | None) -> int:
    """Decimals (at least 2) that show two rates as different where they are: no "5.00 exceeds 5.00"."""
    if value is None or other is None or value == other:
        return 2
    shown = (count for count in range(2, _MAX_DECIMALS) if f"{value:.{count}f}" != f"{other:.{count}f}")
    return next(shown, _MAX_DECIMALS)


def plural(count: int, noun: str) -> str:
    """A count with its noun: "1 utterance", "1,200 utterances"."""
    return f"1 {noun}" if count == 1 else f"{count:,} {nouns(noun)}"


def nouns(noun: str) -> str:
    """The plural of a noun: "utterances"."""
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


def span(seconds: float) -> str:
    """A length of time in the unit that suits it."""
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:,.2f} h"


def edits(counts: ErrorCounts) -> str:
    """The kinds of edits: "S 8, I 2, D 1"."""
    return f"S {counts.substitutions:,}, I {counts.insertions:,}, D {counts.deletions:,}"


def speed(timing: Timing) -> str:
    """How many utterances were transcribed how fast, and how many came from the cache."""
    parts = [f"{timing.transcribed:,} transcribed"]
    if timing.rtfx is not None and timing.utterances_per_second is not None:
        parts[0] += f" ({span(timing.audio_seconds)} of audio) in {span(timing.wall_seconds)}"
        parts += [f"RTFx {timing.rtfx:,.1f}", f"{timing.utterances_per_second:,.1f} utterances/s"]
    return ", ".join([parts[0], f"{timing.cached:,} from cache", *parts[1:]])


def limit_text(limit: Limit | None, metric: str = "") -> str:
    """Every limit that a rate was held against, under the names it has in thresholds.yaml; empty where none was."""
    if limit is None:
        return ""
    parts = [
        (limit.max, f"max {{:.2f}} {unit(metric)}"),
        (limit.max_regression, f"max_regression {{:.2f}} {difference_unit(metric)}"),
        (limit.max_relative_regression, "max_relative_regression {:g} % of the baseline"),
    ]
    return ", ".join(form.format(value) for value, form in parts if value is not None)


def against(outcome: MetricOutcome, *, sure: bool = False) -> str:
    """A rate beside what it is held against: "8.12 % (limit 6.64 %, +1.78 points against the baseline)".

    Args:
        outcome: What to show.
        sure: With the intervals of the rate and of the difference: "8.12 % [7.9, 8.4]".
    """
    rate, highest = outcome.counts.percent, ceiling(outcome)
    if rate is None:
        return "no rate"
    decimals, sign = decimals_apart(rate, highest), unit(outcome.metric)
    facts = [] if highest is None else [f"limit {percent(highest, decimals)} {sign}"]
    if outcome.delta is not None:
        apart = beside(delta_interval(outcome) if sure else None, signed=True)
        facts.append(f"{points(outcome.delta)}{apart} {difference_unit(outcome.metric)} against the baseline")
    interval = beside(rate_interval(outcome) if sure else None)
    return f"{percent(rate, decimals)} {sign}{interval}" + (f" ({', '.join(facts)})" if facts else "")


def case_phrase(case: Case, *, sure: bool = False) -> str:
    """A case with its numbers: "D03 CER 8.12 % (limit 6.64 %, ...)", and with intervals where asked for."""
    return f"{case_name(case)} {against(case.outcome, sure=sure)}"


def case_name(case: Case) -> str:
    """A case by its category and metric: "D03 CER"."""
    return f"{short(case.category)} {metric_name(case.outcome.metric)}"


def listed(names: Sequence[str], count: int = _NAMED, noun: str = "") -> str:
    """The first few of some phrases, and how many more there are."""
    more = f" and {len(names) - count:,} more {noun}".rstrip() if len(names) > count else ""
    return ", ".join(names[:count]) + more


def verdict_sentence(run: RunOutcome, *, named: int = _NAMED) -> str:
    """The verdict and the facts that matter most: what regressed, where and by how much. One line.

    Args:
        run: The outcome.
        named: Cases of a model that are named, the worst first, before the others are counted. With fewer than usual,
            models after the worst one have their verdict alone.
    """
    partial = f" (PARTIAL: {said('; '.join(run.data.partial))})" if run.data.partial else ""
    models = sorted(run.models, key=lambda model: list(MARKS).index(model.verdict))
    more = f"; and {plural(len(models) - _NAMED, 'more model')}" if len(models) > _NAMED else ""
    phrases = [model_phrase(model, named) for model in models[:_NAMED]]
    if named < _NAMED:
        phrases[1:] = [f"{short(model.name)}: {verdict_word(model.verdict)}" for model in models[1:_NAMED]]
    facts = "; ".join(phrases) or "no model was run"
    return f"{verdict_word(run.verdict).upper()}{partial}: {facts}{more}."


def model_phrase(model: ModelOutcome, named: int = _NAMED) -> str:
    """What the gate says of one model, as a part of a sentence that names so many of its cases."""
    name = short(model.name)
    judged = [case for case in cases_of(model) if case.outcome.judgement.verdict is not Verdict.NOT_JUDGED]
    cases = plural(len(judged), "judged case")
    deciding = cases_with(model, model.verdict)
    if model.error is not None:
        return f"{name} could not be measured: {said(model.error)}"
    if model.verdict is Verdict.REGRESSED:
        others = verdict_counts([case for case in judged if case.outcome.judgement.verdict is not Verdict.REGRESSED])
        rest = f" ({others})" if others else ""
        worst = listed(list(map(case_phrase, deciding)), named)
        return f"{name} regressed in {len(deciding):,} of {cases}{rest}: {worst}"
    if model.verdict is Verdict.NOT_MEASURED:
        return f"{name} could not be measured in full: {_unmeasured(model, deciding)}"
    totals = ", ".join(f"{metric_name(each.metric)} {against(each)}" for each in model.total.metrics.values())
    if model.verdict is Verdict.INCONCLUSIVE:
        return f"{name}: {verdict_counts(judged)}; {_consequence(deciding)}: in total {totals}"
    if model.verdict is Verdict.NOT_JUDGED:
        return f"{name} was measured, but there is nothing to hold it against: in total {totals}"
    better = f", better than the baseline beyond chance in {len(model.improvements):,}" if model.improvements else ""
    return f"{name} passes {cases}{better}: in total {totals}"


def verdict_counts(cases: Sequence[Case]) -> str:
    """How many cases have which verdict: "9 pass, 3 inconclusive"."""
    counts = Counter(case.outcome.judgement.verdict for case in cases)
    return ", ".join(f"{counts[each]:,} {verdict_word(each)}" for each in reversed(MARKS) if counts[each])


def _consequence(undecided: Sequence[Case]) -> str:
    """What becomes of cases that the data cannot decide."""
    closed = sum(case.outcome.judgement.fails for case in undecided)
    if closed:
        return f"{closed:,} of them {'fails' if closed == 1 else 'fail'} for that (on_inconclusive: fail)"
    policy = undecided[0].outcome.judgement.on_inconclusive.value
    return f"too little data to tell, so the gate stays open (on_inconclusive: {policy})"


def _unmeasured(model: ModelOutcome, cases: Sequence[Case]) -> str:
    failed = model.total.accounting.failed
    parts = [f"{plural(failed, 'utterance')} failed"] if failed else []
    parts += [f"no verdict on {listed([case_name(case) for case in cases])}"] if cases else []
    return ", ".join(parts) or "it has no case"
