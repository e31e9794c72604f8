"""What the terminal ends with, where the eye is: the verdict, what to look at, how sure it is or what to do next."""

from collections.abc import Mapping, Sequence

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.phrases import units
from asr_regress.gate.policy import Rule
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import WORST_FIRST, Case, cases_with, failed_utterances, worst_utterances
from asr_regress.reports.certainty import raising
from asr_regress.reports.changes import Changes
from asr_regress.reports.coloring import colored
from asr_regress.reports.layout import clip_name, one_line, paragraph
from asr_regress.reports.wording import (
    case_name,
    listed,
    plural,
    said,
    short,
    span,
    tokens,
    verdict_sentence,
)

_INDENT = " " * 10
_MEND = "mend what broke: {} failed for reasons of their own, so the session failed whatever the verdict is"
_REFUSED = "mend what was refused: something that was asked for is not there, so the session failed"
_SAVED = "name the new baseline in thresholds.yaml (`baseline: {}`), and commit both"
_ID = 40  # Columns of an utterance's id.


def closing(
    run: RunOutcome,
    changed: Mapping[str, Changes | None],
    *,
    width: int = 100,
    report: str = "",
    keeps: bool = True,
    broken: int = 0,
    refused: bool = False,
    saved: str = "",
    color: bool = False,
) -> list[str]:
    """The three facts that matter most, each a line or a few.

    Args:
        run: What is shown; its texts are untrusted and are made harmless here.
        changed: What became of utterances since the baseline, by model.
        width: Columns of the terminal, at least 80; lines are never wider than 100.
        report: The report to open; empty where none was written.
        keeps: Whether transcripts are kept, so that another run goes on where this one ended.
        broken: How many tests failed for reasons of their own, whatever the verdict.
        refused: Whether something that was asked for could not be written.
        saved: The baseline that was written; empty where none was.
        color: Also color the verdict; nothing is said by color alone.
    """
    width = max(80, min(width, 100))
    verdict = [colored(line, run.verdict, color) for line in paragraph(verdict_sentence(run, named=1), width)]
    model = min(run.models, key=lambda each: WORST_FIRST.index(each.verdict), default=None)
    if model is None:
        return verdict
    look = "; ".join(text for text in (one_line(report), _look(run, model, changed.get(model.name))) if text)
    if not report and model.verdict is not Verdict.PASS:
        look += " (--asr-report=DIR writes a report of all)"
    label, text = _next(run, model, keeps)
    if broken:
        label, text = "next", _MEND.format(plural(broken, "test"))
    elif refused and model.verdict is not Verdict.REGRESSED:
        label, text = "next", _REFUSED
    elif saved and run.baseline is None and model.verdict in (Verdict.PASS, Verdict.NOT_JUDGED):
        label, text = "next", _SAVED.format(one_line(saved))
    return [
        *verdict,
        *paragraph(look, width, first="look at   ", indent=_INDENT),
        *paragraph(text, width, first=f"{label:<10}", indent=_INDENT),
    ]


def _look(run: RunOutcome, model: ModelOutcome, changed: Changes | None) -> str:
    """Which utterances to look at; where all is well, what was looked at."""
    failed = failed_utterances(model)
    if model.verdict is Verdict.NOT_MEASURED and failed:
        first = failed[0]
        return f"{plural(len(failed), 'failed utterance')}, first {_id(first.id)}: {said(first.reason or 'no reason')}"
    if model.verdict in (Verdict.REGRESSED, Verdict.INCONCLUSIVE):
        if changed is not None and changed.broken:
            most = changed.broken[0]
            return (
                f"{plural(len(changed.broken), 'newly broken utterance')}, most errors in "
                f"{_id(most.utterance.id)} ({most.after:,} {tokens(changed.metric)})"
            )
        cases = cases_with(model, model.verdict)
        for case in cases:
            for worst in worst_utterances(model, case.category, case.outcome.metric, 1):
                errors = plural(worst.counts[case.outcome.metric].errors, "error")
                return f"the worst utterance of {short(case.category)}: {_id(worst.id)} ({errors})"
    data = run.data
    against = f", against {clip_name(one_line(run.baseline), 2 * _ID)}" if run.baseline is not None else ""
    return f"{plural(data.expected, 'utterance')} ({span(data.audio_seconds)}), {len(failed):,} failed{against}"


def _next(run: RunOutcome, model: ModelOutcome, keeps: bool) -> tuple[str, str]:
    """How sure the verdict is, or what to do next: a label and a sentence."""
    if model.verdict is Verdict.REGRESSED:
        return "how sure", _how_sure(model)
    if model.verdict is Verdict.NOT_MEASURED:
        kept = ": what is transcribed is kept" if keeps else ""
        return "next", f"mend that and run again{kept}; until then there is no verdict"
    if model.verdict is Verdict.INCONCLUSIVE:
        return "next", _to_settle(cases_with(model, Verdict.INCONCLUSIVE))
    if run.data.partial:
        return "next", "run the whole gate: a part of the data is no verdict on a release"
    if model.verdict is Verdict.NOT_JUDGED:
        return "next", "set limits in thresholds.yaml, or make this the baseline: --asr-save-baseline=FILE"
    raised = next((found for each in run.models if (found := raising(run, each)) is not None), None)
    if raised is not None:
        return "next", f"better than the baseline beyond chance; to make it the baseline: {raised[1]}"
    return "next", "nothing in this run speaks against shipping it"


def _how_sure(model: ModelOutcome) -> str:
    cases = cases_with(model, Verdict.REGRESSED)
    sure = sorted(p for case in cases if (p := _p_beyond_chance(case)) is not None)
    unasked = [case for case in cases if case.outcome.policy.rule is Rule.POINT]
    parts = []
    if sure:
        ends = _p(sure[0]) if _p(sure[0]) == _p(sure[-1]) else f"{_p(sure[0])} to {_p(sure[-1])}"
        parts.append(f"{len(sure):,} of {len(cases):,} are worse than the baseline beyond chance (p {ends})")
    if unasked:
        parts.append(f"in {len(unasked):,} chance was not asked (policy: point)")
    fixed = [case for case in cases if case not in unasked and _p_beyond_chance(case) is None and _over_max(case)]
    if fixed:
        parts.append(f"{len(fixed):,} over a fixed limit alone")
    hanging = [case for case in cases if case.outcome.hanging is not None]
    if hanging:
        names = listed([case_name(case) for case in hanging], 2)
        parts.append(f"{names} {'hangs' if len(hanging) == 1 else 'hang'} on a handful of utterances")
    total = next((each.evidence for each in model.total.metrics.values() if each.evidence is not None), None)
    if total is not None and total.too_few_groups and not total.only_group:
        parts.append(f"only {units(total)} in {TOTAL}")
    return "; ".join(parts) or "see the reasons above"


def _p_beyond_chance(case: Case) -> float | None:
    """The p-value of a case that is worse than is allowed, and beyond chance worse than the baseline."""
    outcome, policy = case.outcome, case.outcome.policy
    evidence, delta = outcome.evidence, outcome.delta
    if evidence is None or evidence.p_adjusted is None or evidence.allowed is None or delta is None:
        return None
    asked = policy.rule is Rule.SIGNIFICANT and delta > evidence.allowed and evidence.p_adjusted < policy.alpha
    return evidence.p_adjusted if asked else None


def _over_max(case: Case) -> bool:
    limit, rate = case.outcome.limit, case.outcome.counts.percent
    return limit is not None and limit.max is not None and rate is not None and rate > limit.max


def _p(value: float) -> str:
    return "under 0.0001" if value < 0.0001 else f"{value:.2g}"


def _to_settle(cases: Sequence[Case]) -> str:
    """What it would take to tell."""
    needed = [
        f"{case_name(case)} (about {_rounded(evidence.utterances_to_settle):,}, now {evidence.utterances:,})"
        for case in cases
        if (evidence := case.outcome.evidence) is not None and evidence.utterances_to_settle
    ]
    if needed:
        return f"more utterances would settle {listed(needed)}"
    return f"these data can't tell {listed([case_name(case) for case in cases])}, and more of their kind would not"


def _rounded(count: int) -> int:
    """To two digits, upwards, since it is an estimate."""
    step = int(f"1{'0' * max(len(str(count)) - 2, 0)}")
    return -(-count // step) * step


def _id(text: str) -> str:
    return clip_name(one_line(text), _ID)
