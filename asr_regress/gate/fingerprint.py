"""Fingerprints of data: short keys per utterance, one digest for the whole."""

import hashlib
from collections.abc import Iterable

KEY_LENGTH = 8
"""Hexadecimal digits of a key. It is compared utterance by utterance, never looked up, so 32 bits are plenty."""


def reference_key(reference: str) -> str:
    """Key of a transcript as written."""
    return hashlib.sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]


def audio_key(content_hash: str) -> str:
    """Key of a recording, from the SHA-256 (hexadecimal) of its content."""
    return content_hash[:KEY_LENGTH].lower()


def data_fingerprint(utterances: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over ids, references and categories, in whatever order they come."""
    digest = hashlib.sha256()
    for fields in sorted(utterances):
        for text in fields:
            data = text.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
