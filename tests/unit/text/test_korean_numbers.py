import random

import pytest

from asr_regress.text.korean_numbers import NATIVE, SINO, native, read_numbers, sino
from asr_regress.text.rules import get_rules


@pytest.mark.parametrize(
    ("number", "reading"),
    [
        (0, "영"),
        (7, "칠"),
        (10, "십"),
        (11, "십일"),
        (20, "이십"),
        (100, "백"),
        (110, "백십"),
        (1000, "천"),
        (1111, "천백십일"),
        (2024, "이천이십사"),
        (10_000, "만"),
        (10_001, "만 일"),
        (11_000, "만 천"),
        (15_000, "만 오천"),
        (20_000, "이만"),
        (110_000, "십일만"),
        (1_000_000, "백만"),
        (10_010_000, "천일만"),
        (11_111_111, "천백십일만 천백십일"),
        (100_000_000, "일억"),
        (100_010_000, "일억 만"),
        (101_010_101, "일억 백일만 백일"),
        (1_234_567_890, "십이억 삼천사백오십육만 칠천팔백구십"),
        (10**12, "일조"),
        (10**16 - 1, "구천구백구십구조 구천구백구십구억 구천구백구십구만 구천구백구십구"),
    ],
)
def test_sino_korean_numbers(number: int, reading: str):
    assert sino(number) == reading


@pytest.mark.parametrize("number", [-1, 10**16])
def test_numbers_without_a_reading(number: int):
    with pytest.raises(ValueError, match=str(number)):
        sino(number)


def test_a_reading_says_its_number():
    values = dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))
    places, groups = {"십": 10, "백": 100, "천": 1000}, {"만": 10**4, "억": 10**8, "조": 10**12}

    def heard(reading: str) -> int:
        total = 0
        for group in reading.split(" "):
            factor = groups.get(group[-1], 1)
            value, digit = 0, 0
            for syllable in group.removesuffix(group[-1] if factor > 1 else ""):
                if syllable in places:
                    value, digit = value + (digit or 1) * places[syllable], 0
                else:
                    digit = values[syllable]
            total += ((value + digit) or 1) * factor
        return total

    numbers = [random.Random(7).randrange(1, 10 ** (1 + at % 16)) for at in range(2000)]
    assert [heard(sino(number)) for number in numbers] == numbers


@pytest.mark.parametrize(
    ("number", "reading"),
    [(1, "한"), (3, "세"), (10, "열"), (11, "열한"), (20, "스무"), (21, "스물한"), (99, "아흔아홉")],
)
def test_korean_numbers(number: int, reading: str):
    assert native(number) == reading


def test_no_counter_is_of_both_kinds():
    assert not NATIVE.keys() & SINO


@pytest.mark.parametrize(
    ("text", "read"),
    [
        # Counters.
        ("3개 주세요", "세 개 주세요"),
        ("3 개", "세 개"),
        ("12마리", "열두 마리"),
        ("20명", "스무 명"),
        ("25명", "이십오 명"),
        ("100개", "백 개"),
        ("1,234명", "천이백삼십사 명"),
        ("20살 35살", "스무 살 서른다섯 살"),
        ("30세", "삼십 세"),
        ("1번째 21번째", "첫 번째 이십일 번째"),
        ("3번 했어", "세 번 했어"),
        ("3번 출구, 2번 버스", "삼 번 출구, 이 번 버스"),
        ("20대 남자 3대", "이십 대 남자 세 대"),
        ("10조각", "열 조각"),
        ("2층 101호", "이 층 백일 호"),
        ("0개", "영 개"),
        ("1개월 1개", "일 개월 한 개"),
        ("제3회", "제삼 회"),
        ("약3개", "약 세 개"),
        # Time.
        ("3시 30분", "세 시 삼십 분"),
        ("14시", "십사 시"),
        ("09시", "아홉 시"),
        ("3시간 24시간", "세 시간 이십사 시간"),
        ("오전10시", "오전 열 시"),
        ("3:30에", "세 시 삼십 분에"),
        ("15:00 0:05", "십오 시 영 시 오 분"),
        # Dates.
        ("2024년 6월 10일", "이천이십사 년 유월 십 일"),
        ("10월 01월", "시월 일월"),
        ("2024-03-05", "이천이십사 년 삼월 오 일"),
        ("2024. 3. 5.", "이천이십사 년 삼월 오 일."),
        ("90년대", "구십 년대"),
        # 만, 억, 조 and money.
        ("15000원", "만 오천 원"),
        ("1만 원", "만 원"),
        ("3만5천원", "삼만 오천 원"),
        ("3만 5천 원", "삼만 오천 원"),
        ("2만5000원", "이만 오천 원"),
        ("2천만원", "이천만 원"),
        ("1억 2,000만 원", "일억 이천만 원"),
        ("100만명", "백만 명"),
        ("1.5억", "일 점 오억"),
        ("₩5,000 $100", "오천 원 백 달러"),
        ("$100만", "백만 달러"),
        # Decimals, percent, ratios, ranges, units.
        ("3.5배", "삼 점 오 배"),
        ("0.05", "영 점 영오"),
        ("50% 50 % 5%p", "오십 퍼센트 오십 퍼센트 오 퍼센트포인트"),
        ("3:1로", "삼 대 일로"),
        ("3~4명 3~4일", "세 네 명 삼 사 일"),
        ("5km 10 kg 25°C", "오 킬로미터 십 킬로그램 이십오 도"),
        ("100KM", "백 킬로미터"),
        # Digit by digit.
        ("010-1234-5678", "공일공 일이삼사 오육칠팔"),
        ("02-123-4567", "공이 일이삼 사오육칠"),
        ("1588-1234", "일오팔팔 일이삼사"),
        ("900101-1234567", "구공공일공일 일이삼사오육칠"),
        ("007", "공공칠"),
        ("112 119에", "일일이 일일구에"),
        ("119명", "백십구 명"),
        ("12345678901234567", "일이삼사오육칠팔구공일이삼사오육칠"),
        # Left alone.
        ("5G A4 MP3 2L C4", "5G A4 MP3 2L C4"),
        ("1.2.3", "1.2.3"),
        ("1,00", "1,00"),
        ("세 개", "세 개"),
        ("", ""),
        # Without a counter.
        ("3은 3이", "삼은 삼이"),
        ("코로나19", "코로나 십구"),
    ],
)
def test_digits_are_read_out(text: str, read: str):
    assert read_numbers(text)[0] == read


def test_readings_are_counted():
    assert read_numbers("3개, 5개 A4")[1] == 2


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("(3개)/(세 개) 주세요", "세 개 주세요."),
        ("(70%)/(칠십 퍼센트)", "칠십 퍼센트"),
        ("(010-1234-5678)/(공일공 일이삼사 오육칠팔)", "010 1234 5678"),
        ("(2천만 원)/(이천만 원)", "20,000,000원"),
        ("시속 100km/h", "시속 100 km h"),
        ("3/5", "3 / 5"),
    ],
)
def test_one_notation_for_both_sides(reference: str, hypothesis: str):
    for name in ("korean+numbers", "korean-phonetic+numbers"):
        assert get_rules(name)(reference) == get_rules(name)(hypothesis)
