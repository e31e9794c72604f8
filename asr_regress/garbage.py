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


@contextmanager
def kept() -> Iterator[None]:
    """No search for cyclic garbage meanwhile, nor later in what is there by then.

    For the one time that a process makes what it keeps to its end. Whatever cyclic garbage there is by then stays, too.
    """
    with uncollected():
        yield
        gc.freeze()
