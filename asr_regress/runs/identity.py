"""What a kept run is called: when it ended, and a short hash that tells two of one moment apart."""

import hashlib
import re
from datetime import UTC, datetime

_FORM = re.compile(r"\d{8}-\d{9}-[0-9a-f]{6}")
_TIME = "%Y%m%d-%H%M%S"
_MILLISECONDS = 3


def new_id(now: datetime, content: bytes) -> str:
    """A name that sorts by time, such as ``20261123-080656123-3fa2c1``.

    Args:
        now: When the run ended, with its time zone.
        content: What the short hash is taken of.
    """
    moment = now.astimezone(UTC)
    digest = hashlib.sha256(f"{moment.isoformat()}\n".encode() + content).hexdigest()
    return f"{moment.strftime(_TIME)}{moment.microsecond // 1000:0{_MILLISECONDS}}-{digest[:6]}"


def is_id(name: str) -> bool:
    """Whether a name is one of a kept run."""
    return _FORM.fullmatch(name) is not None and name.isascii() and time_of(name) is not None


def time_of(id: str) -> datetime | None:
    """When a kept run ended (UTC); None where the name does not say."""
    head, _, _ = id.rpartition("-")
    try:
        moment = datetime.strptime(head[:-_MILLISECONDS], _TIME)
        return moment.replace(microsecond=int(head[-_MILLISECONDS:]) * 1000, tzinfo=UTC)
    except ValueError:
        return None
