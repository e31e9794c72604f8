import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from asr_regress.reports.html.alignment_codes import alignment_code

TEXTS = st.text("가나다 ab", max_size=12)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "code"),
    [
        ("", "", ""),
        ("가나다", "가나다", ""),
        ("가나다", "가라다", "=1s1=1"),
        ("가나다", "", "d3"),
        ("", "가나", "i2"),
        ("the cat".split(), "the hat sat".split(), "=1i1s1"),
    ],
)
def test_a_code_says_what_became_of_each_token(reference, hypothesis, code):
    assert alignment_code(reference, hypothesis) == code


@given(TEXTS, TEXTS)
def test_a_code_tells_one_text_from_the_other(reference, hypothesis):
    runs = [(kind, int(length)) for kind, length in re.findall(r"([=sid])(\d+)", alignment_code(reference, hypothesis))]
    taken = [0, 0]
    for kind, length in runs:
        if kind == "=":
            said, heard = (text[at : at + length] for text, at in zip((reference, hypothesis), taken, strict=True))
            assert said == heard
        taken[0] += length * (kind != "i")
        taken[1] += length * (kind != "d")
    assert not runs or taken == [len(reference), len(hypothesis)]
    assert sum(length for kind, length in runs if kind != "=") == Levenshtein.distance(reference, hypothesis)
