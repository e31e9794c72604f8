"""The columns of utterances say what the utterances do."""

import random

import pytest

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status, account, pool
from asr_regress.scoring.scored_columns import ScoredColumns, in_columns


def utterance(number: int, draw: random.Random) -> ScoredUtterance:
    status = draw.choice(list(Status))
    counts = {} if status is Status.FAILED else {"cer": ErrorCounts(draw.randrange(9), draw.randrange(9), 0, 9)}
    return ScoredUtterance(f"{number:03}", draw.choice("ab"), status, "r", "h", "r", "h", counts)


@pytest.fixture
def utterances() -> list[ScoredUtterance]:
    draw = random.Random(3)
    found = [utterance(number, draw) for number in range(100)]
    draw.shuffle(found)
    return found


def test_columns_are_in_the_order_of_the_utterances(utterances: list[ScoredUtterance]) -> None:
    found = ScoredColumns(utterances)
    ordered = sorted(utterances, key=lambda each: each.id)
    assert list(found) == list(found.utterances) == ordered
    assert (len(found), found[3], found[:2]) == (100, ordered[3], tuple(ordered[:2]))
    assert found.ids == [each.id for each in ordered]
    assert [found.categories[number] for number in found.category] == [each.category for each in ordered]
    for status in Status:
        assert found.taken(found.having(status)) == [each for each in ordered if each.status is status]
    scored = [each.counts["cer"] for each in ordered if each.status is Status.SCORED]
    assert [ErrorCounts(*row) for row in found.counts("cer").tolist()] == scored
    assert ErrorCounts(*found.counts("cer").sum(axis=0).tolist()) == pool(utterances, "cer")
    assert found.counts("cer") is found.counts("cer")


def test_every_category_is_accounted_for(utterances: list[ScoredUtterance]) -> None:
    found = in_columns(utterances)
    assert in_columns(found) is found
    assert found.accounting() == {
        name: account(each for each in utterances if each.category == name) for name in ("a", "b")
    }
    assert sum(found.accounting().values(), Accounting()) == account(utterances)


def test_a_metric_that_nobody_counted(utterances: list[ScoredUtterance]) -> None:
    assert ScoredColumns(utterances).has("cer")
    assert not ScoredColumns(utterances).has("wer")
    with pytest.raises(KeyError, match="wer"):
        ScoredColumns(utterances).counts("wer")


def test_nothing_at_all() -> None:
    found = ScoredColumns([])
    assert (found.accounting(), found.categories, found.ids, len(found.scored)) == ({}, (), [], 0)
    assert found.counts("cer").shape == (0, 4)
    assert not found.has("cer")
