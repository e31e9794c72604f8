"""Work on a million values without searching them for garbage again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cyclic garbage meanwhile.

    For work that makes no cycles, on or of so many values that each search through them takes seconds. What is no
    longer referred to is freed as ever.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def keep() -> None:
    """Leave all that is there by now out of later searches, cyclic garbage too: for what a process has to its end."""
    gc.freeze()


@contextmanager
def kept() -> Iterator[None]:
    """No search for cyclic garbage meanwhile; then `keep`."""
    with uncollected():
        yield
        keep()
