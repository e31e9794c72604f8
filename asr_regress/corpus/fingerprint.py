"""Telling data apart: one digest for all of it, a short key for each utterance."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from unicodedata import normalize

from asr_regress.corpus.utterance import Utterance

_VERSION = "asr-regress data 1"
_KEY_LENGTH = 8


def data_fingerprint(utterances: Iterable[Utterance]) -> str:
    """Returns a SHA-256 (hex) over category, reference (NFC) and id of all utterances, whatever their order.

    Neither audio paths nor durations enter: the same data elsewhere on disk is the same data.
    """
    digest = hashlib.sha256(_framed(_VERSION))
    for utterance in sorted(utterances, key=attrgetter("id")):
        digest.update(_framed_text(utterance) + _framed(utterance.id))
    return digest.hexdigest()


def reference_key(utterance: Utterance) -> str:
    """Returns 8 hex digits of a SHA-256 over category and reference (NFC).

    It binds a row of a baseline to the text that it was scored against: for noticing changes, not for security.
    """
    return hashlib.sha256(_framed_text(utterance)).hexdigest()[:_KEY_LENGTH]


def _framed_text(utterance: Utterance) -> bytes:
    reference = normalize("NFC", utterance.reference).encode()
    return _framed_name(utterance.category) + len(reference).to_bytes(8, "big") + reference


def _framed(field: str) -> bytes:
    """A field with its length in front, so that no two lists of fields give the same bytes."""
    encoded = field.encode()
    return len(encoded).to_bytes(8, "big") + encoded


_framed_name = lru_cache(_framed)
