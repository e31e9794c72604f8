"""How sure a verdict has to be: the policies that thresholds.yaml may choose, per run and per category."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.5, 0.999


class Rule(StrEnum):
    """What makes a worsening against the baseline count."""

    POINT = "point"
    """The rates alone: chance is not asked."""
    SIGNIFICANT = "significant"
    """More than is allowed, and beyond chance worse than the baseline."""
    NON_INFERIOR = "non_inferior"
    """The candidate has to show that it is no worse than is allowed."""


class MaxRule(StrEnum):
    """What is held against the limit on the rate itself."""

    POINT = "point"
    """The rate."""
    BOUND = "bound"
    """The rate, and the upper end of its interval."""


class OnInconclusive(StrEnum):
    """What becomes of a case that the data cannot decide."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


class Runaways(StrEnum):
    """Whether runaway hypotheses count in the rates."""

    COUNT = "count"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class Policy:
    """How a category (or the total) is judged.

    Attributes:
        rule: What makes a worsening against the baseline count.
        max_rule: What is held against the limit on the rate.
        on_inconclusive: What becomes of a case that the data cannot decide.
        confidence: Of every interval, two-sided; a worsening is beyond chance where the one-sided p-value that there
            is none is below 1 - confidence.

    Raises:
        ValueError: The confidence is not between 0.5 and 0.999.
    """

    rule: Rule = Rule.SIGNIFICANT
    max_rule: MaxRule = MaxRule.POINT
    on_inconclusive: OnInconclusive = OnInconclusive.WARN
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not LEAST_CONFIDENCE <= self.confidence <= MOST_CONFIDENCE:
            raise ValueError(f"confidence must be from {LEAST_CONFIDENCE} to {MOST_CONFIDENCE}, not {self.confidence}")

    @property
    def alpha(self) -> float:
        """The level of the one-sided tests: 0.05, not 0.050000000000000044, for a confidence of 0.95."""
        return round(1 - self.confidence, 12)


POINT = Policy(rule=Rule.POINT)
"""Judges by the rates alone."""


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """What thresholds.yaml says of the policy in one place; None where it says nothing."""

    rule: Rule | None = None
    max_rule: MaxRule | None = None
    on_inconclusive: OnInconclusive | None = None
    confidence: float | None = None


def resolve(*choices: PolicyChoice) -> Policy:
    """The policy of several places, each overriding the ones before it key by key.

    Who asks for non-inferiority puts the burden of proof on the candidate: what is inconclusive then fails, unless
    ``on_inconclusive`` says otherwise somewhere.
    """
    chosen: dict[str, Any] = {}
    for choice in choices:
        chosen |= {each.name: value for each in fields(choice) if (value := getattr(choice, each.name)) is not None}
    if chosen.get("rule") is Rule.NON_INFERIOR:
        chosen.setdefault("on_inconclusive", OnInconclusive.FAIL)
    return Policy(**chosen)
