"""Judge one case: a pure function of counts, a limit, a baseline's counts and what the data can tell."""

from fractions import Fraction

from asr_regress.gate.evidence import Evidence
from asr_regress.gate.phrases import (
    beyond,
    caution,
    confidence,
    counted_points,
    decimal,
    outlook,
    p_value,
    short,
    signed,
)
from asr_regress.gate.policy import POINT, MaxRule, Policy, Rule
from asr_regress.gate.verdict import Judgement, Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts

_SEVEREST_FIRST = (Verdict.REGRESSED, Verdict.INCONCLUSIVE, Verdict.PASS)
_ROUNDING = 1e-9  # Intervals come of floating point; what is allowed was written as a decimal.
_FAR_OVER = 10  # A rate so many times its limit of less than 1 % has the limit's unit asked about.


def judge(
    counts: ErrorCounts,
    limit: Limit | None,
    baseline: ErrorCounts | None,
    compared: ErrorCounts | None = None,
    evidence: Evidence | None = None,
    policy: Policy = POINT,
) -> Judgement:
    """Hold one rate against its limit and its baseline; points in exact arithmetic: 5.0 % passes a max of 5.0.

    With a baseline and neither ``max_regression`` nor ``max_relative_regression``, no worsening at all is allowed.
    Of the limit on the rate and the comparison with the baseline, the severer verdict decides.

    Args:
        counts: Of the candidate, pooled.
        limit: What it is held against; None where nothing was set.
        baseline: The baseline's counts, pooled; None without a baseline.
        compared: The candidate's counts on the utterances that the baseline has; None where these are all.
        evidence: What the data can tell, with the corrected p-value; needed unless the policy is "point".
        policy: How sure the verdict has to be.
    """
    limit = limit or Limit()
    rate = _percent(counts)
    if rate is None:
        return Judgement(Verdict.NOT_MEASURED, ("there are no reference tokens to take a rate of",))
    findings = [] if limit.max is None else [_of_max(rate, limit.max, evidence, policy)]
    before = None if baseline is None else _percent(baseline)
    after = rate if compared is None else _percent(compared)
    notes: tuple[str, ...] = ()
    if before is not None and after is not None:
        findings.append(_of_baseline(after, before, limit, evidence, policy))
    elif baseline is not None:
        notes = ("the baseline has no reference tokens here: nothing was compared with it",)
    elif limit.max_regression is not None or limit.max_relative_regression is not None:
        notes = ("no baseline was given: the limit on the regression was not judged",)
    if not findings:
        return Judgement(Verdict.NOT_JUDGED, notes or ("there is neither a limit nor a baseline",))
    verdict = min((verdict for verdict, _ in findings), key=_SEVEREST_FIRST.index)
    reasons = tuple(reason for _, reasons in findings for reason in reasons)
    return Judgement(verdict, reasons + notes, policy.on_inconclusive)


def allowed_worsening(baseline: ErrorCounts, limit: Limit | None) -> float | None:
    """The difference in points that the limits on it allow together; None where the baseline has no rate.

    The share that ``max_relative_regression`` allows is taken of the baseline's rate as it was measured.
    """
    before = _percent(baseline)
    return None if before is None else float(min(allowed for _, allowed in _allowances(before, limit or Limit())))


def _percent(counts: ErrorCounts) -> Fraction | None:
    """The rate in percent, exactly; None where there is no reference."""
    return Fraction(counts.SCALE * counts.errors, counts.reference_length) if counts.reference_length else None


def _exact(value: float) -> Fraction:
    """The decimal that a person wrote: the shortest one that gives this float."""
    return Fraction(repr(value))


def _allowances(before: Fraction, limit: Limit) -> list[tuple[str, Fraction]]:
    """What each limit on the difference allows, in points, by its key; no limit allows nothing."""
    found = []
    if limit.max_regression is not None:
        found.append(("max_regression", _exact(limit.max_regression)))
    if limit.max_relative_regression is not None:
        found.append(("max_relative_regression", before * _exact(limit.max_relative_regression) / 100))
    return found or [("", Fraction(0))]


def _unit(rate: Fraction, highest: float) -> str:
    """A limit such as 0.2, far below the rate, was probably meant as a share."""
    if not 0 < highest < 1 or rate < _FAR_OVER * _exact(highest):
        return ""
    return f" (limits are percent: write {100 * highest:g} for {100 * highest:g} %)"


def _of_max(
    rate: Fraction, highest: float, evidence: Evidence | None, policy: Policy
) -> tuple[Verdict, tuple[str, ...]]:
    if rate > _exact(highest):
        over = f"{beyond(rate, _exact(highest))} % is over the limit of {short(highest)} %"
        return Verdict.REGRESSED, (over + _unit(rate, highest),)
    if policy.max_rule is MaxRule.POINT:
        return Verdict.PASS, ()
    within = f"{decimal(rate, 2)} % is within the limit of {short(highest)} %"
    if evidence is None or evidence.rate is None:
        return Verdict.INCONCLUSIVE, (f"{within}, but there is too little of it for an interval",)
    if evidence.rate.high <= highest + _ROUNDING:
        return Verdict.PASS, ()
    reaches = f"its {confidence(evidence)} interval reaches {beyond(Fraction(evidence.rate.high), _exact(highest))} %"
    return Verdict.INCONCLUSIVE, tuple(filter(None, (f"{within}, but {reaches}", caution(evidence))))


def _of_baseline(
    after: Fraction, before: Fraction, limit: Limit, evidence: Evidence | None, policy: Policy
) -> tuple[Verdict, tuple[str, ...]]:
    over = _over_baseline(after, before, limit)
    if policy.rule is Rule.POINT:
        return (Verdict.REGRESSED, over) if over else (Verdict.PASS, ())
    difference = None if evidence is None else evidence.difference
    if evidence is None or difference is None:
        found = over or (f"{decimal(after, 2)} % against the baseline's {decimal(before, 2)} %",)
        return Verdict.INCONCLUSIVE, (*found, "there is too little data to tell that from chance")
    if over and evidence.p_adjusted is not None and evidence.p_adjusted < policy.alpha:
        sure = f"{confidence(evidence)} interval of the difference: {signed(difference)}; {p_value(evidence)}"
        return Verdict.REGRESSED, tuple(filter(None, (*over, sure, caution(evidence))))
    allowed = min(allowed for _, allowed in _allowances(before, limit))
    if not over and difference.high <= allowed + _ROUNDING:
        return Verdict.PASS, ()
    doubt = f"{confidence(evidence)} interval of the difference: {signed(difference)}"
    if over:
        found = (*over, f"that may be chance: {doubt}; {p_value(evidence)}")
    else:
        found = (
            f"{decimal(after, 2)} % against the baseline's {decimal(before, 2)} % is within what is allowed, but a "
            f"worsening by more than {counted_points(round(float(allowed), 4))} can't be ruled out: {doubt}",
        )
    return Verdict.INCONCLUSIVE, tuple(filter(None, (*found, outlook(evidence), caution(evidence))))


def _over_baseline(after: Fraction, before: Fraction, limit: Limit) -> tuple[str, ...]:
    """The limits on the difference that are exceeded, one phrase each."""
    delta = after - before
    comparison = f"the baseline's {decimal(before, 2)} %"
    rate = beyond(after, before)
    reasons = []
    for key, allowed in _allowances(before, limit):
        if delta <= allowed:
            continue
        if key == "max_relative_regression":
            relative = limit.max_relative_regression or 0.0
            share = f"{beyond(100 * delta / before, _exact(relative))} % more than" if before else "above"
            reasons.append(f"{rate} % is {share} {comparison}; {key} allows {short(relative)} %")
        else:
            allows = f"max_regression allows {short(limit.max_regression)}" if limit.max_regression is not None else ""
            without = "without max_regression no worsening is allowed"
            reasons.append(f"{rate} % is {beyond(delta, allowed)} points above {comparison}; {allows or without}")
    return tuple(reasons)
