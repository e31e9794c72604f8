"""CER without spaces, space-normalized WER and the jamo error rate, by hand and by what must always hold."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.metrics.jamo import letters
from asr_regress.scoring.metrics.spacing import respaced, without_spaces

texts = st.text(alphabet="ab 가각나 é😀", max_size=25).map(lambda text: " ".join(text.split()))


def count(name: str, reference: str, hypothesis: str) -> ErrorCounts:
    return get_metric(name).count(reference, hypothesis)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "words", "counts"),
    [
        # Spacing alone is forgiven: two words for one, one for two, every syllable by itself.
        ("한 잔 주세요", "한잔 주세요", "한 잔 주세요", ErrorCounts(reference_length=3)),
        ("할 수 있어요", "할수있어요", "할 수 있어요", ErrorCounts(reference_length=3)),
        ("안녕하세요", "안 녕 하 세 요", "안녕하세요", ErrorCounts(reference_length=1)),
        # A wrong syllable makes its word wrong, and no other.
        ("오늘 날씨가 좋다", "오늘날씨는 좋다", "오늘 날씨는 좋다", ErrorCounts(1, 0, 0, 3)),
        # A wrong syllable at the beginning of a word keeps the spacing of the hypothesis: two words are one.
        ("나는 간다", "나는산다", "나는산다", ErrorCounts(1, 0, 1, 2)),
        ("나는 간다", "나는 산다", "나는 산다", ErrorCounts(1, 0, 0, 2)),
        # What is inserted keeps its own spacing, too; what is dropped takes its space with it.
        ("네 맞아요", "네 그 맞아요", "네 그 맞아요", ErrorCounts(0, 1, 0, 2)),
        ("네 네 맞아요", "네 맞아요", "네 맞아요", ErrorCounts(0, 0, 1, 3)),
        ("아이폰 십오 프로", "아이폰십오프로요", "아이폰 십오 프로요", ErrorCounts(1, 0, 0, 3)),
        ("to day is", "today is", "to day is", ErrorCounts(reference_length=3)),
        ("", "네 네", "네 네", ErrorCounts(0, 2, 0, 0)),
        ("네 네", "", "", ErrorCounts(0, 0, 2, 2)),
        ("", "", "", ErrorCounts()),
    ],
)
def test_space_normalized_words(reference: str, hypothesis: str, words: str, counts: ErrorCounts) -> None:
    assert respaced(reference, hypothesis) == words.split()
    assert count("swer", reference, hypothesis) == counts


@pytest.mark.parametrize(
    ("reference", "hypothesis", "counts"),
    [
        ("갔다", "갓다", ErrorCounts(1, 0, 0, 5)),  # ㄱㅏㅆ ㄷㅏ: a fifth, where CER says a half
        ("가", "각", ErrorCounts(0, 1, 0, 2)),
        ("각", "가", ErrorCounts(0, 0, 1, 3)),
        ("한 잔", "한잔", ErrorCounts(0, 0, 1, 7)),  # spaces count as in CER
        ("되요", "돼요", ErrorCounts(1, 0, 0, 4)),  # ㅚ and ㅙ are one letter each
        ("닭", "닥", ErrorCounts(1, 0, 0, 3)),  # so is ㄺ
        ("café 가", "cafe 가", ErrorCounts(1, 0, 0, 7)),  # é is no Hangul and stays one character
        ("abc", "abd", ErrorCounts(1, 0, 0, 3)),
        ("", "각", ErrorCounts(0, 3, 0, 0)),
        ("각", "각", ErrorCounts(reference_length=3)),
    ],
)
def test_jamo(reference: str, hypothesis: str, counts: ErrorCounts) -> None:
    assert count("jer", reference, hypothesis) == counts


def test_letters_of_a_syllable() -> None:
    assert letters("값") == "\u1100\u1161\u11b9"
    assert letters("ㅋㅋ é") == "ㅋㅋ é"


@pytest.mark.parametrize(
    ("reference", "hypothesis", "counts"),
    [
        ("한 잔 주세요", "한잔 주 세요", ErrorCounts(reference_length=5)),
        ("한 잔 주세요", "한 장 주세요", ErrorCounts(1, 0, 0, 5)),
        ("", "네 네", ErrorCounts(0, 2, 0, 0)),
    ],
)
def test_characters_without_spaces(reference: str, hypothesis: str, counts: ErrorCounts) -> None:
    assert count("cer_nospace", reference, hypothesis) == counts


@given(texts, texts)
def test_no_errors_exactly_where_the_texts_are_the_same_but_for_what_is_forgiven(said: str, heard: str) -> None:
    same_without_spaces = without_spaces(said) == without_spaces(heard)
    assert (count("cer_nospace", said, heard).errors == 0) == same_without_spaces
    assert (count("swer", said, heard).errors == 0) == same_without_spaces
    assert (count("jer", said, heard).errors == 0) == (said == heard)


@given(texts, texts)
def test_bounds(said: str, heard: str) -> None:
    characters = count("cer", said, heard).errors
    assert count("cer_nospace", said, heard).errors <= characters
    # A syllable is three letters at most, and a word is wrong only where a character is.
    assert count("jer", said, heard).errors <= 3 * characters
    assert without_spaces("".join(respaced(said, heard))) == without_spaces(heard)


@given(texts)
def test_spacing_of_the_right_characters_is_the_references(text: str) -> None:
    assert respaced(text, without_spaces(text)) == text.split()
    assert respaced(text, " ".join(without_spaces(text))) == text.split()


def etri_words(reference: str, hypothesis: str) -> list[str]:
    """Space normalization as ETRI's program has it: syllables that carry their space, Kaldi's choice among ties."""

    def tokens(text: str) -> list[tuple[str, bool]]:
        return [(char, place == 0) for word in text.split() for place, char in enumerate(word)]

    said, heard = tokens(reference), tokens(hypothesis)
    costs = [list(range(len(said) + 1))]
    for row, (char, _) in enumerate(heard, 1):
        costs.append([row])
        for place, (right, _) in enumerate(said, 1):
            diagonal = costs[row - 1][place - 1] + (char != right)
            costs[row].append(min(diagonal, costs[row - 1][place] + 1, costs[row][place - 1] + 1))
    found: list[tuple[str, bool]] = []
    h, r = len(heard), len(said)
    while h:
        if r and costs[h][r] == costs[h - 1][r - 1] + (heard[h - 1][0] != said[r - 1][0]):
            h, r = h - 1, r - 1
            found.append(said[r] if heard[h][0] == said[r][0] else heard[h])
        elif r and costs[h][r - 1] <= costs[h - 1][r]:
            r -= 1
        else:
            h -= 1
            found.append(heard[h])
    return "".join(f" {char}" if starts else char for char, starts in reversed(found)).split()


def pairs(number: int) -> Iterator[tuple[str, str]]:
    rng = random.Random(3)
    for _ in range(number):
        letters = rng.choice(("가나", "가나다라마바사아자차카타"))
        said = " ".join("".join(rng.choices(letters, k=rng.randint(1, 4))) for _ in range(rng.randint(0, 8)))
        kept = rng.choice((95, 85, 50))
        heard = "".join(rng.choices((char, "", letters[0], " ", ""), (kept, 4, 4, 4, 4))[0] for char in said)
        yield said, " ".join(heard.split())


def test_words_are_those_of_etris_program() -> None:
    for said, heard in pairs(800):
        assert respaced(said, heard) == etri_words(said, heard)


def test_long_texts_take_a_short_cut() -> None:
    said = "가나 다라마 " * 600
    heard = "가나다라 마사 " * 600
    assert sum(map(len, respaced(said, heard))) == len(without_spaces(heard))
    assert respaced(said, "바" * 4000) == ["바" * 4000]
