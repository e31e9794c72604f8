"""What a server says, which may be anything: bounded, checked, put into words."""

import email.utils
import json
import math
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from asr_regress.basics.printable import printable, shorten
from asr_regress.transcription.foreign_text import fault_of
from asr_regress.transcription.served.errors import RequestFailedError, ServerRefusesError, TryAgainError

MAX_ANSWER_BYTES = 4 << 20
"""A transcript of 200,000 characters, each written as a JSON escape, and some more."""

_TRY_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_FOR_ALL = frozenset({401, 402, 403, 404, 405, 501})
"""Statuses that the next recording would get, too."""
_SILENT = frozenset({401, 403})
"""Statuses of which the server's own words are not shown: they may repeat the key."""
_SHOWN = 300  # characters


def text_of(body: bytes) -> str:
    """The transcript in an answer as ``{"text": "..."}``.

    Raises:
        TryAgainError: It is none.
        RequestFailedError: It is none that can be used.
    """
    answer = _json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        raise TryAgainError('the answer is no JSON object with a "text"')
    text: str = answer["text"].strip()
    if fault := fault_of(text):
        raise RequestFailedError(f"the text of the answer {fault}")
    return text


def models_of(body: bytes) -> Mapping[str, Mapping[str, Any]] | None:
    """What a server lists, by id; None where the answer is no list of models."""
    answer = _json(body)
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        return None
    return {row["id"]: row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)}


def check_status(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Pass an answer that is one.

    Raises:
        TryAgainError: The server has no time, or is broken just now.
        ServerRefusesError: It refuses requests like this one.
        RequestFailedError: It refuses this one.
    """
    if status == HTTPStatus.OK:
        return
    reason = _in_words(status, headers, body)
    if status in _TRY_AGAIN:
        raise TryAgainError(reason, retry_after(headers.get("retry-after")))
    if status in _FOR_ALL or 300 <= status < 400:
        raise ServerRefusesError(reason, status)
    raise RequestFailedError(reason)


def retry_after(value: str | None, now: float | None = None) -> float | None:
    """Seconds that a Retry-After header asks to wait (RFC 9110, section 10.2.3); None where it asks for nothing."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(value).timestamp()
        except (ValueError, OverflowError):
            return None
        seconds = moment - (time.time() if now is None else now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _in_words(status: int, headers: Mapping[str, str], body: bytes) -> str:
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    if 300 <= status < 400:
        return f"{phrase}: it sends on to {printable(headers.get('location', 'nowhere')[:_SHOWN])}"
    said = "" if status in _SILENT else _message(body)
    return f"{phrase}: {said}" if said else phrase


def _message(body: bytes) -> str:
    """What the server says of an error: OpenAI's way, FastAPI's, or the beginning of whatever it is."""
    answer = _json(body)
    found: Any = None
    if isinstance(answer, dict):
        error = answer.get("error")
        found = error.get("message") if isinstance(error, dict) else error
        found = found or answer.get("message") or answer.get("detail")
    text = found if isinstance(found, str) else body[: 4 * _SHOWN].decode("utf-8", "replace")
    return printable(shorten(" ".join(text.split()).rstrip("."), _SHOWN))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
