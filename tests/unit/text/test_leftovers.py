import pytest

from asr_regress.text.leftovers import KINDS, leftovers


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("네 알겠습니다, 3.5% 정도 (아마)", ["in brackets"]),
        ("(3개)/(세 개)", ["dual transcription that is not resolved"]),
        ("(3개)/(세 개 주세요", ["dual transcription that is not resolved"]),
        ("3개)/(세 개)", ["dual transcription that is not resolved"]),
        ("(3개)(세 개)", ["dual transcription that is not resolved"]),
        ("그래n/ 가", ["letter tag, glued or unknown"]),
        ("s/ 네", ["letter tag, glued or unknown"]),
        ("[음악] {x} <b>", ["in brackets"] * 3),
        ("네)", ["bracket without its partner"]),
        ("@고양이 #태그 &x&", ["at, hash or ampersand"] * 3),
        ("○○ 씨 김**", ["blanked out"] * 2),
        ("OO동 XX", ["blanked out"] * 2),
        ("말*이 +그", ["plus or asterisk"] * 2),
        ("km/h 남/여", ["slash"] * 2),
        ("ㅋㅋ", ["letters of Hangul alone"]),
        ("&amp; \\n", ["escapes and entities"] * 2),
        ("a\u200bb\x00", ["invisible characters"] * 2),
        ("\ufffd\ufffd", ["characters lost in a wrong encoding"]),
        ("R&D, AT&T, 1 + 1 = 2", []),
        ("Foo boxes 3.5%", []),
        ("\u0d33\u0d4d\u200d", []),
        ("학교에 갔다. “네!”", []),
        ("", []),
    ],
)
def test_what_looks_like_markup(text: str, kinds: list[str]):
    assert [kind for kind, _ in leftovers(text)] == kinds


def test_an_excerpt_has_a_little_around_it():
    (found,) = leftovers("가나다라마바사아자차 [음악] 가나다라마바사아자차")
    assert found == ("in brackets", "…라마바사아자차 [음악] 가나다라마바사…")


def test_kinds_have_names_of_their_own():
    assert len({name for name, _ in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "a" * 50_000 + "/", "(a)" * 10_000, "&" * 20_000, "[" * 20_000, "/(" * 9_000]
)
def test_no_text_takes_for_ever(text: str):
    assert sum(1 for _ in leftovers(text)) <= len(text)
