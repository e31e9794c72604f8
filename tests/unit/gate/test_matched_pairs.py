import pytest

from asr_regress.gate.matched_pairs import in_words, matched_pairs
from asr_regress.scoring.mapsswe import Mapsswe, mapsswe
from asr_regress.scoring.score import ScoredUtterance, Status

CAVEAT = "secondary evidence: it takes segments of one speaker for independent"


def said(utterance_id: str, reference: str, hypothesis: str, status: Status = Status.SCORED) -> ScoredUtterance:
    return ScoredUtterance(utterance_id, "D01", status, "raw", "raw", reference, hypothesis, {})


def test_the_utterances_that_both_scored_are_compared_and_the_candidate_comes_first() -> None:
    candidate = [
        said("a", "one two three", "one two tree"),
        said("b", "four five six", "four five six"),
        said("only here", "x", "y"),
        said("failed there", "x", "y"),
        said("failed here", "x", "", Status.FAILED),
    ]
    reference = [
        said("failed here", "x", "y"),
        said("failed there", "x", "", Status.FAILED),
        said("b", "four five six", "for fife six"),
        said("a", "one two three", "one two three"),
        said("only there", "x", "y"),
    ]
    found = matched_pairs(candidate, reference)
    assert found == mapsswe(
        [
            ("one two three".split(), "one two tree".split(), "one two three".split()),
            ("four five six".split(), "four five six".split(), "for fife six".split()),
        ]
    )
    assert (found.segments, found.mean) == (2, (1 - 2) / 2)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Mapsswe(1200, -0.2, -2.5, 0.0124), "fewer errors, z -2.50, p 0.012 two-sided, 1,200 segments"),
        (Mapsswe(12, 0.2, 2.5, 0.0124), "more errors, z +2.50, p 0.012 two-sided, 12 segments"),
        (Mapsswe(12, 0.0, 0.0, 1.0), "as many errors, z +0.00, p 1 two-sided, 12 segments"),
        (Mapsswe(1, 1.0, None, None), "too few segments to tell, 1 segment"),
        (Mapsswe(0, 0.0, None, None), "too few segments to tell, 0 segments"),
    ],
)
def test_in_words(found: Mapsswe, told: str) -> None:
    assert in_words(found, "step-500") == f"MAPSSWE on words against step-500 ({CAVEAT}): {told}"
