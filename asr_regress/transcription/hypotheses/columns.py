"""Which of a row's names hold the utterance and its hypothesis."""

from collections.abc import Collection
from dataclasses import dataclass

from asr_regress.corpus.rows import AUDIO_NAMES, ID_NAMES, find_name

TEXT_NAMES = ("hypothesis", "pred_text", "text")
"""The first that is there is taken: beside NeMo's "pred_text", "text" is the reference."""
REASON, MODEL = "reason", "model"


class ColumnsError(ValueError):
    """A row has no name for the utterance or the hypothesis."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names in a row.

    Attributes:
        key: What names the utterance.
        text: What holds the hypothesis.
        by_recording: Whether the utterance is named by its recording's path rather than its id.
    """

    key: str
    text: str
    by_recording: bool = False


def columns_of(names: Collection[str]) -> Columns:
    """What is what among the names of a row.

    Raises:
        ColumnsError: One is missing, or what looks like a hypothesis is a manifest's reference.
    """
    id_name, audio = find_name(names, ID_NAMES), find_name(names, AUDIO_NAMES)
    text = find_name(names, TEXT_NAMES)
    key = id_name or audio
    if key is None:
        raise ColumnsError(f"nothing names the utterance: {ID_NAMES[0]}, or the recording as {AUDIO_NAMES[0]}")
    if text is None:
        raise ColumnsError(f"no {' or '.join(TEXT_NAMES)}; a failed utterance has null there")
    if text == "text" and audio is not None:
        raise ColumnsError(
            f'beside "{audio}", "text" is the reference, as in a manifest: name what was recognized "pred_text" or '
            '"hypothesis"'
        )
    return Columns(key, text, by_recording=id_name is None)
