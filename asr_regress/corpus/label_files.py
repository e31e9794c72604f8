"""Reading a transcript file: bounded in size, UTF-8 with or without a BOM, else CP949."""

import os

from asr_regress.corpus.files import open_regular, readable, reason_of
from asr_regress.errors import DataError

MAX_LABEL_BYTES = 1 << 20
"""A transcript file may hold this much; hours of speech fit."""


class LabelError(DataError):
    """A transcript file cannot be used.

    Attributes:
        reason: What is wrong with it, without the file's name.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{readable(path)}: {reason}")
        self.reason = reason


def read_label(path: str) -> str:
    """Reads a transcript file; the white space around the text is not part of it.

    Raises:
        LabelError: The file cannot be read, is too large, or is in another encoding.
    """
    try:
        descriptor, size = open_regular(path)
        try:
            data = os.read(descriptor, min(size, MAX_LABEL_BYTES) + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise LabelError(path, f"the transcript cannot be read: {reason_of(error)}") from None
    if len(data) > MAX_LABEL_BYTES:
        raise LabelError(path, f"the transcript is larger than {MAX_LABEL_BYTES:,} bytes")
    try:
        return decode_label(data).strip()
    except ValueError as error:
        raise LabelError(path, str(error)) from None


def decode_label(data: bytes) -> str:
    """Decodes a transcript: UTF-8 (a BOM is dropped), else CP949, which contains EUC-KR.

    A few CP949 texts of a syllable or two are valid UTF-8 as well; nothing in the bytes can tell, and UTF-8 is taken.

    Raises:
        ValueError: It is neither.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Korean UTF-8 that was cut within a letter often decodes as CP949 too, to nonsense.
        if error.reason == "unexpected end of data" and not error.object[: error.start].isascii():
            raise ValueError("the transcript is UTF-8 that breaks off within a character") from None
    try:
        return data.decode("cp949")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"the transcript is neither UTF-8 nor CP949 (byte 0x{data[error.start]:02x} at {error.start}); "
            "save it as UTF-8"
        ) from None
