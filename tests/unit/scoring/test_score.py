import gc

import pytest

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.score import (
    Accounting,
    Pair,
    ScoredUtterance,
    Status,
    account,
    empty_insertions,
    pool,
    score,
    worst_utterances,
)
from asr_regress.text.rules import get_rules
from asr_regress.text.text_rules import TextRules

METRICS = (get_metric("cer"), get_metric("wer"))


def scored(*pairs: Pair, rules: str = "none") -> tuple[ScoredUtterance, ...]:
    return score(pairs, get_rules(rules), METRICS)


def texts(*pairs: tuple[str, str], rules: str = "none") -> tuple[ScoredUtterance, ...]:
    """Scored utterances with the ids 0, 1, ... of pairs of reference and hypothesis."""
    return scored(*(Pair(str(index), "D01", *pair) for index, pair in enumerate(pairs)), rules=rules)


MIXED = (
    Pair("b", "D01", "a b c", "a x c"),
    Pair("d", "D01", "unheard", None, reason="unreadable audio"),
    Pair("a", "D02", "", "thank you"),
    Pair("c", "D02", "a", "a"),
    Pair("e", "D02", "", None, reason="worker died"),
)


def test_every_pair_is_scored_empty_or_failed_and_sorted_by_id() -> None:
    result = scored(*MIXED)
    assert [(one.id, one.status) for one in result] == [
        ("a", Status.EMPTY_REFERENCE),
        ("b", Status.SCORED),
        ("c", Status.SCORED),
        ("d", Status.FAILED),
        ("e", Status.FAILED),
    ]
    assert account(result) == Accounting(expected=5, scored=2, empty_reference=1, failed=2)


def test_failed_utterances_keep_their_reason_and_have_no_counts() -> None:
    failed = [one for one in scored(*MIXED) if one.status is Status.FAILED]
    assert [(one.id, one.reason, one.hypothesis) for one in failed] == [
        ("d", "unreadable audio", None),
        ("e", "worker died", None),
    ]
    assert all(not one.counts for one in failed)


def test_texts_are_kept_as_written_and_counted_as_normalized() -> None:
    (one,) = texts(("Well-known, isn\u2019t it?", "well known isnt it"), rules="basic")
    assert (one.reference, one.hypothesis) == ("Well-known, isn\u2019t it?", "well known isnt it")
    assert one.normalized_reference == one.normalized_hypothesis == "well known isnt it"
    assert one.counts["wer"] == ErrorCounts(reference_length=4)
    assert one.counts["cer"] == ErrorCounts(reference_length=18)


def test_empty_references_and_failures_never_enter_a_rate() -> None:
    result = scored(*MIXED)
    assert pool(result, "wer") == ErrorCounts(substitutions=1, reference_length=4)
    assert empty_insertions(result, "wer") == 2
    assert empty_insertions(result, "cer") == len("thank you")
    without = scored(*(pair for pair in MIXED if pair.reference and pair.hypothesis is not None))
    assert pool(without, "cer") == pool(result, "cer")
    assert empty_insertions(without, "cer") == 0


def test_a_reference_of_punctuation_is_empty_under_rules_that_drop_it() -> None:
    assert texts(("...", "hm"), rules="none")[0].status is Status.SCORED
    result = texts(("...", "hm"), rules="basic")
    assert result[0].status is Status.EMPTY_REFERENCE
    assert pool(result, "wer").rate is None


def test_empty_hypothesis_is_all_deletions_not_a_failure() -> None:
    result = texts(("a b", ""))
    assert result[0].status is Status.SCORED
    assert pool(result, "wer") == ErrorCounts(deletions=2, reference_length=2)


def test_pool_is_not_the_mean_of_rates() -> None:
    result = texts(("yes", "no"), ("one two three four five six seven eight nine", "one two three four five six seven"))
    assert pool(result, "wer").percent == 30.0
    assert [one.counts["wer"].percent for one in result] == [100.0, pytest.approx(200 / 9)]


def test_nothing_is_nothing() -> None:
    assert scored() == ()
    assert pool((), "cer") == ErrorCounts()
    assert account(()) == Accounting()


@pytest.mark.parametrize("ids", ["aba", "aab", "baa"])
def test_two_pairs_of_one_id_are_refused(ids: str) -> None:
    with pytest.raises(ValueError, match="two pairs have the id 'a'"):
        scored(*(Pair(id, "D01", "x", "x") for id in ids))


def test_equal_texts_are_kept_once() -> None:
    one, other = texts(("a  b", "a b"), ("a b", "a c"))
    assert one.normalized_hypothesis is one.normalized_reference
    assert other.normalized_hypothesis == "a c"


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
@pytest.mark.parametrize("order", [1, -1])
def test_each_is_scored_as_if_it_were_alone(monkeypatch: pytest.MonkeyPatch, at_once: int, order: int) -> None:
    """Whichever others come with it, in any order."""
    monkeypatch.setattr("asr_regress.scoring.score._AT_ONCE", at_once)
    pairs = (*MIXED, Pair("f", "D02", "Well-known,", "well known"), Pair("g", "D02", "1,000", "1\n000", group="s"))
    alone = tuple(one for pair in sorted(pairs) for one in scored(pair, rules="basic"))
    assert scored(*pairs[::order], rules="basic") == alone


def test_rules_are_asked_once_for_what_was_recognized_as_written() -> None:
    asked: list[str] = []
    rules = TextRules("own", 1, lambda text: asked.append(text) or text)  # type: ignore[func-returns-value]  # None, on purpose
    score((Pair("a", "D01", "x", "x"), Pair("b", "D01", "y", "z"), Pair("c", "D01", "w", None, "gone")), rules, METRICS)
    assert sorted(asked) == ["w", "x", "y", "z"]


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_after_as_before_also_after_an_error(collecting: bool) -> None:
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        scored(*MIXED)
        assert gc.isenabled() is collecting
        with pytest.raises(ValueError, match="no reason"):
            scored(Pair("a", "D01", "x", None))
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("reason", [None, ""])
def test_failure_without_a_reason_is_refused(reason: str | None) -> None:
    with pytest.raises(ValueError, match="'a' has no hypothesis and no reason"):
        scored(Pair("a", "D01", "x", None, reason=reason))


def test_worst_utterances_come_by_errors_then_rate_then_id() -> None:
    result = texts(
        ("a b c d", "a b c x"),  # 0: one error of four words
        ("a b", "a x"),  # 1: one of two
        ("a b c d e f", "x y c d e f"),  # 2: two
        ("a b", "a y"),  # 3: one of two
        ("a", "a"),  # 4: none
        ("", "long made up text"),  # 5: empty reference
    )
    assert [one.id for one in worst_utterances(result, "wer", 10)] == ["2", "1", "3", "0"]
    assert [one.id for one in worst_utterances(result, "wer", 2)] == ["2", "1"]
    assert worst_utterances(result, "wer", 0) == ()


def test_accounting_adds_up_or_does_not_exist() -> None:
    one, other = Accounting(3, 1, 1, 1), Accounting(2, 2, 0, 0)
    assert sum((one, other), Accounting()) == sum([one, other]) == Accounting(5, 3, 1, 1)
    with pytest.raises(ValueError, match="do not add up"):
        Accounting(expected=2, scored=1)
    with pytest.raises(TypeError):
        one + 1  # type: ignore[operator]
