"""What the Korean set holds: packages, digits, sentences with their labels, and recordings in which nobody speaks."""

from __future__ import annotations

from dataclasses import dataclass

from packages import Package

TUXPAINT = Package(
    "apt",
    "tuxpaint-stamps-default",
    "2022.06.04-1",
    "tuxpaint-stamps-default_2022.06.04-1_all.deb",
    "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
)
# eSpeak NG 1.52 as a shared library with its data; nothing of the package is installed or imported.
ESPEAK = Package(
    "pip",
    "espeakng-loader",
    "0.2.4",
    "espeakng_loader-0.2.4-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "08721baf27d13d461f6be6eed9a65277e70d68234ff484fd8b9897b222cdcb6d",
)

DIGIT_CLIP = "usr/share/tuxpaint/stamps/symbols/math/{digit}_ko.ogg"
"""One clip a digit, spoken by Sohyun Iris Lee."""

DIGITS = "공 하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉".split()
"""What is said in the clips of 0 to 9, by the texts that lie beside them."""

DIGIT_STRINGS = ("0123", "8675", "31415", "90210", "271828", "464950", "1357924", "7003862", "55298014", "82637491")
"""What is put together from the clips."""


@dataclass(frozen=True)
class Sentence:
    """One synthetic utterance.

    Attributes:
        spoken: what the synthesizer is given; nothing in it needs to be read out.
        label: how a transcriber of an AI Hub set would write it: dual notation, tags, punctuation.
    """

    spoken: str
    label: str


SENTENCES = (
    Sentence("안녕하세요 고객센터입니다 무엇을 도와드릴까요", "안녕하세요. 고객센터입니다. 무엇을 도와드릴까요?"),
    Sentence("지난달 요금이 너무 많이 나왔어요", "b/ 지난달 요금이 너무 많이 나왔어요."),
    Sentence("카드를 잃어버렸는데 정지해 주세요", "카드를 잃어버렸는데 정지해 주세요."),
    Sentence(
        "상담 시간은 오전 아홉 시부터 오후 여섯 시까지입니다",
        "상담 시간은 오전 (9시)/(아홉 시)부터 오후 (6시)/(여섯 시)까지입니다.",
    ),
    Sentence("십이만 삼천 원이 결제되었습니다", "(123,000원)/(십이만 삼천 원)이 결제되었습니다."),
    Sentence("할인은 칠십 퍼센트까지 됩니다", "할인은 (70%)/(칠십 퍼센트)까지 됩니다."),
    Sentence(
        "전화번호는 공일공 일이삼사 오육칠팔입니다",
        "전화번호는 (010-1234-5678)/(공일공 일이삼사 오육칠팔)입니다.",
    ),
    Sentence("비밀번호 네 자리를 눌러 주세요", "비밀번호 (4자리)/(네 자리)를 눌러 주세요."),
    Sentence("유월 십 일에 이사를 가요", "(6월 10일)/(유월 십 일)에 이사를 가요. n/"),
    Sentence("삼번 창구로 가시면 됩니다", "(3)/(삼)번 창구로 가시면 됩니다."),
    Sentence("어 잠깐만요 다시 한번 말씀해 주세요", "어/ 잠깐만요. 다시 한번 말씀해 주세요."),
    Sentence("택배가 아직 안 왔는데요 언제 오나요", "n/ 택배가 아직 안 왔는데요, 언제 오나요?"),
    Sentence("세 개 주문했는데 두 개만 왔어요", "(3개)/(세 개) 주문했는데 (2개)/(두 개)만 왔어요."),
    Sentence("주소를 서울시 마포구로 바꿔 주세요", "주소를 서울시 마포구로 바꿔 주세요."),
    Sentence("네 알겠습니다 감사합니다", "네, 알겠습니다. 감사합니다. l/"),
    Sentence("인터넷이 자꾸 끊겨서 전화드렸어요", "b/ 인터넷이 자꾸 끊겨서 n/ 전화드렸어요."),
    Sentence("그 그래서 환불은 언제 되나요", "그+ 그래서 환불은 언제 되나요?"),
    Sentence("보험료는 매달 이십오 일에 빠져나갑니다", "보험료는 매달 (25일)/(이십오 일)에 빠져나갑니다."),
    Sentence("통화 내용은 녹음될 수 있습니다", "통화 내용은 녹음될 수 있습니다."),
    Sentence("예약을 내일 오후 두 시로 옮기고 싶어요", "예약을 내일 오후 (2시)/(두 시)로 옮기고 싶어요."),
)

VOICES = ("ko", "ko+f2", "ko+m3", "ko+f4")
"""eSpeak NG's one Korean voice, as it is and in three of its pitches, in turn."""

THRESHOLDS = """\
# Limits for a demonstration: wide, so that the table can be read. They are no measure of what may ship.
version: 1
data: .
language: ko
normalize: korean
max_failed: 0
defaults:
  cer: {max: 60.0}
  wer: {max: 120.0}
  cer_nospace: {max: 60.0}
  jer: {max: 60.0}
  swer: {max: 120.0}
  hallucination: {max: 5.0}
categories:
  D04:
    non_speech: true
    inserted_words_per_minute: {max: 1.0}
"""
