import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.scoring.counts import ErrorCounts, Part, pooled

SMALL = st.integers(0, 50)


@st.composite
def error_counts(draw: st.DrawFn) -> ErrorCounts:
    substitutions, insertions, deletions, hits = draw(SMALL), draw(SMALL), draw(SMALL), draw(SMALL)
    return ErrorCounts(substitutions, insertions, deletions, substitutions + deletions + hits)


@given(error_counts(), error_counts(), error_counts())
def test_addition_is_a_commutative_monoid(a: ErrorCounts, b: ErrorCounts, c: ErrorCounts) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + ErrorCounts() == a
    assert sum([a, b, c]) == a + b + c
    assert (a + b).errors == a.errors + b.errors


@given(st.lists(error_counts(), max_size=5))
def test_pooling_is_adding(counts: list[ErrorCounts]) -> None:
    assert pooled(iter(counts)) == sum(counts, ErrorCounts())


@given(error_counts())
def test_one_kind_of_error_keeps_the_reference_length(counts: ErrorCounts) -> None:
    alone = [counts.only(part) for part in Part]
    assert [one.errors for one in alone] == [counts.substitutions, counts.insertions, counts.deletions]
    assert {one.reference_length for one in alone} == {counts.reference_length}


def test_rate_is_of_sums_not_a_mean_of_rates() -> None:
    short_and_bad = ErrorCounts(substitutions=1, reference_length=1)
    long_and_good = ErrorCounts(deletions=1, reference_length=99)
    both = short_and_bad + long_and_good
    assert both.rate == 0.02
    assert both.percent == 2.0
    mean_of_rates = ((short_and_bad.rate or 0) + (long_and_good.rate or 0)) / 2
    assert mean_of_rates > 0.5


def test_rate_may_exceed_one_and_is_none_without_a_reference() -> None:
    assert ErrorCounts(insertions=3, reference_length=2).rate == 1.5
    assert ErrorCounts(insertions=3).rate is None
    assert ErrorCounts(insertions=3).percent is None


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ((-1, 0, 0, 5), "negative count in"),
        ((0, -1, 0, 5), "negative count in"),
        ((0, 0, -1, 5), "negative count in"),
        ((0, 0, 0, -1), "negative count in"),
        ((2, 0, 2, 3), "more substitutions and deletions than reference tokens in"),
    ],
)
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int], why: str) -> None:
    with pytest.raises(ValueError, match=rf"^{why} ErrorCounts\("):
        ErrorCounts(*counts)


@pytest.mark.parametrize("other", [1, 0.5, "x", None])
def test_only_counts_are_added(other: object) -> None:
    with pytest.raises(TypeError):
        ErrorCounts() + other  # type: ignore[operator]
    with pytest.raises(TypeError):
        other + ErrorCounts()  # type: ignore[operator]
