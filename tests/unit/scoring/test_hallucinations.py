import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.hallucinations import has_foreign_script, has_insertion_run
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.score import Pair, empty_insertions, pool, score
from asr_regress.text.rules import get_rules

KINDS = ("loop", "length", "insertions", "script")
SAID = "카드 분실 신고하려고 전화드렸는데요"


def kinds(reference: str, hypothesis: str) -> set[str]:
    return {kind for kind in KINDS if get_metric(f"hallucination_{kind}").count(reference, hypothesis).errors}


@pytest.mark.parametrize(
    ("reference", "hypothesis", "expected"),
    [
        # A phrase added to what was said, at the end, at the beginning and in the middle.
        (SAID, SAID + " 시청해 주셔서 감사합니다", {"insertions"}),
        (SAID, "구독과 좋아요 부탁드립니다 " + SAID, {"insertions"}),
        (
            "네 그러면 내일 다시 전화드리겠습니다",
            "네 그러면 지금까지 뉴스였습니다 내일 다시 전화드리겠습니다",
            {"insertions"},
        ),
        (
            "i would like to cancel my order",
            "i would like to cancel my order thank you for watching this",
            {"insertions"},
        ),
        ("we went home", "we then packed all of our things went home", {"insertions"}),
        # Out of all proportion, alone or beside others.
        ("네", "시청해 주셔서 감사합니다 구독과 좋아요 부탁드립니다", {"length", "insertions"}),
        # Loops.
        (SAID, SAID + " 네" * 20, {"loop"}),
        ("montreal uh uh uh uh uh uh forced aligner", "montreal " + "uh " * 100, {"loop", "length"}),
        ("그래서 제가 어제 상담 센터에", "감사합니다 " * 9, {"loop", "length", "insertions"}),
        # Another script than the one that is spoken.
        (SAID, "thank you for watching", {"script"}),
        (SAID, "ご視聴ありがとうございました", {"script"}),
        (SAID, "спасибо за просмотр", {"script"}),
        (SAID, "카드 분실 신고하려고 전화드렸는데요 字幕", {"script"}),
        ("hello how are you", "hello how are 여러분", {"script"}),
        ("yes i called yesterday", "yes я called yesterday вчера", {"script"}),
        ("東京に行きます", "도쿄에 갑니다", {"script"}),
    ],
)
def test_what_is_one(reference: str, hypothesis: str, expected: set[str]) -> None:
    assert kinds(reference, hypothesis.strip()) == expected
    assert get_metric("hallucination").count(reference, hypothesis.strip()).errors == 1


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        (SAID, SAID),
        # Laughter, consent and exclamations, said or written down more often than in the reference.
        ("그래서 하하하하 웃었어요", "그래서 하하하하하하하하 웃었어요"),
        ("그래서 웃었어요", "그래서 하하하하 웃었어요"),
        ("그래서 웃었어요", "그래서 하 하 하 하 하 하 웃었어요"),
        ("네 알겠습니다", "네 네 네 알겠습니다"),
        ("네", "네 네 네 네 네 네"),
        ("montreal forced aligner", "ha ha ha montreal ha ha ha forced ha ha ha a liner ha ha ha"),
        ("아이고 어쩌나", "아이고 아이고 아이고 어쩌나"),
        # Numbers, in digits or read out.
        ("제 번호는 01012345678 입니다", "제 번호는 공일공 일이삼사 오육칠팔 입니다"),
        ("제 번호는 01012345678 입니다", "제 번호는 공 일 공 일 이 삼 사 오 육 칠 팔 입니다"),
        ("4532711890264413", "four five three two seven one one eight nine zero two six four four one three"),
        ("공 일 공 일 이 삼 사", "0101234"),
        ("25000원이요", "이만 오천 원이요"),
        # Spacing, and spelling.
        ("한국말을할수있어요정말이에요", "한국 말 을 할 수 있 어 요 정말 이 에 요"),
        ("한 국 말 을 할 수 있 어 요", "한국말을할수있어요"),
        # Lists and repetitions that were said.
        ("사과 사과 사과 배 배 배", "사과 사과 사과 배 배 배 배"),
        ("one two three four five six", "one two three four five six seven"),
        # Some words too many, as in any transcript.
        (SAID, "저기 카드 분실 신고를 하려고 전화를 드렸는데요"),
        ("그러니까 안 된다고요", "어 그러니까 그 안 된다고요"),
        # Names and units in Latin or Greek letters.
        ("유튜브에서 봤어요", "YouTube에서 봤어요"),
        ("케이티 고객센터죠", "KT 고객센터죠"),
        ("에스케이 텔레콤", "SK 텔레콤"),
        ("티비 보다가 피씨로", "TV 보다가 PC로"),
        ("5 마이크로미터", "5 μm"),
        ("東京に行きます", "トウキョウに行きます"),
        ("カタカナ", "片仮名"),
        ("123", "일이삼"),
        # Wrong from first to last, but of about the right length: for CER to say.
        ("it was the best of times", "he sells sea shells there"),
        ("a long sentence that was not heard", ""),
    ],
)
def test_what_is_none(reference: str, hypothesis: str) -> None:
    assert kinds(reference, hypothesis) == set()
    assert get_metric("hallucination").count(reference, hypothesis).errors == 0


def test_they_are_shares_of_utterances_and_any_text_on_nothing_is_one() -> None:
    pairs = [(SAID, SAID), (SAID, "thank you for watching"), (SAID, SAID + " 네" * 20), ("", "네"), ("", "")]
    named = (Pair(str(number), "A", *pair) for number, pair in enumerate(pairs))
    found = score(named, get_rules("none"), [get_metric("hallucination"), get_metric("hallucination_loop")])
    assert pool(found, "hallucination") == ErrorCounts(substitutions=2, reference_length=3)
    assert pool(found, "hallucination_loop") == ErrorCounts(substitutions=1, reference_length=3)
    assert empty_insertions(found, "hallucination") == 1
    assert empty_insertions(found, "hallucination_loop") == 0


texts = st.text(alphabet="ab가나다 1a日яΩ", max_size=60).map(lambda text: " ".join(text.split()))


@settings(deadline=None)
@given(texts, texts)
def test_any_kind_and_a_runaway_is_one(reference: str, hypothesis: str) -> None:
    any_of_them = bool(kinds(reference, hypothesis)) or get_metric("runaway").count(reference, hypothesis).errors > 0
    if reference:
        assert (get_metric("hallucination").count(reference, hypothesis).errors > 0) == any_of_them


@settings(deadline=None)
@given(texts, texts)
def test_a_runaway_is_a_loop_or_out_of_proportion(reference: str, hypothesis: str) -> None:
    long = f"{hypothesis} {hypothesis} {hypothesis} {hypothesis}"
    is_runaway = get_metric("runaway").count(reference, long).errors > 0
    assert is_runaway == bool(kinds(reference, long) & {"loop", "length"})


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_gives_an_answer_and_the_right_one_is_none(reference: str, hypothesis: str) -> None:
    for detect in (has_insertion_run, has_foreign_script):
        assert detect(reference, hypothesis) in (True, False)
        assert not detect(hypothesis, hypothesis)
        assert not detect(reference, "")
