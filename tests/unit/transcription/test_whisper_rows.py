"""How many rows a card is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from asr_regress.transcription.recognizers.whisper_rows import LARGEST, Shape, rows_that_fit

GIB = 2**30
MEDIUM = Shape(1024, 24, 51865, 1_530_000_000, 2)
LARGE = Shape(1280, 32, 51866, 3_090_000_000, 2)
TURBO = Shape(1280, 4, 51866, 1_620_000_000, 2)
TINY = Shape(384, 4, 51865, 76_000_000, 2)


@pytest.mark.parametrize(
    ("shape", "gibibytes", "rows"),
    [
        (TURBO, 139, 256),
        (LARGE, 139, 128),
        (LARGE, 80, 128),
        (LARGE, 24, 32),
        (MEDIUM, 8, 8),
        (TINY, 8, 128),
        (LARGE, 4, 1),  # it does not fit at all, which loading will say
    ],
)
def test_rows_by_model_and_card(shape: Shape, gibibytes: int, rows: int) -> None:
    assert rows_that_fit(shape, gibibytes * GIB) == rows


def test_a_row_of_large_is_mostly_its_cross_attention_cache() -> None:
    cross = 2 * 32 * 1280 * 2 * 1500
    assert cross < LARGE.row_bytes(beams=1) < 1.6 * cross


def test_beams_share_the_card() -> None:
    assert rows_that_fit(MEDIUM, 24 * GIB, beams=5) < rows_that_fit(MEDIUM, 24 * GIB)


@given(some.integers(1, 2**40), some.integers(1, 10))
def test_what_is_chosen_fits_and_twice_as_much_does_not(card: int, beams: int) -> None:
    rows = rows_that_fit(MEDIUM, card, beams=beams)
    room = 0.6 * card - MEDIUM.weights
    assert rows == 1 or rows * MEDIUM.row_bytes(beams) <= room
    assert rows == LARGEST or 2 * rows * MEDIUM.row_bytes(beams) > room


def test_config_json_is_read() -> None:
    config = {"d_model": 1024, "decoder_layers": 24, "vocab_size": 51865, "model_type": "whisper"}
    assert Shape.of(config, weights=1_530_000_000, value=2) == MEDIUM
