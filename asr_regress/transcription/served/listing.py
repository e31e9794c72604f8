"""What a server says of its models: which there are, and what tells one from another."""

import difflib
import math
import time
from asyncio import sleep
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from asr_regress.basics.naming import unknown_name
from asr_regress.basics.printable import printable, shorten
from asr_regress.errors import CheckpointError
from asr_regress.transcription.served.address import Address
from asr_regress.transcription.served.answers import models_of
from asr_regress.transcription.served.client import Client
from asr_regress.transcription.served.errors import RequestFailedError, ServerRefusesError, TryAgainError
from asr_regress.transcription.served.key import how_to_give_one

_FACTS = ("id", "created", "owned_by", "root", "parent")
_NO_TLS = "WRONG_VERSION_NUMBER"  # of OpenSSL: what answered is no TLS
_TRIES = 3
_PAUSE = 0.5  # seconds, then twice as many
_SECONDS = 30.0
_JUST_NOW = 60.0
_MOST_FACT = 1000  # characters
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """What a server says of a model.

    Attributes:
        facts: Such as "created" and "root"; empty where it does not list it.
        names: Of the models that it lists.
        notes: What a person should know of it.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


async def find(address: Address) -> Listed:
    """What the server says of the model.

    Raises:
        CheckpointError: There is no such server or model, or it wants another key.
        ConfigurationError: The HTTP client is not installed, or the key cannot be sent.
    """
    async with Client(address) as client:
        try:
            headers, body = await _ask(client, address.url)
            models = models_of(body)
        except ServerRefusesError as error:
            if error.status in (401, 403):
                raise CheckpointError(f"{address.url}: {error}: {how_to_give_one(client.key_name)}") from None
            headers, models, said, moved = {}, None, str(error), 300 <= error.status < 400
        except RequestFailedError as error:
            headers, models, said, moved = {}, None, str(error), False
        else:
            said, moved = "what it says at /models is no list of models", False
        if models is None:
            await _find_below(client, address, said)
            if moved:
                raise CheckpointError(f"{address.url}: {said}; give the address of the API itself")
            return _unlisted(address, said)
    if not address.model:
        raise CheckpointError(_which(address.url, models))
    if address.model in models:
        return Listed(_facts(models[address.model], _now(headers)), tuple(models))
    return _not_listed(address, tuple(models))


async def _ask(client: Client, url: str) -> tuple[Mapping[str, str], bytes]:
    for attempt in range(1, _TRIES + 1):
        try:
            return await client.get(f"{url}/models", _SECONDS)
        except TryAgainError as error:
            if attempt == _TRIES:
                raise CheckpointError(f"{url}: the server does not answer: {error}. {_asked(url, error)}") from None
            await sleep(min(error.after or 0.0, _SECONDS) or _PAUSE * 2 ** (attempt - 1))
    raise AssertionError("unreachable")


def _asked(url: str, error: TryAgainError) -> str:
    if _NO_TLS in str(error):
        return f"It speaks http, it seems: write http://{url.removeprefix('https://')}"
    return "Is it running, and reachable from here?"


async def _find_below(client: Client, address: Address, said: str) -> None:
    """Refuse an address that lacks its end."""
    longer = f"{address.url}/v1"
    if address.url.endswith("/v1"):
        return
    try:
        _, body = await client.get(f"{longer}/models", _SECONDS)
    except (TryAgainError, ServerRefusesError, RequestFailedError):
        return
    if (models := models_of(body)) is not None:
        name = address.model or next(iter(models), "NAME")
        raise CheckpointError(
            f"{address.url}: no API there ({said}), but below /v1: --model={longer}#{printable(name)}"
        )


def _unlisted(address: Address, said: str) -> Listed:
    if not address.model:
        raise CheckpointError(
            f"{address.url}: it lists no models ({said}); name one behind a #: --model={address.url}#NAME. If it is "
            "no server with OpenAI's transcription API, give the address up to /v1"
        )
    return Listed(notes=(f"{address.url} lists no models ({said}): what answers to {address.model!r} is not known",))


def _not_listed(address: Address, names: tuple[str, ...]) -> Listed:
    """Some list but a part of what they have (`transformers serve`: no speech models); the first request will tell."""
    if difflib.get_close_matches(address.model, names):
        raise CheckpointError(f"{address.url}: {unknown_name('model', address.model, names)}")
    known = unknown_name("model", address.model, names)
    return Listed(names=names, notes=(f"{address.url} lists no model of that name: {known}",))


def _which(url: str, models: Mapping[str, Any]) -> str:
    if not models:
        return f"{url}: it lists no models; load one, or name one behind a #: --model={url}#NAME"
    shown = "".join(f"\n  --model={url}#{printable(shorten(name, 200))}" for name in list(models)[:_SHOWN])
    more = f"\n  and {len(models) - _SHOWN} more" if len(models) > _SHOWN else ""
    return f"{url}: which of its models? Name it behind a #:{shown}{more}"


def _facts(row: Mapping[str, Any], now: float) -> Mapping[str, str]:
    """What stays the same as long as the model does: vLLM gives the moment of asking as the one of creation."""
    found = {name: row[name] for name in _FACTS if isinstance(row.get(name), str | int | float)}
    created = found.get("created")
    if isinstance(created, int | float) and math.isfinite(created) and abs(created - now) < _JUST_NOW:
        del found["created"]
    return {name: str(value)[:_MOST_FACT] for name, value in found.items()}


def _now(headers: Mapping[str, str]) -> float:
    """Seconds since 1970 by the server's own clock, where it says so."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time.time()
