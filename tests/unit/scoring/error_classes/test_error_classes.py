"""Every edit has exactly one class: worked examples of each, which class goes first, and the sum."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asr_regress.scoring.error_classes import CLASSES, classify
from asr_regress.scoring.metrics.edits import count_edits


def found(reference: str, hypothesis: str) -> dict[str, int]:
    """Edits by class."""
    edits: dict[str, int] = {}
    for each, claim in classify(reference, hypothesis):
        edits[each.name] = edits.get(each.name, 0) + len(claim.edits)
    return edits


@pytest.mark.parametrize(
    ("reference", "hypothesis", "edits"),
    [
        # Spacing: one edit a space.
        ("한 잔 주세요", "한잔 주세요", {"spacing": 1}),
        ("할수있어", "할 수 있어", {"spacing": 2}),
        ("ab c", "a bc", {"spacing": 2}),
        ("de activated", "deactivated", {"spacing": 1}),
        ("dial 500", "dial 5 0 0", {"spacing": 2}),
        ("3 개", "3개", {"spacing": 1}),
        # One syllable beside it may be misheard; two or letters may not, nor may the space come with a word.
        ("그럴 것", "그럴껏", {"spacing": 1, "jamo": 1}),
        ("다섯", "더 더", {"jamo": 1, "other": 2}),
        ("forced aligner", "Forced A liner.", {"punctuation": 3, "spacing": 1, "other": 1}),
        ("yesterday", "yes today", {"other": 3}),
        ("the dog", "the big dog", {"other": 4}),
        ("큰 집 앞", "큰 앞", {"other": 2}),
        # Punctuation or case.
        ("Hello, world", "hello world", {"punctuation": 2}),
        ("well-known", "well known", {"punctuation": 1}),
        ("네 알겠습니다", "네, 알겠습니다.", {"punctuation": 2}),
        ("1,000 won", "1000 won", {"punctuation": 1}),
        ("5 %", "5", {"omission_end": 2}),
        ("a 5 % b", "a 5 b", {"other": 2}),  # "%" is read aloud
        ("कि", "क", {"other": 1}),  # a vowel sign is no mark
        ("공 여덟", "홍, 여덟", {"punctuation": 1, "jamo": 1}),
        ("넷 넷", "넷, 넷,", {"punctuation": 2}),
        ("so well", "so... well", {"punctuation": 3}),
        # Number notation.
        ("3개 주세요", "세 개 주세요", {"number": 2}),
        ("둘 넷", "2 4", {"number": 2}),
        ("70 % 할인", "칠십 퍼센트 할인", {"number": 5}),
        ("1,000원", "천원", {"number": 5}),
        ("십오 시 삼십 분에", "15시 30분에", {"number": 6}),
        ("25명", "스물다섯 명", {"number": 5}),
        ("공일공", "010", {"number": 3}),
        ("nineteen ninety", "1990", {"number": 15}),
        ("four five three two", "4532", {"number": 19}),
        ("thirtieth", "30th", {"number": 7}),
        ("one hundred and five", "105", {"number": 20}),
        ("3개", "네 개", {"other": 2}),  # another number is no matter of notation
        ("five", "4", {"other": 4}),
        # One-jamo slips: an initial, a vowel, a final, one more, one less.
        ("갔다 와", "갓다 와", {"jamo": 1}),
        ("공기", "홍기", {"jamo": 1}),
        ("아홉", "다홉", {"jamo": 1}),
        ("서울", "서우", {"jamo": 1}),
        ("서울", "서로", {"other": 1}),
        # Word endings.
        ("학교에 가요", "학교를 가요", {"ending": 1}),
        ("나는 집에", "나는 집에서", {"ending": 1}),
        ("먹었다", "먹는다", {"ending": 1}),
        ("밥을 간다", "밥을 가는데", {"ending": 3}),
        ("학교에서는", "학교에는", {"ending": 1}),
        ("your password", "your passwords", {"ending": 1}),
        ("she paused", "she pausing", {"ending": 3}),
        ("her name", "here name", {"other": 1}),
        ("a cat", "as cat", {"other": 1}),
        # Repetition.
        ("네 알겠습니다", "네 네 네 네 알겠습니다", {"repetition": 6}),
        ("i want it", "i i want it", {"repetition": 2}),
        ("go to the store", "go to the go to the store", {"repetition": 10}),
        ("하하", "하하하하하", {"repetition": 3}),
        ("uh aligner", "uh" + " uh" * 5, {"repetition": 14}),
        ("네 네 네", "내 내 내", {"jamo": 3}),  # the reference says it as often
        ("하나 둘", "하나 하나", {"other": 2}),
        # Omission at the start and at the end.
        ("brown hen", "hen", {"omission_start": 6}),
        ("and then the cat sat", "the cat sad", {"omission_start": 9, "other": 1}),
        ("저는 오늘 학교에 갔다", "학교에 갔다", {"omission_start": 6}),
        ("montreal forced aligner", "montreal", {"omission_end": 15}),
        ("학교에 갔다 왔어요", "학교에 갔다", {"omission_end": 4}),
        ("a b c d e f", "c d", {"omission_start": 4, "omission_end": 4}),
        ("and then the cat sat", "The cat sat.", {"omission_start": 9, "punctuation": 2}),
        ("a b c", "", {"omission_start": 5}),
        ("beep ascending", "you", {"other": 14}),  # wrong altogether: nobody can tell what is missing
        # Other.
        ("montreal forest", "montreal forced", {"other": 3}),
        ("", "x y", {"other": 3}),
        # Several at once.
        ("forced aligner", "force a liner", {"ending": 1, "spacing": 1, "other": 1}),
        ("3개 주세요 한 잔", "세 개 주세요 한잔", {"number": 2, "spacing": 1}),
        ("same", "same", {}),
    ],
)
def test_worked_examples(reference, hypothesis, edits):
    assert found(reference, hypothesis) == edits


@pytest.mark.parametrize(
    ("reference", "hypothesis", "first", "later"),
    [
        ("uh no", "uh uh uh no", "repetition", "spacing"),  # spaces between copies
        ("you will", "will", "omission_start", "spacing"),
        ("3:30에", "세 시 삼십 분에", "number", "punctuation"),  # the colon is a part of the number
        ("3개", "세 개", "number", "spacing"),
        ("ab-c", "ABC", "punctuation", "other"),
        ("나은 집", "나는 집", "ending", "jamo"),  # grammar, although one letter differs
        ("물을", "물를", "ending", "jamo"),
    ],
)
def test_the_class_that_goes_first_has_what_both_would_claim(reference, hypothesis, first, later):
    order = [each.name for each in CLASSES]
    assert order.index(first) < order.index(later)
    assert set(found(reference, hypothesis)) == {first}


TEXTS = st.lists(
    st.sampled_from(
        [
            "네",
            "학교",
            "에서",
            "는",
            "갔다",
            "갓다",
            "the",
            "force",
            "d",
            "3",
            "세",
            "개",
            "%",
            ".",
            "A",
            "25",
            "ha",
            " ",
        ]
    ),
    max_size=9,
).flatmap(lambda words: st.sampled_from(["", " "]).map(lambda gap: " ".join(gap.join(words).split())))


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
@example("a", "  b  ")
@example(" ", "\ud800 ")
def test_every_edit_is_in_exactly_one_class(reference, hypothesis):
    assert sum(found(reference, hypothesis).values()) == count_edits(reference, hypothesis).errors


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_the_text(reference, hypothesis):
    claims = [number for _, claim in classify(reference, hypothesis) for number in claim.edits]
    assert sorted(claims) == list(range(count_edits(reference, hypothesis).errors))


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("x", " ".join(f"w{n} w{n}" for n in range(3000))),
        (" ".join(map(str, range(300))), " ".join(map(str, range(5000, 5300)))),
        ("가나" * 5000, "나다" * 5000),
        ("a" * 20_000, "1 " * 9_000 + "1"),
    ],
    ids=["loops", "numbers", "syllables", "digits"],
)
def test_long_texts_that_are_wrong_throughout(reference, hypothesis):
    assert sum(found(reference, hypothesis).values()) == count_edits(reference, hypothesis).errors


def test_names_and_titles_are_unique():
    assert len({each.name for each in CLASSES}) == len({each.title for each in CLASSES}) == len(CLASSES)
