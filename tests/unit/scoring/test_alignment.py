from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.scoring.alignment import Edit, EditKind, align
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import count_edits

WORDS = st.lists(st.sampled_from(["네", "아니요", "hi", "there", "x"]), max_size=12)


def test_runs_name_what_became_of_each_word() -> None:
    assert align("a b c d".split(), "a x c d e".split()) == (
        Edit(EditKind.EQUAL, 0, 1, 0, 1),
        Edit(EditKind.SUBSTITUTE, 1, 2, 1, 2),
        Edit(EditKind.EQUAL, 2, 4, 2, 4),
        Edit(EditKind.INSERT, 4, 4, 4, 5),
    )
    assert align("ab", "b") == (Edit(EditKind.DELETE, 0, 1, 0, 0), Edit(EditKind.EQUAL, 1, 2, 0, 1))
    assert align("", "") == ()


@given(WORDS, WORDS)
def test_runs_cover_both_sides_and_agree_with_the_counts(reference: list[str], hypothesis: list[str]) -> None:
    edits = align(reference, hypothesis)
    rebuilt: list[str] = []
    place = (0, 0)
    for edit in edits:
        assert (edit.reference_start, edit.hypothesis_start) == place
        place = (edit.reference_end, edit.hypothesis_end)
        kept: Sequence[str] = reference if edit.kind is EditKind.EQUAL else hypothesis
        start = edit.reference_start if edit.kind is EditKind.EQUAL else edit.hypothesis_start
        end = edit.reference_end if edit.kind is EditKind.EQUAL else edit.hypothesis_end
        rebuilt += kept[start:end]
    assert place == (len(reference), len(hypothesis))
    assert rebuilt == hypothesis
    counts = count_edits(reference, hypothesis)
    assert _tokens(edits, EditKind.SUBSTITUTE) == counts.substitutions
    assert _tokens(edits, EditKind.INSERT) == counts.insertions
    assert _tokens(edits, EditKind.DELETE) == counts.deletions


def test_counts_are_whole_numbers() -> None:
    assert repr(count_edits("abcd", "axc")) == repr(ErrorCounts(1, 0, 1, 4))


def _tokens(edits: Sequence[Edit], kind: EditKind) -> int:
    return sum(
        max(edit.reference_end - edit.reference_start, edit.hypothesis_end - edit.hypothesis_start)
        for edit in edits
        if edit.kind is kind
    )


@pytest.mark.parametrize("kind", EditKind)
def test_kinds_read_as_plain_words(kind: EditKind) -> None:
    assert str(kind) == kind.name.lower()
