"""From prepared cases to their outcomes: the correction over categories, the verdicts, and what they hang on."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from asr_regress.gate.case import Case, Correction, correction_beside
from asr_regress.gate.evidence import p_asked
from asr_regress.gate.holm import holm
from asr_regress.gate.influence import handful
from asr_regress.gate.outcome import TOTAL, Hanging, MetricOutcome
from asr_regress.gate.verdict import Judgement, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key = tuple[str, str]
"""Category (or TOTAL) and metric."""


def finish(
    cases: Mapping[str, Mapping[str, Case]], ids: "Mapping[str, NDArray[Any]]", seed: int
) -> dict[Key, MetricOutcome]:
    """Judge every case.

    Over the categories of a model, each metric by itself, p-values are corrected by Holm's method. The total is one
    question, and is judged by its own p-value.

    Args:
        cases: By category (TOTAL among them) and metric.
        ids: (utterances,) of each category's scored ones, in the order of its tallies.
        seed: For judging anew without some utterances.
    """
    found: dict[Key, MetricOutcome] = {}
    for metric in cases[TOTAL]:
        tested = {name: p for name, of in cases.items() if (p := _p(of[metric])) is not None}
        total = tested.pop(TOTAL, None)
        adjusted = dict(zip(tested, holm(list(tested.values())), strict=True))
        for name, of in cases.items():
            case, others = of[metric], [p for other, p in tested.items() if other != name]
            if name == TOTAL:
                others = []
                case = case if total is None else case.corrected(total, 1)
            elif name in adjusted:
                case = case.corrected(adjusted[name], len(tested))
            found[name, metric] = _outcome(metric, case, correction_beside(others, holm), ids[name], seed)
    return {(name, metric): found[name, metric] for name, of in cases.items() for metric in of}


def improvements(outcomes: Mapping[Key, MetricOutcome]) -> tuple[Key, ...]:
    """The judged cases that are better than the baseline beyond chance; none where any case is worse.

    Worse is what regressed or was not measured, and what is worse beyond chance although its limits allow it. Better
    is asked over the categories as worse is: with Holm's correction, the total by itself.
    """
    compared = {key: each for key, each in outcomes.items() if _is_compared(each)}
    if any(each.judgement.verdict in (Verdict.REGRESSED, Verdict.NOT_MEASURED) for each in outcomes.values()):
        return ()
    if any(_below(each, each.evidence.p_no_worse) for each in compared.values() if each.evidence is not None):
        return ()
    better: list[Key] = []
    for family in _families(compared):
        adjusted = holm([_no_better(compared[key]) for key in family])
        better += [key for key, p in zip(family, adjusted, strict=True) if _below(compared[key], p)]
    return tuple(key for key in outcomes if key in better)


def _families(keys: Iterable[Key]) -> list[list[Key]]:
    """Each metric's categories; each total by itself."""
    families: dict[tuple[str, bool], list[Key]] = {}
    for name, metric in keys:
        families.setdefault((metric, name == TOTAL), []).append((name, metric))
    return list(families.values())


def _p(case: Case) -> float | None:
    return p_asked(case.evidence, case.policy) if case.tested and case.evidence is not None else None


def _is_compared(outcome: MetricOutcome) -> bool:
    judged = outcome.judgement.verdict is not Verdict.NOT_JUDGED
    return judged and outcome.evidence is not None and outcome.evidence.p_no_better is not None


def _no_better(outcome: MetricOutcome) -> float:
    evidence = outcome.evidence
    return 1.0 if evidence is None or evidence.p_no_better is None else evidence.p_no_better


def _below(outcome: MetricOutcome, p: float | None) -> bool:
    return p is not None and p < outcome.policy.alpha


def _outcome(metric: str, case: Case, correction: Correction, ids: "NDArray[Any]", seed: int) -> MetricOutcome:
    counts, compared = case.tally.counts(), case.tally.compared()
    judgement = case.judgement()
    hit = None if case.unjudged is not None else handful(case, judgement.verdict, correction, seed)
    hanging = None if hit is None else Hanging(tuple(ids[place] for place in hit[0]), hit[1])
    if hanging is not None:
        judgement = Judgement(judgement.verdict, (*judgement.reasons, _without(hanging)), judgement.on_inconclusive)
    return MetricOutcome(
        metric=metric,
        counts=counts,
        judgement=judgement,
        baseline=case.tally.baseline(),
        limit=case.limit,
        compared=None if case.tally.before is None or compared == counts else compared,
        evidence=case.evidence,
        policy=case.policy,
        runaways=case.runaways,
        hanging=hanging,
    )


def _without(hanging: Hanging) -> str:
    count = len(hanging.utterances)
    named = ", ".join(repr(utterance[:80]) for utterance in hanging.utterances)
    return f"without {count} utterance{'s' if count > 1 else ''} ({named}) the verdict would be {hanging.verdict}"
