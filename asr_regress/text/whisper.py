"""The rules ``whisper-basic`` and ``whisper-english``: the normalizers that Whisper's own figures are made with.

They are transformers' code, run as it stands, with a guard around it: Hangul goes in and comes out composed, and its
letters used alone (``ㅋㅋ``) are kept from becoming parts of syllables. Nothing else is mended, so figures stay
comparable with others' that were made with them. What that means for Korean: text in parentheses goes, the spelling
and the pronunciation of a dual transcription alike.

Only that one file of transformers is loaded, which takes milliseconds: the package itself takes most of a second. Its
source is part of what a baseline is bound to, for another release may normalize otherwise.
"""

import functools
import importlib.machinery
import importlib.util
import json
import unicodedata
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Final

from asr_regress.basics.source_digest import source_digest
from asr_regress.errors import ConfigurationError
from asr_regress.text.plain import plain
from asr_regress.text.text_rules import TextRules

_FILE: Final = ("models", "whisper", "english_normalizer.py")
_OUT_OF_REACH: Final = 0xF0000
_HALF_WIDTH: Final = {
    code: int(unicodedata.decomposition(chr(code)).split()[1], 16)
    for code in range(0xFFA1, 0xFFDD)
    if unicodedata.decomposition(chr(code))
}
_LETTERS: Final = (*range(0x3131, 0x3164), *range(0x3165, 0x318F))
_HIDE: Final = {letter: letter + _OUT_OF_REACH for letter in _LETTERS} | {
    half: letter + _OUT_OF_REACH for half, letter in _HALF_WIDTH.items() if letter in _LETTERS
}
_SHOW: Final = {hidden: hidden - _OUT_OF_REACH for hidden in _HIDE.values()}


def guarded(normalize: Callable[[str], str]) -> Callable[[str], str]:
    """Keep Hangul as it is in a normalizer that takes characters apart (NFKC, NFKD).

    Letters used alone are moved to a private plane while it runs: NFKC turns them into parts of syllables, and joins
    ``ㄱㅏ`` to ``가``. A character that stood on that plane before, which has no meaning, comes out as the letter.
    """

    def apply(text: str) -> str:
        hidden = unicodedata.normalize("NFC", text).translate(_HIDE)
        return plain(unicodedata.normalize("NFC", normalize(hidden)).translate(_SHOW))

    return apply


def whisper_basic(text: str) -> str:
    """Lower case without brackets, parentheses, marks, signs and punctuation."""
    return _basic()(text)


def whisper_english(text: str) -> str:
    """As `whisper_basic`, and English contractions, spellings and numbers are written one way."""
    return _english()(text)


@functools.cache
def _basic() -> Callable[[str], str]:
    return guarded(_module().BasicTextNormalizer())


@functools.cache
def _english() -> Callable[[str], str]:
    spellings = json.loads((files("asr_regress.text") / "data" / "english_spellings.json").read_text("utf-8"))
    normalizer = _module().EnglishTextNormalizer(spellings)
    numbers = normalizer.standardize_numbers

    def with_numbers(text: str) -> str:
        try:
            return str(numbers(text))
        except (ValueError, TypeError, IndexError, OverflowError):
            return text  # such as a loop of thousands of digits, which it can't make a number of

    normalizer.standardize_numbers = with_numbers
    return guarded(normalizer)


@functools.cache
def _source() -> Path:
    found = importlib.util.find_spec("transformers")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder).joinpath(*_FILE)
        if path.is_file():
            return path
    raise ConfigurationError(
        "text rules whisper-basic and whisper-english: this transformers has no normalizers "
        f"({'/'.join(_FILE)}); install transformers>=5,<6, or choose other rules (asr-regress normalizers lists them)"
    )


@functools.cache
def _module() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("asr_regress_whisper_normalizer", str(_source()))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None, "there is a loader"
    module = importlib.util.module_from_spec(spec)
    try:
        loader.exec_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"text rules whisper-basic and whisper-english: {_source()} cannot be loaded: {error}"
        ) from error
    return module


@functools.cache
def _binding() -> str:
    return f"transformers' source {source_digest([_source()])}"


RULES = (
    TextRules(
        "whisper-basic",
        1,
        whisper_basic,
        does="transformers' BasicTextNormalizer: case, signs, marks and all in parentheses or brackets go",
        example="Well-known: it cost 5% [laughs] (3개)/(세 개), 1.5 ㎏",
        lengthens="characters such as ㎏ are written out (kg)",
        settled=False,
        binding=_binding,
    ),
    TextRules(
        "whisper-english",
        1,
        whisper_english,
        does="transformers' EnglishTextNormalizer: as whisper-basic; contractions, spellings, numbers one way",
        example="Mr. Grey's colour, um, isn't worth twenty-five dollars",
        lengthens="contractions and titles are written out (isn't: is not), as are characters such as ㎏",
        settled=False,
        binding=_binding,
    ),
)
