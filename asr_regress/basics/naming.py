"""Messages about names that are not known."""

import difflib
from collections.abc import Iterable

from asr_regress.basics.printable import shorten

_LISTED = 20
_LENGTH = 100
"""Characters of a name: it may come from data of any kind."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """What to say of an unknown name: the nearest known one, if any is near, and the list of all.

    Args:
        kind: What the name should be of, such as "metric".
        name: What was found.
        known: All names that would do.
    """
    names = list(known)
    by_lower = {candidate.lower(): candidate for candidate in names}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    hint = f"; did you mean {shorten(by_lower[near[0]], _LENGTH)!r}?" if near else ""
    listed = ", ".join(shorten(known, _LENGTH) for known in names[:_LISTED])
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return f"unknown {kind} {shorten(name, _LENGTH)!r}{hint} (known: {listed or 'none'}{more})"
