"""Digits in Korean text, read out: one reading each, chosen by what stands beside the number.

A table and nothing more: whoever says another reading than the usual one (``프로`` for ``%``, ``스물다섯 명`` for
``25명``) counts as having made an error, which is why these rules are off by default.

- Numbers are read in Sino-Korean, parted at 만, 억 and 조: ``15,000`` 만 오천, ``2천만`` 이천만, ``3.14`` 삼 점 일사.
- Before the counters of `NATIVE` they are read in Korean up to 20, ages (살) up to 99, hours up to 12: ``3개`` 세 개,
  ``20살`` 스무 살, ``14시`` 십사 시. A counter is parted from its number, but for months (``6월`` 유월).
- Read as a whole: dates with the year first, ``15:30``, ``3:1``, ``3~4명``, percent, currencies, metric units.
- Read digit by digit, 0 as 공: telephone and resident numbers, what begins with 0, and 112, 113, 114, 119.
- Left as they are: digits beside Latin letters other than units of several letters (``5G``, ``A4``, ``2L``), numbers
  with several points (``1.2.3``). Either side of a slash is read on its own, for ``3/5`` may be a date or a fraction.
"""

import re
from typing import Final

_DIGITS: Final = "영일이삼사오육칠팔구"
_PLACES: Final = ("", "십", "백", "천")
_GROUPS: Final = ("", "만", "억", "조")
_LARGEST: Final = 10**16
_NATIVE_ONES: Final = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_NATIVE_TENS: Final = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_SPOKEN_BY_DIGIT: Final = frozenset(("112", "113", "114", "119"))

_COUNTED_IN_KOREAN: Final = """
개 명 사람 마리 잔 병 권 장 벌 켤레 송이 그루 가지 달 군데 곳 통 배 끼 판 쌍 팀 곡 편 줄 컵 접시 상자 봉지 조각 알 채 척
자루 다발 포기 시간 번째 번 대 모금 발짝 바퀴 그릇 숟가락 박스 캔 봉
"""
_COUNTED_IN_SINO_KOREAN: Final = """
원 년 년대 월 일 분 분기 초 주 주일 주년 주차 개월 개국 개년 개소 개사 개교 층 호 호선 호실 회 회차 차 차선 차례 위 등
등급 점 세 세기 세대 도 인분 인 인승 퍼센트 프로 미터 킬로미터 킬로그램 킬로 그램 센티미터 센티 밀리미터 밀리 리터 톤
평 학년 학기 반 교시 페이지 쪽 동 번지 번길 번가 시리즈 단계 급 단 부 달러 유로 엔 위안 배속 칸 획 박 와트 볼트 바이트
기가 메가
"""

NATIVE: Final = {**dict.fromkeys(_COUNTED_IN_KOREAN.split(), 20), "살": 99, "시": 12}
"""Counters that take Korean numbers, with the largest number that does."""

SINO: Final = frozenset(_COUNTED_IN_SINO_KOREAN.split())
"""Counters that take Sino-Korean numbers: listed for the space before them, and where a shorter one is native."""

_BY_NUMBER: Final = re.compile(r"번\s?(?:출구|버스|문제|창구|방|타자|국도|홈|플랫폼|승강장|트랙|채널)")
"""Where 번 names a thing instead of counting times."""

_UNITS: Final = {
    "%p": "퍼센트포인트",
    "%": "퍼센트",
    "°c": "도",
    "°": "도",
    "km": "킬로미터",
    "cm": "센티미터",
    "mm": "밀리미터",
    "kg": "킬로그램",
    "mg": "밀리그램",
    "ml": "밀리리터",
    "kcal": "킬로칼로리",
    "mb": "메가바이트",
    "gb": "기가바이트",
    "tb": "테라바이트",
    "hz": "헤르츠",
}
_CURRENCIES: Final = {"₩": "원", "￦": "원", "$": "달러", "€": "유로", "£": "파운드", "¥": "엔"}

_FREE_LEFT: Final = r"(?<![A-Za-z0-9_])(?<![0-9][.,:/])"
_FREE_RIGHT: Final = r"(?![A-Za-z0-9_])(?![.,:/][0-9])"
_WHOLE: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
_SOME: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})"
_LARGE: Final = rf"{_SOME}(?!조각)(?:[십백천]?[만억조]|[십백천])(?:\s?{_SOME}(?:[십백천]?[만억조]|[십백천]))*"
_PHONE: Final = r"0[0-9]{1,2}[-. ][0-9]{3,4}[-. ][0-9]{4}|1[5-8][0-9]{2}-[0-9]{4}|[0-9]{6}-[1-4][0-9]{6}"
_UNIT: Final = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
_NUMBER: Final = re.compile(
    rf"""{_FREE_LEFT}(?:
      (?P<date>(?P<year>[0-9]{{4}})([-./])\s?(?P<month>0?[1-9]|1[0-2])\3\s?(?P<day>0?[1-9]|[12][0-9]|3[01])){_FREE_RIGHT}
    | (?P<phone>{_PHONE}){_FREE_RIGHT}
    | (?P<hour>[01]?[0-9]|2[0-4]):(?P<minute>[0-5][0-9]){_FREE_RIGHT}
    | (?P<one>{_WHOLE}):(?P<other>{_WHOLE}){_FREE_RIGHT}
    | (?P<from>{_WHOLE})\s?[~\u223c\u301c]\s?(?P<to>{_WHOLE}){_FREE_RIGHT}
    | (?P<money>[₩￦$€£¥])\s?(?P<sum>{_LARGE}|{_WHOLE}(?:\.[0-9]+)?){_FREE_RIGHT}
    | (?P<large>{_LARGE})
    | (?P<number>{_WHOLE}(?:\.[0-9]+)?)(?:\s?(?P<unit>(?i:{_UNIT}))(?![A-Za-z0-9])|{_FREE_RIGHT})
    )""",
    re.VERBOSE,
)
_DIGIT: Final = re.compile("[0-9]")
_PART: Final = re.compile(rf"({_WHOLE})([십백천만억조]*)")
_VALUES: Final = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}


def read_numbers(text: str) -> tuple[str, int]:
    """The text with its numbers read out, and how many were."""
    return _NUMBER.subn(_read, text) if may_be_read(text) else (text, 0)


def may_be_read(text: str) -> bool:
    """Whether there is any digit in a text."""
    return _DIGIT.search(text) is not None


def sino(value: int) -> str:
    """A number below 10,000,000,000,000,000 in Sino-Korean, a space after every 만, 억 and 조.

    Raises:
        ValueError: It is larger, or negative.
    """
    if not 0 <= value < _LARGEST:
        raise ValueError(f"no reading for {value}")
    if value == 0:
        return _DIGITS[0]
    groups = []
    for name in _GROUPS:
        value, group = divmod(value, 10_000)
        if group:
            groups.append(name if group == 1 and name == "만" else _below_10000(group) + name)
    return " ".join(reversed(groups))


def native(value: int) -> str:
    """A number from 1 to 99 in Korean, as it stands before a counter."""
    return "스무" if value == 20 else _NATIVE_TENS[value // 10] + _NATIVE_ONES[value % 10]


def _below_10000(value: int) -> str:
    digits = reversed([(value // 10**place % 10, name) for place, name in enumerate(_PLACES)])
    return "".join(name if digit == 1 and name else _DIGITS[digit] + name for digit, name in digits if digit)


def _read(match: re.Match[str]) -> str:
    before = match.string[: match.start()][-1:]
    apart = " " if "가" <= before <= "힣" and before != "제" else ""
    return apart + _reading(match)


def _reading(match: re.Match[str]) -> str:
    found = match.groupdict()
    following = match.string[match.end() : match.end() + 12]
    if found["date"]:
        return f"{_plain(found['year'])} 년 {_month(int(found['month']))} {sino(int(found['day']))} 일"
    if found["phone"]:
        return " ".join(map(_by_digit, re.findall("[0-9]+", found["phone"])))
    if found["hour"]:
        minutes = int(found["minute"])
        return f"{_counted(found['hour'], '시')} 시" + (f" {sino(minutes)} 분" if minutes else "")
    if found["one"]:
        return f"{_plain(found['one'])} 대 {_plain(found['other'])}"
    if found["from"]:
        return f"{_counted(found['from'], following)} {_before(found['to'], following)}"
    if found["money"]:
        return f"{_plain(found['sum'])} {_CURRENCIES[found['money']]}"
    if found["large"]:
        return _plain(found["large"]) + _gap(following)
    if found["unit"]:
        return f"{_plain(found['number'])} {_UNITS[found['unit'].lower()]}"
    return _before(found["number"], following)


def _before(digits: str, following: str) -> str:
    """A number and the space before its counter, if it has one."""
    if following.startswith("월") and digits.isdecimal() and 1 <= int(digits[-9:]) <= 12:
        return _month(int(digits[-9:])).removesuffix("월")
    return _counted(digits, following) + _gap(following)


def _counted(digits: str, following: str) -> str:
    """A number as it is read before what follows."""
    counter, bare = _counter(following.lstrip()), digits.replace(",", "")
    if counter is None or not bare.isdecimal() or len(bare) > 2:
        return _by_digit(bare) if bare in _SPOKEN_BY_DIGIT and counter is None else _plain(digits, bool(counter))
    value = int(bare)
    if 1 <= value <= NATIVE.get(counter, 0) and not (counter == "대" and value % 10 == 0):
        return "첫" if value == 1 and counter == "번째" else native(value)
    return sino(value)


def _counter(following: str) -> str | None:
    """The longest counter that a text begins with."""
    if _BY_NUMBER.match(following):
        return "호"
    return next((following[:n] for n in range(4, 0, -1) if following[:n] in NATIVE or following[:n] in SINO), None)


def _gap(following: str) -> str:
    return " " if following[:1].strip() and _counter(following) else ""


def _month(number: int) -> str:
    return {6: "유월", 10: "시월"}.get(number, f"{sino(number)}월")


def _plain(digits: str, counted: bool = False) -> str:
    """Sino-Korean; digit by digit where it begins with 0 (and nothing is counted) or is too long."""
    bare = digits.replace(",", "")
    whole, point, decimals = bare.partition(".")
    if not whole.isdecimal():
        value = _value(bare)
        return digits if value >= _LARGEST else sino(value)
    if len(whole) > 16 or (len(whole) > 1 and whole[0] == "0" and not counted and not point):
        return _by_digit(whole)
    return sino(int(whole)) + (f" 점 {''.join(_DIGITS[int(digit)] for digit in decimals)}" if point else "")


def _value(text: str) -> int:
    """The value of digits mixed with 십, 백, 천, 만, 억 and 조, such as 3만 5천."""
    total = 0
    for digits, names in _PART.findall(text):
        value = int(digits)
        for name in names:
            value *= _VALUES[name]
        total += value
    return total


def _by_digit(digits: str) -> str:
    return "".join("공" if digit == "0" else _DIGITS[int(digit)] for digit in digits)
