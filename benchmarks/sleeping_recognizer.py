"""A recognizer that only sleeps, as `--model=python:sleeping_recognizer:Sleeper`; the benchmark of memory judges it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

SECONDS = 0.001
"""Asleep for each recording."""


class Sleeper:
    """Hears the same words in everything."""

    fingerprint = "sleeping"

    def __init__(self, wanted: Any) -> None:
        """There is nothing to load."""

    def transcribe(self, audio: Sequence[Any]) -> list[str]:
        """One text a recording."""
        time.sleep(SECONDS * len(audio))
        return ["여보세요 네 안녕하세요 고객님"] * len(audio)
