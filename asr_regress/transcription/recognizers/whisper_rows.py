"""How many rows of Whisper fit on a GPU, by arithmetic alone: the same card always gives the same number.

Free memory would give another number whenever another program runs there, and with it another rounding and other
transcripts; so the card's whole memory counts, and a part of it is left alone. Nor does the number of workers count:
two that share a card and run out of memory start again with half the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SMALLEST, LARGEST = 1, 256
"""Rows. The largest is a guess: an encoder is bound by arithmetic long before; nobody has measured it yet."""

_SHARE = 0.6
"""Of the card: the rest is for the allocator's gaps, other programs and what the estimate does not know."""
_FRAMES = 1500
_LONGEST = 448
# Tensors of one encoder layer that live at once, in widths of the model: input, normalized, query, key, value, the
# attention's output, and the hidden layer of the feed-forward network (four widths, before and after its activation).
_ACTIVATIONS = 14


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides on memory, by the names of Whisper's config.json.

    Attributes:
        weights: Bytes.
        value: Bytes of one number: 2 in half precision.
    """

    d_model: int
    decoder_layers: int
    vocabulary: int
    weights: int
    value: int

    @classmethod
    def of(cls, config: Mapping[str, Any], weights: int, value: int) -> "Shape":
        """From a checkpoint's config.json, the bytes of its weights as loaded, and those of a number."""
        return cls(int(config["d_model"]), int(config["decoder_layers"]), int(config["vocab_size"]), weights, value)

    def row_bytes(self, beams: int) -> int:
        """What a row needs at its peak: both caches of every decoder layer, and whichever is larger beside them.

        That is a layer of the encoder, or the logits of a step with their copy in single precision.
        """
        cache = 2 * self.decoder_layers * self.d_model * self.value * beams
        encoder = _ACTIVATIONS * _FRAMES * self.d_model * self.value
        logits = 2 * self.vocabulary * 4 * beams
        return cache * (_FRAMES + _LONGEST) + max(encoder, logits)


def rows_that_fit(shape: Shape, card: int, *, beams: int = 1) -> int:
    """Rows a batch, a power of two from 1 to 256.

    Args:
        shape: The model's.
        card: Memory of the GPU, bytes.
        beams: Of the search.
    """
    room = card * _SHARE - shape.weights
    rows = SMALLEST
    while rows < LARGEST and 2 * rows * shape.row_bytes(beams) <= room:
        rows *= 2
    return rows
