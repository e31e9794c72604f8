import pytest

from asr_regress.reports.intervals import beside, interval_text
from asr_regress.scoring.intervals import Interval


@pytest.mark.parametrize(
    ("ends", "signed", "text"),
    [
        ((6.21, 11.94), False, "[6.2, 11.9]"),
        ((5.06, 14.4), True, "[+5.1, +14.4]"),
        ((-330.6, 394.26), True, "[-331, +394]"),
        ((5.012, 5.498), False, "[5.01, 5.50]"),
        ((5.012, 5.018), False, "[5.012, 5.018]"),
        ((0.0, 0.0), True, "[0, 0]"),
        ((0.004, 9.0), True, "[+0.004, +9.0]"),
        ((-0.04, 9.0), True, "[-0.04, +9.0]"),
    ],
)
def test_an_interval_has_the_decimals_that_it_needs(ends: tuple[float, float], signed: bool, text: str):
    assert interval_text(Interval(*ends), signed=signed) == text
    assert beside(Interval(*ends), signed=signed) == f" {text}"


def test_no_interval():
    assert interval_text(None) == "-"
    assert beside(None) == ""
