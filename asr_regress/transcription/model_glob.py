"""Many checkpoints at once: ``--model='ckpts/checkpoint-*'`` stands for all models that match, in natural order."""

import glob
import os
import re
import string
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

from asr_regress.basics.printable import shorten
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.named import parse_model
from asr_regress.transcription.hypotheses import is_hypotheses

MOST = 500
"""Models that one pattern may stand for."""

_LOOKED_AT = 20_000
_SHOWN = 5
_NAME_LENGTH = 100
_MAGIC = re.compile(r"[*?[]")
_UNFIT = re.compile(r"[^\w.+-]+")
_DIGITS = re.compile(r"(\d+)")
_MODEL_FILES = ("config.json", "adapter_config.json", "*.safetensors", "pytorch_model*.bin", "model.bin")
"""A folder with any of these is taken for a model: one that is not whole is refused when opened, never skipped."""


def expand_models(texts: Sequence[str], start: Path, data: Collection[Path] = ()) -> tuple[str, ...]:
    """What `--model` names, with every pattern replaced by the models that it matches.

    Anything else stays as it is, a folder whose own name looks like a pattern too. In place of ``NAME=checkpoint-*``
    stand NAME-500, NAME-1000 and so on: the name with what the wildcards stand for.

    Args:
        texts: As ``[NAME=]PATH``.
        start: Folder that relative paths resolve against.
        data: Files that are no models, whatever they look like: the manifest.

    Raises:
        CheckpointError: A pattern matches no model, or more than `MOST`.
    """
    return tuple(each for text in texts for each in _expanded(text, start, data))


def natural_order(text: str) -> list[tuple[int, int, str]]:
    """What to sort names by, so that checkpoint-500 comes before checkpoint-1000."""
    parts = _DIGITS.split(text)
    return [(1, int(part[:4000]), part) if place % 2 else (0, 0, part) for place, part in enumerate(parts)]


def _expanded(text: str, start: Path, data: Collection[Path]) -> Sequence[str]:
    if not _MAGIC.search(text) or "://" in text:
        return [text]
    name, given = parse_model(text, start)
    pattern = os.path.expanduser(given)  # noqa: PTH111 - a pattern is no path
    if not _MAGIC.search(pattern) or os.path.lexists(start / pattern):
        return [text]
    found = sorted(islice(_matches(pattern, start), _LOOKED_AT), key=natural_order)
    known = {path.resolve() for path in data}
    models = [each for each in found if _is_model(start / each) and (start / each).resolve() not in known]
    if not models:
        raise CheckpointError(_nothing(given, pattern, start, found))
    if len(models) > MOST:
        raise CheckpointError(f"--model={given}: {len(models):,} models match, more than {MOST}: narrow the pattern")
    return _named(models, pattern, name if given != text else None)


def _matches(pattern: str, start: Path) -> Iterator[str]:
    try:
        yield from glob.iglob(pattern, root_dir=start)  # noqa: PTH207 - keeps paths as they were given
    except (OSError, ValueError, re.error):
        return


def _is_model(path: Path) -> bool:
    try:
        if path.is_dir():
            return any(next(path.glob(name), None) is not None for name in _MODEL_FILES)
        return is_hypotheses(path)
    except OSError:
        return False


def _named(models: Sequence[str], pattern: str, name: str | None) -> list[str]:
    """The models with names: by the given one, else by their last path parts.

    Where two of these are the same, by all the parts that have a wildcard.
    """
    if name is not None:
        return [f"{name}-{_fit(_varying(each, pattern, whole=False))}={each}" for each in models]
    last = Counter(parse_model(each)[0] for each in models)
    if max(last.values()) == 1:
        return list(models)
    return [f"{_fit(_varying(each, pattern, whole=True))}={each}" for each in models]


def _varying(path: str, pattern: str, *, whole: bool) -> str:
    """The parts of a path that the pattern's wildcards are in; or only what they stand for."""
    found = []
    for part, form in zip(path.rstrip("/").split("/"), pattern.rstrip("/").split("/"), strict=False):
        if not _MAGIC.search(form):
            continue
        # A number that the pattern only begins or ends stays whole: checkpoint-*00 stands for 500, not for 5.
        head, tail = _MAGIC.split(form)[0].rstrip(string.digits), re.split(r"[*?\]]", form)[-1].lstrip(string.digits)
        end = len(part) - len(tail) if part.endswith(tail) else len(part)
        found.append(part if whole else part[len(head) : max(end, len(head))])
    return "-".join(found)


def _fit(name: str) -> str:
    return _UNFIT.sub("-", name).strip("-") or "model"


def _nothing(given: str, pattern: str, start: Path, found: Sequence[str]) -> str:
    if found:
        what = f"{len(found):,} thing{'s match' if len(found) > 1 else ' matches'}, no model among them"
        there = _listed(sorted(found, key=natural_order))
        return (
            f"--model={given}: {what} (a folder with config.json, or a file of hypotheses): {there}. Give a pattern "
            "that matches checkpoint folders, such as --model='ckpts/checkpoint-*'"
        )
    folder = start / _MAGIC.split(pattern)[0].rpartition("/")[0]
    try:
        beside = sorted((each.name for each in islice(folder.iterdir(), _LOOKED_AT)), key=natural_order)
    except (OSError, ValueError):
        return f"--model={given}: nothing matches: there is no folder {folder}"
    return f"--model={given}: nothing matches; in {folder} there is {_listed(beside) or 'nothing'}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(shorten(name, _NAME_LENGTH) for name in names[:_SHOWN]) + more
