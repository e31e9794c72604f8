# ruff: noqa: RUF001 - look-alike characters are what is tested
"""Every notation of Korean transcripts with its traps. Worked out by hand: given, spelling, pronunciation."""

import unicodedata

import pytest

from asr_regress.text.rules import get_rules

SAME = None

CASES = [
    # Dual transcription: (spelling)/(pronunciation).
    ("(70%)/(칠십 퍼센트) 할인", "70 % 할인", "칠십 퍼센트 할인"),
    ("(3개)/(세 개) 주세요", "3개 주세요", "세 개 주세요"),
    ("(3개)/(세 개)를 주세요", "3개를 주세요", "세 개를 주세요"),
    ("약(3개)/(세 개)만", "약3개만", "약세 개만"),
    ("(3개) / (세 개) 주세요", "3개 주세요", "세 개 주세요"),
    ("(3개)/ (세 개) 주세요", "3개 주세요", "세 개 주세요"),
    ("(1시)/(한 시)에서 (2시)/(두 시) 사이", "1시에서 2시 사이", "한 시에서 두 시 사이"),
    ("(컴퓨터)/(컴퓨타)", "컴퓨터", "컴퓨타"),
    ("(KBS)/(케이비에스) 뉴스", "kbs 뉴스", "케이비에스 뉴스"),
    ("(그거는)/(그건) 안 돼.", "그거는 안 돼", "그건 안 돼"),
    ("(3.5배)/(삼 점 오 배)", "3.5배", "삼 점 오 배"),
    ("(1/2)/(이 분의 일)만", "1 2만", "이 분의 일만"),
    ("(1,000원)/(천 원)", "1000원", "천 원"),
    ("（３개）／（세 개）", "3개", "세 개"),
    ("()/(어) 네", "네", "어 네"),
    ("(어)/() 네", "어 네", "네"),
    # Nested, unclosed and otherwise broken ones: one inner pair is understood, nothing is guessed.
    ("((주)카카오)/(주식회사 카카오)", "주 카카오", "주식회사 카카오"),
    ("(그 (3)/(삼) 층)/(그 삼 층)", "그 3 층", "그 삼 층"),
    ("(3개)/(세 개 주세요", "3개 세 개 주세요", SAME),
    ("3개)/(세 개) 주세요", "3개 세 개 주세요", SAME),
    ("(3개)(세 개) 주세요", "3개 세 개 주세요", SAME),
    ("(3개)?(세 개)", "3개 세 개", SAME),
    ("(주)카카오 (본사)", "주 카카오 본사", SAME),
    ("))/((", "", SAME),
    # A mark that belongs to a dual transcription, and tags in it.
    ("(3개)/(세 개)+ (PD)/(피디)* 네", "3개 pd 네", "세 개 피디 네"),
    ("(b/ 3개)/(b/ 세 개)", "3개", "세 개"),
    ("(아/ 3개)/(아/ 세 개)", "아 3개", "아 세 개"),
    # b/ l/ o/ n/ u/ between word boundaries.
    ("b/ 그래서 n/ 계단에 l/", "그래서 계단에", SAME),
    ("o/ 네 u/ 아니요", "네 아니요", SAME),
    ("b/n/ 네", "네", SAME),
    ("b/ n/ l/", "", SAME),
    ("네.b/아니", "네 아니", SAME),
    ("n/아니", "아니", SAME),
    ("(n/) 네", "네", SAME),
    ("아/b/ 그", "아 그", SAME),
    # ... and nowhere else.
    ("시속 100km/h", "시속 100km h", SAME),
    ("n/a", "n a", SAME),
    ("on/off 스위치", "on off 스위치", SAME),
    ("I/O 장치", "i o 장치", SAME),
    ("A/S 센터", "a s 센터", SAME),
    ("w/o 설탕", "w o 설탕", SAME),
    ("Eden/ 파크", "eden 파크", SAME),
    ("그래n/ 가", "그래n 가", SAME),
    ("1n/2", "1n 2", SAME),
    ("N/ 네", "n 네", SAME),
    # Fillers stay, as in SpeechBrain's, KoSpeech's and ESPnet's own default; their slash goes.
    ("아/ 몰라", "아 몰라", SAME),
    ("음/, 그/ 뭐/", "음 그 뭐", SAME),
    ("이제/ 어/ 그니까", "이제 어 그니까", SAME),
    ("ㅎ/ 네", "ㅎ 네", SAME),
    # Slashes that are no fillers' part words, as any punctuation does.
    ("남/여 구분", "남 여 구분", SAME),
    ("5000원/kg", "5000원 kg", SAME),
    ("2024/3/5", "2024 3 5", SAME),
    ("1/2컵", "1 2컵", SAME),
    # Repetitions: the plus goes, the word was spoken.
    ("그+ 그래서", "그 그래서", SAME),
    ("그+그래서", "그 그래서", SAME),
    ("저 +저는", "저 저는", SAME),
    ("저+, 저는", "저 저는", SAME),
    ("어/+ 그", "어 그", SAME),
    ("그+/ 그", "그 그", SAME),
    # ... and a plus that is read aloud stays, as in basic.
    ("A+ 학점", "a + 학점", SAME),
    ("1+1 행사", "1 + 1 행사", SAME),
    ("C++ 코드", "c + + 코드", SAME),
    # Words that are hard to make out.
    ("뭐라* 그랬어", "뭐라 그랬어", SAME),
    ("*뭐라 그랬어", "뭐라 그랬어", SAME),
    ("3*4는", "3 4는", SAME),
    ("김**씨", "김 씨", SAME),
    # (NO:) (SN:) hold noise, or what was spoken through it; (FP:) a filler, (SP:) what was said indistinctly.
    ("(NO:) 내일 오후", "내일 오후", SAME),
    ("(SN:) 내일 (SN:)", "내일", SAME),
    ("(FP:음) 내일", "음 내일", SAME),
    ("내일 (SP:세시에) 봐", "내일 세시에 봐", SAME),
    ("(SP:(3시)/(세 시)) 봐", "3시 봐", "세 시 봐"),
    ("(NO:지금) 가", "지금 가", SAME),
    ("(CEO:) 네", "ceo 네", SAME),
    # /(noise), /(bgm), (term)/(idiom): not a dual transcription.
    ("안녕/(noise) 네", "안녕 네", SAME),
    ("네 /(bgm)", "네", SAME),
    ("(캐시)/(idiom) 메모리", "캐시 메모리", SAME),
    ("(idiom)/(캐시) 메모리", "캐시 메모리", SAME),
    ("(3개)/(세 개)/(noise)", "3개", "세 개"),
    ("그/(그거)", "그 그거", SAME),
    # @웃음 and its like; @ where it is none.
    ("@웃음 네", "네", SAME),
    ("네 @박수", "네", SAME),
    ("@웃음소리", "@ 웃음소리", SAME),
    ("a@b 골뱅이", "a @ b 골뱅이", SAME),
    ("(@용어) 설명", "용어 설명", SAME),
    # {laughing}, ((guessed)), ((xx)), (()), -broken off-, ~.
    ("{laughing} 네 {clearing}", "네", SAME),
    ("((아마도)) 네", "아마도 네", SAME),
    ("((xx)) 네 (())", "네", SAME),
    ("-그- 그거 어~", "그 그거 어", SAME),
    # Masks: what was said there is not known.
    ("@이름1 씨", "씨", SAME),
    ("@이름1이 왔어", "이 왔어", SAME),
    ("@이름이 @상호명2에서", "이 에서", SAME),
    ("@전화번호3 입니다", "입니다", SAME),
    ("@이름표", "@ 이름표", SAME),
    ("&name1&이가 &company-name2& 다녀", "이가 다녀", SAME),
    ("&name& 씨", "씨", SAME),
    ("#이름# 님 #@주소# #@시스템#사진#", "님", SAME),
    ("R&D 센터, AT&T", "r & d 센터 at & t", SAME),
    ("Q&A&Z", "q & a & z", SAME),
    # Widths, units, case.
    ("ＫＢＳ ９시", "kbs 9시", SAME),
    ("５㎏ 10㎞", "5kg 10km", SAME),
    ("㈜카카오", "주 카카오", SAME),
    ("ﾡﾢ", "ㄱㄲ", SAME),
    ("kbs KBS Kbs", "kbs kbs kbs", SAME),
    # Punctuation, white space, invisible characters.
    ("네, 알겠습니다!", "네 알겠습니다", SAME),
    ("그… 그러니까... 음", "그 그러니까 음", SAME),
    ("“네”라고 ‘말’했다", "네라고 말했다", SAME),
    ('그가 "네"라고 "아니"도', "그가 네라고 아니도", SAME),
    ('"네" 하고 "아니', "네 하고 아니", SAME),
    ("『소나기』를 〈봄〉", "소나기를 봄", SAME),
    ("  네\t\t네\u3000네\n", "네 네 네", SAME),
    ("\ufeff네\u200b", "네", SAME),
    ("가·나·다", "가 나 다", SAME),
    # Letters alone stay, digits stay.
    ("ㅋㅋㅋ 웃겨 ㅠㅠ", "ㅋㅋㅋ 웃겨 ㅠㅠ", SAME),
    ("010-1234-5678", "010 1234 5678", SAME),
    ("3:30에", "3 30에", SAME),
    ("50% 50 %", "50 % 50 %", SAME),
    ("₩5,000", "₩ 5000", SAME),
    # All at once, as KsponSpeech has it.
    (
        "o/ 아/ (PD)/(피디) 님이+ 님이 (70%)/(칠십 프로)는* 된대요. n/ @이름2 씨! l/",
        "아 pd 님이 님이 70 % 는 된대요 씨",
        "아 피디 님이 님이 칠십 프로는 된대요 씨",
    ),
    ("", "", SAME),
]


@pytest.mark.parametrize(("text", "spelling", "pronunciation"), CASES)
def test_what_was_spoken_stays(text: str, spelling: str, pronunciation: str | None):
    assert get_rules("korean")(text) == spelling
    assert get_rules("korean-phonetic")(text) == (spelling if pronunciation is SAME else pronunciation)


@pytest.mark.parametrize(("text", "spelling"), [(text, spelling) for text, spelling, _ in CASES])
def test_decomposed_hangul_makes_no_difference(text: str, spelling: str):
    assert get_rules("korean")(unicodedata.normalize("NFD", text)) == spelling


def test_the_table_is_what_it_claims_to_be():
    assert len({text for text, _, _ in CASES}) == len(CASES) >= 80


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "(" + "()" * 20_000, "(a" * 20_000 + ")/(", "/(" * 20_000, "b/" * 20_000]
)
def test_no_text_takes_for_ever(text: str):
    assert len(get_rules("korean")(text)) <= len(text)
