"""Endings of Korean words, as far as one is often taken for another: particles (josa), then verb endings (eomi).

A final consonant alone is written as the letter that NFD has for it: 간다 is 가 with the ending ᆫ다.
"""

from typing import Final
from unicodedata import normalize

_PARTICLES: Final = """
은 는 이 가 을 를 의 에 에서 에게 에게서 한테 한테서 께 께서 로 으로 와 과 랑 이랑 하고 도 만 까지 부터
마저 조차 밖에 처럼 보다 마다 나 이나 라도 이라도 야 이야 요 이요 에는 에도 에만 에서는 에서도 에게는
에게도 한테는 한테도 으로는 로는 으로도 로도 까지는 까지도 부터는 만은 만이 만을 와는 과는 와도 과도 란
이란 에의 으로서 로서 으로써 로써 라고 이라고 라는 이라는 들 들이 들은 들을 들의 들도 들과 들에게 ᆫ ᆯ
이다 입니다 이에요 예요 이죠 인데 이고 이며 인 일
"""
_VERB_ENDINGS: Final = """
다 요 어 아 여 지 네 니 고 며 면 서 게 자 라 까 죠 지요 네요 어요 아요 여요 는다 ᆫ다 ᆸ니다 습니다 습니까
ᆸ니까 었다 았다 었어 았어 었어요 았어요 었습니다 았습니다 었는데 았는데 었고 았고 었던 았던 었지 았지
ᆻ다 ᆻ어 ᆻ어요 ᆻ습니다 ᆻ는데 ᆻ고 ᆻ던 ᆻ지 던 는데 은데 ᆫ데 는데요 은데요 ᆫ데요 거든 거든요 ᆯ게
ᆯ게요 을게 을게요 ᆯ까 을까 ᆯ까요 을까요 ᆯ래 을래 ᆯ래요 려고 으려고 러 으러 면서 으면서 으면 지만
니까 으니까 으니 으며 아서 어서 여서 도록 거나 든지 다가 ᆷ 음 기 기는 기도 기에 기로 기가 기를 는지 은지
ᆫ지 을지 ᆯ지 구나 는구나 군요 잖아 잖아요 더라 더라고 더라고요 대 대요 래 래요 냐 느냐 세요 으세요
십시오 는다고 ᆫ다고 다고 다는 는다는 ᆫ다는 자고 냐고 려면 으려면 어도 아도 여도 어야 아야 여야 겠다
겠습니다 겠어요 겠는데 시 으시
"""

KOREAN_ENDINGS: Final = frozenset(normalize("NFD", ending) for ending in (_PARTICLES + _VERB_ENDINGS).split())
"""In NFD."""
