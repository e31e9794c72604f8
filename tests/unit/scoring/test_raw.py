import pytest

from asr_regress.scoring.counts import pooled
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.scoring.raw import RAW_METRIC, raw_counts
from asr_regress.scoring.score import Pair, pool, score
from asr_regress.text.plain import plain
from asr_regress.text.rules import get_rules

PAIRS = (
    Pair("a", "D01", "(3개)/(세 개) 네.", "3개 네"),
    Pair("b", "D01", "n/", "말"),
    Pair("c", "D01", "그래", None, reason="unreadable audio"),
    Pair("d", "D02", " 같은  글 ", " 같은  글 "),
    Pair("e", "D02", "같은 글", "같은\u1100\u1173\u11af"),
)


def test_texts_as_written_are_counted_of_every_scored_utterance():
    counts = raw_counts(score(PAIRS, get_rules("korean"), (get_metric("cer"),)))
    assert sorted(counts) == ["a", "d", "e"]  # b has an empty reference, c failed: neither is in a rate
    assert (counts["a"].errors, counts["a"].reference_length) == (9, 13)  # "(", ")/(세 개)" and "."
    assert (counts["d"].errors, counts["d"].reference_length) == (0, 4)
    assert (counts["e"].errors, counts["e"].reference_length) == (1, 4)  # a space; Hangul is composed


@pytest.mark.parametrize("at_once", [1, 2, 100])
@pytest.mark.parametrize("metric", ["cer", "wer"])
@pytest.mark.parametrize("rules", ["none", "basic", "korean"])
def test_whatever_was_counted_under_the_rules(monkeypatch, rules, metric, at_once):
    """Those counts are taken where the rules changed nothing; nobody can tell."""
    monkeypatch.setattr("asr_regress.scoring.raw._AT_ONCE", at_once)
    counts = raw_counts(score(PAIRS, get_rules(rules), (get_metric(metric),)))
    expected = {one.id: count_edits(plain(one.reference), plain(one.hypothesis)) for one in PAIRS if one.id in counts}
    assert counts == expected
    assert list(counts) == sorted(expected)


def test_under_the_rules_none_it_is_the_rate():
    scored = score(PAIRS, get_rules("none"), (get_metric(RAW_METRIC),))
    assert pooled(raw_counts(scored).values()) == pool(scored, RAW_METRIC)
