"""Why each case has its verdict, without what stands beside it already."""

import re

from asr_regress.gate.outcome import TOTAL, MetricOutcome, ModelOutcome
from asr_regress.gate.phrases import caution, confidence, p_value, signed
from asr_regress.reports.cases import WORST_FIRST, Case, cases_with

_HANGS = "the verdict would be"
_SHORTER = (
    (re.compile(r"^[\d.]+ % is over the limit"), "over the limit"),
    (re.compile(r"^[\d.]+ % is .* the baseline's [\d.]+ %; (\w+) allows (.+)$"), r"more than \1 allows (\2)"),
    (re.compile(r"^[\d.]+ % is .* the baseline's [\d.]+ %; "), ""),
    (re.compile(r"^[\d.]+ % against the baseline's [\d.]+ % is within"), "within"),
    (re.compile(r"^that may be chance: (p .*)$"), r"may be chance (\1)"),
    (re.compile(r"a worsening by more than (.* points?) can't be"), r"\1 more can't be"),
    (re.compile(r"utterances would settle this difference$"), "would settle it"),
)
"""Reasons made shorter beside a table that has the rates."""


def findings(model: ModelOutcome) -> list[tuple[str, list[Case]]]:
    """What there is to say beside the table, each with the cases that share it.

    Returns:
        The worst verdict first, in each the total first.
    """
    found: dict[str, list[Case]] = {}
    for verdict in WORST_FIRST:
        for case in sorted(cases_with(model, verdict), key=lambda case: case.category != TOTAL):
            if text := "; ".join(map(shortened, brief_reasons(case.outcome))):
                found.setdefault(text, []).append(case)
    return list(found.items())


def brief_reasons(outcome: MetricOutcome) -> list[str]:
    """The reasons of a verdict without what reports show in a place of its own.

    That is the interval of the difference, why intervals are too narrow, the correction behind p-values, and the
    utterances that the verdict hangs on.
    """
    evidence = outcome.evidence
    reasons = [each for each in outcome.judgement.reasons if outcome.hanging is None or _HANGS not in each]
    if evidence is None:
        return reasons
    if evidence.difference is not None:
        shown = f"{confidence(evidence)} interval of the difference: {signed(evidence.difference)}"
        reasons = [each.replace(f"{shown}; ", "").replace(shown, "").rstrip(": ") for each in reasons]
    p = p_value(evidence)
    reasons = [each.replace(p, p.split(" after ")[0]) for each in reasons]
    return [each for each in reasons if each and each != caution(evidence)]


def shortened(reason: str) -> str:
    """A reason as it stands beside the rate, the limit and the difference."""
    for pattern, short in _SHORTER:
        reason = pattern.sub(short, reason)
    return reason
