"""The ways in which a text with digits may be read out, in Korean and English: to tell notation from a wrong number."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from asr_regress.text.korean_numbers import native, read_numbers, sino

_LONGEST = 12  # Digits of a number that is read.
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_ORDINAL = re.compile(r"([0-9]+)\s?(?:st|nd|rd|th)\b", re.IGNORECASE)
_SIGNS = (
    {"%": "퍼센트", "$": "달러", "₩": "원", "€": "유로", "£": "파운드", "°": "도"},
    {"%": "프로"},
    {"%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "°": "degrees"},
)
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = ["", "", *"twenty thirty forty fifty sixty seventy eighty ninety".split()]
_LARGE = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


@lru_cache(maxsize=1 << 10)
def readings(text: str) -> frozenset[str]:
    """Every way to read the digits and signs of a text out, letters alone; the text's own letters where it has none."""
    ways = [read_numbers(text)[0], *(_NUMBER.sub(_in(style), _POINT.sub(point, text)) for style, point in _STYLES)]
    ways += [_ORDINAL.sub(lambda match: _ordinal(match[1]), text), text]
    return frozenset(_letters(signed) for way in ways for signed in _with_signs(way))


def english(value: int) -> str:
    """A number below a trillion in English words, without "and"."""
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")
    size, name = next(each for each in _LARGE if value >= each[0])
    rest = f" {english(value % size)}" if value % size else ""
    return f"{english(value // size)} {name}{rest}"


def _with_signs(text: str) -> Iterable[str]:
    if not any(sign in text for sign in _SIGNS[0]):
        return (text,)
    return ("".join(signs.get(char, char) for char in text) for signs in _SIGNS)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, re.sub(r"\band\b", " ", text.casefold())))


def _in(style: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    def read(match: re.Match[str]) -> str:
        digits = match[0].replace(",", "")
        return f" {style(digits)} " if len(digits) <= _LONGEST else match[0]

    return read


def _native(digits: str) -> str:
    return native(int(digits)) if 0 < int(digits) < 100 else sino(int(digits))


def _native_alone(digits: str) -> str:
    """As it is said without a counter: 하나, 스물둘."""
    alone = {"한": "하나", "두": "둘", "세": "셋", "네": "넷", "스무": "스물"}
    read = _native(digits)
    return next((read.removesuffix(short) + whole for short, whole in alone.items() if read.endswith(short)), read)


def _each(names: str) -> Callable[[str], str]:
    said = names.split()
    return lambda digits: " ".join(said[int(digit)] for digit in digits)


def _in_pairs(digits: str) -> str:
    """As years are said: nineteen ninety, twenty oh five, nineteen hundred."""
    if len(digits) != 4:
        return english(int(digits))
    first, last = int(digits[:2]), int(digits[2:])
    return f"{english(first)} {'hundred' if not last else english(last) if last > 9 else f'oh {_ONES[last]}'}"


def _ordinal(digits: str) -> str:
    if len(digits) > _LONGEST:
        return digits
    head, _, last = english(int(digits)).rpartition(" ")
    return f"{head} {_ORDINALS.get(last) or (last[:-1] + 'ieth' if last.endswith('y') else last + 'th')}"


_STYLES: tuple[tuple[Callable[[str], str], str], ...] = (
    (lambda digits: sino(int(digits)), " 점 "),
    (_native, " 점 "),
    (_native_alone, " 점 "),
    (_each("공 일 이 삼 사 오 육 칠 팔 구"), " 점 "),
    (_each("영 일 이 삼 사 오 육 칠 팔 구"), " 점 "),
    (lambda digits: english(int(digits)), " point "),
    (_each(" ".join(_ONES[:10])), " point "),
    (_each(" ".join(["oh", *_ONES[1:10]])), " point "),
    (_in_pairs, " point "),
)
