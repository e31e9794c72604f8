"""A model that runs elsewhere: a server with OpenAI's transcription API, named as ``http://host:port/v1#name``."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from asr_regress.basics.printable import printable
from asr_regress.transcription.served.address import Address, is_address, parse_address, without_secrets

__all__ = ["BACKEND", "Address", "ServedModel", "is_address", "open_served", "without_secrets"]

BACKEND = "openai-api"
UNSEEN = (
    "a server's weights cannot be seen: transcripts in the store are taken for this model's as long as address, name "
    "and what the server lists of it stay the same; --asr-no-cache asks anew"
)


@dataclass(frozen=True)
class ServedModel:
    """A model on a server.

    Attributes:
        name: Short name, in tables and test ids.
        address: Where it is.
        facts: What the server says of it.
        listed: Names of the models that the server lists.
        notes: What a person should know of it.
    """

    name: str
    address: Address
    facts: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def given(self) -> str:
        """What it is known by; holds no credentials."""
        return str(self.address)

    @property
    def backend(self) -> str:
        """Name of what transcribes."""
        return BACKEND

    @property
    def multilingual(self) -> bool:
        """Whether it can be told the language: the server knows."""
        return True

    @property
    def window_seconds(self) -> float:
        """The longest audio it hears at once; time limits go by it."""
        return 30.0

    @property
    def weight_bytes(self) -> int:
        """Size of the weights, which nobody sees."""
        return 0

    @property
    def fingerprint(self) -> str:
        """SHA-256 over address, name and what the server says of the model: all that can be seen of it."""
        known = {"api": "openai", "url": self.address.url, "model": self.address.model, "facts": dict(self.facts)}
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def open_served(given: str, name: str | None = None) -> ServedModel:
    """Ask a server for a model.

    Args:
        given: As ``http://host:port/v1#name``.
        name: Short name of the model; None for the last part of the server's name of it.

    Raises:
        CheckpointError: The server cannot be asked, wants another key, or has no such model.
        ConfigurationError: The HTTP client is not installed, or the key cannot be sent.
    """
    from asr_regress.transcription.served.client import in_a_loop
    from asr_regress.transcription.served.listing import find

    address = parse_address(given)
    listed = in_a_loop(partial(find, address))
    short = name or address.model.rstrip("/").split("/")[-1] or address.model
    return ServedModel(printable(short), address, listed.facts, listed.names, (UNSEEN, *listed.notes))
