# ruff: noqa: RUF001 - look-alike characters are what is tested
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.errors import ConfigurationError
from asr_regress.text import whisper
from asr_regress.text.plain import plain
from asr_regress.text.rules import get_rules

BASIC = [
    ("Hello, World!", "hello world"),
    ("don't", "don t"),
    ("well-known", "well known"),
    ("it cost $5, or 5%", "it cost 5 or 5"),
    ("(laughs) yes [noise] no", "yes no"),
    ("<unk> yes", "yes"),
    ("naïve café", "naïve café"),
    ("Straße", "straße"),
    ("１２３ ＡＢＣ", "123 abc"),
    ("5㎏ …", "5kg"),
    ("3.5 1,000", "3 5 1 000"),
    ("«Привет», мир!", "привет мир"),
    ("Γειά σου", "γειά σου"),
    ("Ich heiße «Jörg».", "ich heiße jörg"),
    ("¿Qué tal?", "qué tal"),
    ("今天,天气不错。", "今天 天气不错"),
    ("ｶﾞ", "ガ"),
    ("हिन्दी", "ह न द"),  # marks are vowels there: Whisper's normalizer takes them, and so its figures are without
    ("네, 알겠습니다!", "네 알겠습니다"),
    ("(3개)/(세 개) 주세요", "주세요"),
    ("ㅋㅋ ㄱㅏ", "ㅋㅋ ㄱㅏ"),
    ("", ""),
]

ENGLISH = [
    ("Hello, World!", "hello world"),
    ("I can't, won't and don't", "i can not will not and do not"),
    ("isn't it? let's go", "is not it let us go"),
    ("Mr. Smith and Dr. Jones", "mister smith and doctor jones"),
    ("the colour of grey centres", "the color of gray centers"),
    ("um, it is, uh, hmm, fine", "it is fine"),
    ("twenty-five dollars", "$25"),
    ("one hundred and one", "101"),
    ("two million", "2000000"),
    ("three point five percent", "3.5%"),
    ("the first and the twenty-first", "the 1st and the 21st"),
    ("nineteen eighty four", "1984"),
    ("1,000,000", "1000000"),
    ("$5 and 7 cents", "$5.07"),
    ("double oh seven", "007"),
    ("(laughs) yes [noise]", "yes"),
    ("naïve café", "naive cafe"),
    ("gonna wanna", "going to want to"),
    ("학교에 갔다", "학교에 갔다"),
    ("ㅋㅋ okay", "ㅋㅋ okay"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), BASIC)
def test_whisper_basic(text: str, expected: str):
    assert get_rules("whisper-basic")(text) == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_whisper_english(text: str, expected: str):
    assert get_rules("whisper-english")(text) == expected


def test_the_tables_are_what_they_claim_to_be():
    assert len(BASIC) + len(ENGLISH) >= 30


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs",))))
def test_what_is_not_guarded_is_transformers_own(text: str):
    from transformers.models.whisper.english_normalizer import BasicTextNormalizer

    text = unicodedata.normalize("NFC", "".join(char for char in text if not "\u3130" <= char <= "\u318f"))
    text = "".join(char for char in text if not "\uffa0" <= char <= "\uffdc" and not 0xF3131 <= ord(char) <= 0xF318F)
    assert get_rules("whisper-basic")(text) == plain(BasicTextNormalizer()(text))


@pytest.mark.parametrize("name", ["whisper-basic", "whisper-english"])
@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from("가각힣학교ㅋㅏㄳㅎ갃ㅣ"), min_size=1))
def test_hangul_is_never_taken_apart_nor_put_together(name: str, text: str):
    assert get_rules(name)(text) == text


def test_a_loop_of_digits_in_a_hypothesis_is_no_crash():
    assert get_rules("whisper-english")("9" * 5000 + " Colours") == "9" * 5000 + " colors"


def test_only_one_file_of_transformers_is_loaded():
    code = (
        "import sys; from asr_regress.text.rules import get_rules; rules = get_rules('whisper-english')\n"
        "assert rules('Colour') == 'color'; str(rules)\n"
        "print([name for name in ('torch', 'transformers', 'numpy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_transformers_without_it_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(whisper, "_FILE", ("models", "whisper", "gone.py"))
    whisper._source.cache_clear()
    with pytest.raises(ConfigurationError, match="transformers has no normalizers"):
        whisper._source()
