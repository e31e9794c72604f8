"""The key that a server asks for: from the environment, sent to the server, never shown or stored."""

import os
from collections.abc import Mapping

from asr_regress.errors import ConfigurationError

VARIABLES = ("ASR_REGRESS_API_KEY", "OPENAI_API_KEY")
"""The first that is set counts; the first may be set to nothing, so that no key is sent."""


def api_key(environment: Mapping[str, str] = os.environ) -> tuple[str | None, str | None]:
    """The key, and the variable that it is from; (None, None) where none is to be sent.

    Raises:
        ConfigurationError: It cannot be sent.
    """
    name = next((each for each in VARIABLES if each in environment), None)
    key = environment[name].strip() if name else ""
    if not name or not key:
        return None, None
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError(f"{name}: a key has printable ASCII characters only; this one has others")
    return key, name


def how_to_give_one(name: str | None) -> str:
    """What to do where a server refuses the key that was sent, or that none was."""
    if name is None:
        return f"no key was sent: set {VARIABLES[0]} (or {VARIABLES[1]})"
    return f"the key in {name} is not the one it wants"
