"""Numbers and evidence in words: what the reasons of a verdict are made of."""

from fractions import Fraction

from asr_regress.gate.evidence import FEW_GROUPS, UTTERANCE, Evidence
from asr_regress.scoring.intervals import Interval


def short(value: float) -> str:
    """A limit as a person would write it: 5 for 5.0."""
    return repr(value).removesuffix(".0")


def beyond(value: Fraction, bound: Fraction) -> str:
    """A value over a bound with two decimals, or as many more as it takes to look over the bound."""
    digits = 2
    while digits < 20 and Fraction(decimal(value, digits)) <= bound:
        digits += 1
    return decimal(value, digits)


def decimal(value: Fraction, digits: int) -> str:
    """A value of 0 or more, rounded to so many decimals."""
    whole, decimals = divmod(round(value * 10**digits), 10**digits)
    return f"{whole}.{decimals:0{digits}d}"


def points(value: float) -> str:
    """An amount of points that is never shown as 0 unless it is: "0.30", "0.004"."""
    return f"{value:.2f}" if value >= 0.095 or value == 0 else f"{value:.1g}" if value >= 1e-6 else "under 0.000001"


def counted_points(value: float) -> str:
    """A limit in points: "1 point", "0.3 points"."""
    return f"{short(value)} point{'' if value == 1 else 's'}"


def signed(interval: Interval) -> str:
    """An interval of a difference: "-0.20 to +0.80 points"."""
    return f"{interval.low:+.2f} to {interval.high:+.2f} points"


def p_value(evidence: Evidence) -> str:
    """The corrected p-value: "p 0.012 after Holm's correction over 8 categories"."""
    p = evidence.p_adjusted
    if p is None:
        return "without a p-value"
    after = f" after Holm's correction over {evidence.family} categories" if evidence.family > 1 else ""
    return ("p under 0.0001" if p < 0.0001 else f"p {p:.2g}") + after


def amount(evidence: Evidence) -> str:
    """What the evidence rests on: "120 utterances of 40 speakers"."""
    utterances = _plural(evidence.utterances, UTTERANCE)
    return utterances if evidence.grouped_by == UTTERANCE else f"{utterances} of {units(evidence)}"


def units(evidence: Evidence) -> str:
    """What was drawn: "40 speakers"."""
    return _plural(evidence.units, evidence.grouped_by)


def confidence(evidence: Evidence) -> str:
    """As a share: "95 %"."""
    return f"{100 * evidence.confidence:g} %"


def outlook(evidence: Evidence) -> str:
    """What the data could have shown, and what would settle it; empty where that is not known."""
    if evidence.p_adjusted is None or not evidence.standard_error:
        return ""
    if evidence.smallest_worsening is None:
        text = f"{amount(evidence)} can show no worsening, however large"
    else:
        text = f"{amount(evidence)} can show a worsening of {points(evidence.smallest_worsening)} points (80 % power)"
    needed = evidence.utterances_to_settle
    if needed is None:
        return text + "; more of them would not settle this difference"
    return text + f"; about {_rounded(needed):,} utterances would settle this difference"


def caution(evidence: Evidence) -> str:
    """Why the interval is too narrow; empty where it is not."""
    if evidence.only_group:
        return "all utterances are of one group: what is found holds for that one alone, the interval is too narrow"
    if evidence.too_few_groups:
        return f"only {units(evidence)} (fewer than {FEW_GROUPS}): the interval is too narrow"
    return ""


def _rounded(count: int) -> int:
    """To two digits, since it is an estimate."""
    unit = int(f"1{'0' * (len(str(count)) - 2)}") if count > 9 else 1
    return -(-count // unit) * unit


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
