"""Errors of many utterances by class, and what is most often taken for what."""

import json
from pathlib import Path

import pytest

from asr_regress.scoring.error_profile import Confusion, ErrorProfile, error_profiles
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.raw import raw_counts
from asr_regress.scoring.score import Pair, ScoredUtterance, pool, score
from asr_regress.text.rules import get_rules

REAL = Path(__file__).parents[2] / "data" / "real_transcripts.jsonl"


def scored(*pairs: tuple[str, str | None], category: str = "D01", rules: str = "basic") -> tuple[ScoredUtterance, ...]:
    made = (
        Pair(f"{category}/{number:03}", category, reference, hypothesis, None if hypothesis is not None else "broken")
        for number, (reference, hypothesis) in enumerate(pairs)
    )
    return score(made, get_rules(rules), (get_metric("cer"),))


def test_what_text_rules_take_away_is_seen_beside_what_counts():
    profile = error_profiles(scored(("한 잔 주세요", "한잔 주세요."), ("갔다", "갓다"), ("그래", "그래!")))["D01"]
    assert profile.edits == {"spacing": 1, "jamo": 1}
    assert profile.as_written == {"spacing": 1, "jamo": 1, "punctuation": 2}
    assert (profile.total, profile.share("jamo"), profile.share("other")) == (2, 50.0, 0.0)


def test_only_what_enters_the_rate_is_classified():
    profiles = error_profiles(scored(("", "말"), ("그래", None), ("n/", "n/"), ("같다", "같다")))
    assert sum(profiles.values(), ErrorProfile()) == ErrorProfile()
    assert ErrorProfile().share("other") is None


def test_confusions_are_counted_and_the_most_frequent_come_first():
    profile = error_profiles(scored(*[("갔다", "갓다")] * 3, ("아홉", "다홉"), ("공", "홍"), ("공", "홍")))["D01"]
    assert profile.confusions("jamo", 2) == (Confusion("갔", "갓", 3), Confusion("공", "홍", 2))
    assert profile.confusions("other", 2) == ()


def test_ties_do_not_depend_on_the_order_of_the_utterances():
    pairs = [("공", "홍"), ("셋", "헷"), ("아", "다")]
    one, other = (error_profiles(scored(*each))["D01"] for each in (pairs, pairs[::-1]))
    assert one.confusions("jamo", 3) == other.confusions("jamo", 3)


def test_long_confusions_are_cut():
    profile = error_profiles(scored(("say it", "say " + "".join(map(chr, range(0x4E00, 0x5E00))))))["D01"]
    (confusion,) = profile.confusions("other", 5)
    assert confusion.said == "it"
    assert len(confusion.heard) < 60


def test_profiles_add_up():
    parts = error_profiles((*scored(("갔다", "갓다")), *scored(("갔다", "갓다"), ("a b", "ab"), category="D02")))
    whole = sum(parts.values(), ErrorProfile())
    assert sorted(parts) == ["D01", "D02"]
    assert whole.edits == {"jamo": 2, "spacing": 1}
    assert whole.confusions("jamo", 1) == (Confusion("갔", "갓", 2),)
    assert parts["D01"].edits == {"jamo": 1}


@pytest.mark.parametrize("model", ["base", "tiny"])
def test_edits_of_real_transcripts_are_the_errors_of_cer(model):
    rows = [json.loads(line) for line in REAL.read_text(encoding="utf-8").splitlines()]
    pairs = [Pair(row["id"], row["category"], row["reference"], row[model]) for row in rows]
    found = score(pairs, get_rules("basic"), (get_metric("cer"),))
    whole = sum(error_profiles(found).values(), ErrorProfile())
    assert whole.total == pool(found, "cer").errors
    assert whole.as_written.total() == sum(counts.errors for counts in raw_counts(found).values())
    assert whole.as_written["punctuation"] > 100
    assert whole.edits["punctuation"] == 0
    if model == "base":  # one loop of 221 "uh" is two thirds of all errors
        assert whole.share("repetition") > 60
        assert Confusion("uh", "221 x uh", 1) in whole.confusions("repetition", 5)
