from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from asr_regress.scoring.runaways import REPEATS, SIZE, is_runaway, repeats

STUCK = "montreal " + "uh " * 221
PROMPT = (
    "dial 1 if you wish this caller to reach you directly now and in the future dial 2 if you wish to send this "
    "caller to voicemail now and forevermore dial 3 to send this caller to the torture menus now and forevermore "
    "dial 4 to send this caller to a polite dont call menu now and forevermore"
)
CARD_IN_WORDS = "four five three two seven one one eight nine zero two six four four one three"


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        # The first three are what whisper-base said of real recordings, the third with noise on its weights.
        ("montreal uh uh uh uh uh uh forced aligner", STUCK),
        ("셋 셋 셋 셋", "5 " * 444),
        (
            "had he married a more amiable woman he might have been made still more respectable than he was",
            "i am a human and i am a human and i am a human and i am a human and i am",
        ),
        ("ummmm", "u" + "m" * 888),
        ("안녕하세요 상담사 김민지입니다", "안녕하세요 상담사 " + "네 " * 20),
        ("카드 번호를 불러 주시겠어요 잠시만요", "감사합니다 " * 5),
        ("그래서 제가 어제 그 상담 센터에 전화를 드렸거든요", "아" * 40),
        ("we are going to look at the second part of the agenda now", "thank you very much " * 4),
        ("yes", "thank you for watching please like and subscribe to the channel"),
        ("네", "시청해 주셔서 감사합니다 구독과 좋아요 부탁드립니다"),
        ("", "시청해 주셔서 감사합니다 구독과 좋아요"),
        ("no no no", "no " * 40),
    ],
)
def test_what_is_a_runaway(reference: str, hypothesis: str) -> None:
    assert is_runaway(reference, hypothesis.strip())


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("no no no no no no no no no no no no no no no", "no no no no no no no no no no no no no no no"),
        ("no " * 30 + "yes", "no " * 28 + "yeah"),
        ("네 네 네 네 네 네 네 네 네 네 알겠습니다", "네네네네네네네네네네 알겠습니다"),
        ("0000000000000000", "zero zero zero zero zero zero zero zero zero zero zero zero zero zero zero zero"),
        ("4532711890264413", CARD_IN_WORDS),
        (CARD_IN_WORDS, "4532711890264413"),
        ("4532711890264413", "사 오 삼 이 칠 일 일 팔 구 공 이 육 사 사 일 삼"),
        ("영영영영영영영영", "00000000"),
        # Said of real recordings: laughter that the reference leaves out, one more or less of many, a short slip.
        ("montreal forced aligner", "ha ha ha montreal ha ha ha forced ha ha ha a liner ha ha ha"),
        ("heres some more word word word word word", "heres some more word word word word word word"),
        ("montreal uh uh uh uh uh uh forced aligner", "montreal uh uh uh uh uh uh uh uh forced to win her"),
        ("s", "earth"),
        (PROMPT, PROMPT.replace("caller", "color").replace("reach", "read")),
        # Wrong from first to last, and as long as it should be.
        ("it was the best of times it was the worst of times", "he sells sea shells down by the sea shore in may"),
        ("a long sentence of which the recognizer has heard nothing at all", ""),
        ("", ""),
        ("", "네 감사합니다"),
    ],
)
def test_what_is_none(reference: str, hypothesis: str) -> None:
    assert not is_runaway(reference.strip(), hypothesis.strip())


texts = st.text(alphabet="ab 가나1", max_size=80)


@given(texts, st.text(alphabet="ab 가나1", max_size=400))
def test_the_right_text_and_short_texts_are_none(reference: str, long: str) -> None:
    assert not is_runaway(long, long)
    assert not is_runaway(reference, long[: SIZE // 4])


@given(st.text(alphabet="abc", min_size=1, max_size=20), st.integers(min_value=43, max_value=200))
def test_any_loop_on_a_short_reference_is_one(unit: str, times: int) -> None:
    assert is_runaway("xyz", unit * times)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.text(max_size=1), st.booleans()), max_size=9))
def test_nine_characters_are_too_few_for_one(reference: str, edits: list[tuple[int, str, bool]]) -> None:
    hypothesis = reference
    for place, char, replaced in edits:
        hypothesis = hypothesis[:place] + char + hypothesis[place + replaced :]
    far = Levenshtein.distance(reference.encode("utf-8", "surrogatepass"), hypothesis.encode("utf-8", "surrogatepass"))
    assert far < SIZE
    assert not is_runaway(reference, hypothesis)


def test_ten_characters_may_be_enough() -> None:
    assert is_runaway("a", "a" + "\N{GRINNING FACE}" * (SIZE // 4))
    assert not is_runaway("a", "a" + "\N{GRINNING FACE}" * (SIZE // 4 - 1))


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_gives_an_answer(reference: str, hypothesis: str) -> None:
    assert is_runaway(reference, hypothesis) in (True, False)


def counted_one_by_one(text: str, size: int) -> int:
    """What `repeats` says, looked for at every place with every period."""
    text += " "
    most = 1
    for period, first in product(range(1, len(text) // REPEATS + 1), range(len(text))):
        last = first + period
        while last < len(text) and text[last] == text[last - period]:
            last += 1
        if last - first >= REPEATS * period and len(text[first + period : last].encode()) >= size:
            most = max(most, (last - first) // period)
    return most


@settings(deadline=None)
@given(
    st.text(alphabet="ab가", max_size=5),
    st.text(alphabet="ab가", min_size=1, max_size=5),
    st.integers(min_value=1, max_value=8),
    st.text(alphabet="ab가", max_size=5),
    st.sampled_from([1, 5, 12]),
)
def test_repeats_are_those_counted_one_by_one(before: str, unit: str, times: int, after: str, size: int) -> None:
    text = before + unit * times + after
    assert repeats(text, size) == counted_one_by_one(text, size)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 1), ("banana", 1), ("bananana", 3), ("mmmm", 4), ("thank you thank you thank you", 3), ("네 네 네 네 네", 5)],
)
def test_repeats_by_hand(text: str, expected: int) -> None:
    assert repeats(text) == expected
