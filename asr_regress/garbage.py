"""Python's search for cyclic garbage, put off while much is made that is none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_search() -> Iterator[None]:
    """For making a great many objects at once, nearly all of which stay.

    The search would look at every one of them again and again: at 100,000 utterances that is a fifth of the time that
    a gate takes whose transcripts are all known. Nothing is lost but time if it is not searched for.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()
