"""What subcommands share: the gate's own options, and a session made of them."""

import argparse
import shutil
import tempfile
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from asr_regress.options import OPTIONS, STORE, Options, read_options

if TYPE_CHECKING:
    from asr_regress.session import Session

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command registers itself."""


_ALSO = {"--asr-data": ("--data",), "--asr-thresholds": ("--thresholds",)}
"""Names without pytest's prefix, which `lint` and `normalize` have too."""


def add_options(command: argparse.ArgumentParser, leave_out: Collection[str] = ()) -> None:
    """Give a command the gate's options, but for some."""
    for option in OPTIONS:
        if option.flag in leave_out:
            continue
        if option.switch:
            command.add_argument(option.flag, dest=option.name, action="store_true", help=option.help)
        else:
            command.add_argument(
                option.flag,
                *_ALSO.get(option.flag, ()),
                dest=option.name,
                action="append" if option.repeatable else "store",
                type=option.parse,
                metavar=option.metavar,
                help=option.help,
            )


def options_of(parsed: argparse.Namespace) -> Options:
    """The gate's options as given to a command."""
    return read_options(vars(parsed), {}, Path.cwd(), Path.cwd())


@contextmanager
def session_of(options: Options, *, anew: bool = False) -> "Iterator[Session]":
    """A session in this folder, with a store of its own where transcripts must be made anew.

    Raises:
        InputError: Something cannot be used.
    """
    from asr_regress.basics.progress import choose_progress
    from asr_regress.recognition import Place
    from asr_regress.session import Session

    here, temporary = Path.cwd(), anew or options.asr_no_cache
    store = Path(tempfile.mkdtemp(prefix="asr_regress-")) if temporary else options.asr_cache_dir or here / STORE
    try:
        place = Place(here, here, store, uuid.uuid4().hex)
        with Session(options, place, choose_progress(quiet=False)) as session:
            yield session
    finally:
        if temporary:
            shutil.rmtree(store, ignore_errors=True)
