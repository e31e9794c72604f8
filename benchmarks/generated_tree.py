"""A tree of recordings and transcripts as NIA / AI Hub hands it out, as large as one likes: the benchmarks' data.

Transcripts are Korean-like. Recordings are a quarter of a second of noise, every one another, or empty files where
nobody opens them.
"""

import random
import struct
from pathlib import Path

from korean_pairs import korean_like

CATEGORIES = ("D01", "D02", "D03", "D04")
AUDIO, LABELS = "원천데이터_230316", "라벨링데이터_230316"
A_FOLDER = 40
"""Recordings of one call, which share a folder."""
RATE = 8000
_SAMPLES = 1920  # With the header a little less than one block of the file system.


def write_tree(root: Path, pairs: int, *, sound: bool = True) -> dict[str, str]:
    """Write the tree, the same for the same number of pairs.

    Args:
        root: The data folder; made if it is not there.
        pairs: In all categories together.
        sound: Whether recordings hold any.

    Returns:
        What a recognizer with 6 to 7 % CER makes of each recording, by path.
    """
    heard: dict[str, str] = {}
    for number, (reference, hypothesis) in enumerate(zip(*korean_like(pairs), strict=True)):
        folder = _folder(number)
        if number % (A_FOLDER * len(CATEGORIES)) < len(CATEGORIES):
            for side in (AUDIO, LABELS):
                (root / side / folder).mkdir(parents=True, exist_ok=True)
        name = f"{folder}/{number:08d}"
        audio = f"{root}/{AUDIO}/{name}.wav"
        _write(audio, _noise(number) if sound else b"")
        _write(f"{root}/{LABELS}/{name}.txt", f"{reference}\n".encode())
        heard[audio] = hypothesis
    return heard


def _folder(number: int) -> str:
    """Calls are numbered in each category; a hundred share a folder."""
    call = number // (A_FOLDER * len(CATEGORIES))
    return f"{CATEGORIES[number % len(CATEGORIES)]}/J{call // 100:02d}/S{call:06d}"


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:  # noqa: PTH123 - hundreds of thousands of files
        file.write(data)


def _noise(seed: int) -> bytes:
    """A mono 16-bit WAV."""
    samples = random.Random(seed).randbytes(2 * _SAMPLES)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE,
                       2, 16, b"data", len(samples))  # fmt: skip
    return head + samples
