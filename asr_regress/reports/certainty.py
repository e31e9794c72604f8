"""What a number is worth, in words: too few groups, runaways, what a verdict hangs on, a baseline to raise."""

from itertools import chain
from shlex import quote

from asr_regress.gate.evidence import FEW_GROUPS, UTTERANCE, Evidence
from asr_regress.gate.outcome import TOTAL, MetricOutcome, ModelOutcome
from asr_regress.gate.phrases import units
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import Case, all_categories, cases_of
from asr_regress.reports.layout import clip_name, one_line
from asr_regress.reports.wording import (
    case_name,
    listed,
    metric_name,
    nouns,
    percent,
    plural,
    points,
    short,
    verdict_word,
)
from asr_regress.scoring.counts import ErrorCounts

_NAMED = 6
_ID = 60  # Columns of an utterance's id.


def caption(model: ModelOutcome) -> str:
    """What intervals and p-values of a model's tables rest on; empty where there are none."""
    evidence = [each for each in _evidence(model) if each.rate is not None]
    if not evidence:
        return ""
    grouped = sorted({each.grouped_by for each in evidence} - {UTTERANCE})
    drawn = f"whole {' or '.join(nouns(one_line(name)) for name in grouped)}" if grouped else "utterances"
    family = max((each.family for each in evidence if each.p_adjusted is not None), default=1)
    holm = f"; p: Holm's correction over {family} categories, {TOTAL} by itself" if family > 1 else ""
    return f"CI: confidence interval, {drawn} resampled{holm}"


def few_groups(model: ModelOutcome) -> str:
    """Where so few groups were resampled that the intervals are too narrow; empty where nowhere."""
    few: list[str] = []
    single: list[str] = []
    for name, category in all_categories(model):
        found = [each.evidence for each in category.metrics.values() if each.evidence is not None]
        if (evidence := next((each for each in found if each.rate and each.too_few_groups), None)) is None:
            continue
        (single if evidence.only_group else few).append(
            short(name) if evidence.only_group else f"{short(name)} ({units(evidence)})"
        )
    if single:
        few.append(f"all of one group: {listed(single, _NAMED)}")
    return f"intervals too narrow, fewer than {FEW_GROUPS} groups: {listed(few, _NAMED)}" if few else ""


def runaways(model: ModelOutcome) -> list[str]:
    """A line for each category in which utterances ran away, with its rates; the total first."""
    lines = []
    for name, category in reversed(all_categories(model)):
        found = [each for each in category.metrics.values() if each.runaways is not None]
        if found:
            rates = "; ".join(f"{metric_name(each.metric)} {runaway_rates(each)}" for each in found)
            lines.append(f"{short(name)}: {runaway_count(found[0])}: {rates}")
    return lines


def runaway_count(outcome: MetricOutcome) -> str:
    """How many utterances ran away, here or in the baseline, and whether they count; empty where none did."""
    share = outcome.runaways
    if share is None:
        return ""
    return plural(share.utterances, "runaway utterance") + ("" if share.counted else ", kept out of what is judged")


def runaway_rates(outcome: MetricOutcome) -> str:
    """A rate and its difference to the baseline without runaways and with them; empty where there are none."""
    share = outcome.runaways
    if share is None:
        return ""
    without = _rate(share.without_runaways, share.delta_without)
    return f"{without} without, {_rate(share.with_runaways, share.delta_with)} with"


def _rate(counts: ErrorCounts, delta: float | None) -> str:
    return f"{percent(counts.percent)} %" + ("" if delta is None else f" ({points(delta)})")


def hanging(model: ModelOutcome) -> list[str]:
    """The cases whose verdict hangs on a handful of utterances, which these are, and what it would be without."""
    found: dict[str, list[Case]] = {}
    for case in cases_of(model):
        if text := hanging_text(case.outcome):
            found.setdefault(text, []).append(case)
    return [f"{listed([case_name(case) for case in cases])} hangs on {text}" for text, cases in found.items()]


def hanging_text(outcome: MetricOutcome) -> str:
    """What a verdict hangs on: "1 utterance: pass without D01/3"; empty where it hangs on no handful."""
    if outcome.hanging is None:
        return ""
    ids = ", ".join(clip_name(one_line(each), _ID) for each in outcome.hanging.utterances)
    utterances = plural(len(outcome.hanging.utterances), UTTERANCE)
    return f"{utterances}: {verdict_word(outcome.hanging.verdict)} without {ids}"


def raising(run: RunOutcome, model: ModelOutcome) -> tuple[str, str] | None:
    """Why the baseline could be raised to a model, and the command that does; None where it could not."""
    if not model.could_raise_baseline or run.data.partial or model.verdict in (Verdict.REGRESSED, Verdict.NOT_MEASURED):
        return None
    better = [case_name(case) for case in cases_of(model) if (case.category, case.outcome.metric) in model.improvements]
    is_file = run.baseline is not None and all(each.name != run.baseline for each in run.models)
    target = quote(one_line(run.baseline)) if run.baseline is not None and is_file else "FILE"
    named = model.path if model.path.rstrip("/\\").endswith(f"/{model.name}") else f"{model.name}={model.path}"
    why = f"{short(model.name)} is better than the baseline beyond chance ({listed(better)}) and nowhere worse"
    return why, f"pytest --model={quote(one_line(named))} --asr-save-baseline={target}"


def _evidence(model: ModelOutcome) -> list[Evidence]:
    metrics = chain.from_iterable(category.metrics.values() for _, category in all_categories(model))
    return [each.evidence for each in metrics if each.evidence is not None]
