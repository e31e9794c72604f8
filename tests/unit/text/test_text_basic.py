# ruff: noqa: RUF001 - look-alike characters are what is tested
import unicodedata

import pytest

from asr_regress.text.basic import basic


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # An apostrophe inside a word leaves one word, whichever way it is typed.
        ("Don't", "dont"),
        ("don’t donʼt don＇t don\u200b't", "dont dont dont dont"),
        ("rock 'n' roll, the dogs' ‘bone’", "rock n roll the dogs bone"),
        ("the 90's", "the 90s"),
        ("5'11", "5 11"),
        # Other punctuation parts words.
        ("well-known", "well known"),
        ("Yes...no?!", "yes no"),
        ("“Quoted” (and) [so] on", "quoted and so on"),
        ("snake_case/other", "snake case other"),
        ("The U.S. a.m.", "the u s a m"),
        # Numbers stay in one piece.
        ("3.5 3,5 1.2.3.", "3.5 3,5 1.2.3"),
        ("1,000,000 and 1,00", "1000000 and 1,00"),
        ("in 1999, 2000.", "in 1999 2000"),
        # What is read aloud stays, as a token of its own.
        ("5% 5 % 5％", "5 % 5 % 5 %"),
        ("$5 ￦100 R&D 20°", "$ 5 ₩ 100 r & d 20 °"),
        # Decoration goes.
        ("♪ la ❤️ la 👩‍👩‍👧 ★", "la la"),
        ("3️⃣ ~5", "3 5"),
        # Case.
        ("Straße ÉCOLE ΣΊΣΥΦΟΣ", "straße école σίσυφος"),
        # Korean: composed, and letters used alone stay as they are.
        ("네, 알겠습니다!", "네 알겠습니다"),
        ("ㅋㅋ", "ㅋㅋ"),
        ("(3개)/(세 개) 주세요", "3개 세 개 주세요"),
        # Marks of scripts that write vowels as marks stay; a mark without its letter goes.
        ("हिन्दी में।", "हिन्दी में"),
        ("!\u0301 a", "a"),
        # Nothing invisible is left.
        ("a\x00b\x1b[0m\u202ec\ufeff\u00ad", "ab 0mc"),
        ("가\u3164나", "가나"),
        ("\ud800x", "x"),
        ("?!… — ", ""),
    ],
)
def test_case_and_punctuation_do_not_count(text: str, expected: str) -> None:
    assert basic(text) == expected


def test_every_single_character_is_settled_at_once() -> None:
    planes_in_use = (*range(0x20000), *range(0xE0000, 0xE0200))  # beside Han, of which the first plane has plenty
    unsettled = [
        hex(code)
        for code in planes_in_use
        if (once := basic(chr(code))) and (basic(once) != once or not unicodedata.is_normalized("NFC", once))
    ]
    assert not unsettled
