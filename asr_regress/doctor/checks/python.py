"""Python, its encodings, and the packages the gate needs."""

import locale
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING

from asr_regress import __version__
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, ok, problem, warning
from asr_regress.doctor.packages import DISTRIBUTION, installed, pip, requirements, source

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_LEAST = (3, 11)
_FEW = 5
_DISTRIBUTION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OF_AN_EXTRA = re.compile(r";.*\bextra\b")
_NAME = "한국어.wav"
_DISTRIBUTIONS = {"yaml": "pyyaml", "xdist": "pytest-xdist"}


def version(examination: Examination) -> Iterator[Finding]:
    """Which Python this is."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()} ({sys.executable})"
    if sys.version_info < _LEAST:
        least = ".".join(map(str, _LEAST))
        yield problem("python", f"{found}; {least} or newer is needed", f"make an environment of Python {least}")
    elif sys.flags.optimize:
        yield warning(
            "python", f"{found}, with asserts switched off", "unset PYTHONOPTIMIZE: tests of yours rely on them"
        )
    else:
        yield ok("python", found, {"version": platform.python_version(), "executable": sys.executable})


def encoding(examination: Examination) -> Iterator[Finding]:
    """Whether names and texts in any script can be read and written."""
    used = {
        "file names": sys.getfilesystemencoding(),
        "files": locale.getpreferredencoding(False),
        "output": getattr(sys.stdout, "encoding", None) or "utf-8",
    }
    lacking = [f"{name} are in {codec}" for name, codec in used.items() if not _carries(codec)]
    if not lacking:
        yield ok("encoding", "UTF-8" if set(map(_plain, used.values())) == {"utf8"} else str(used), used)
        return
    yield warning(
        "encoding",
        f"{', '.join(lacking)}, which cannot hold {_NAME}: such recordings are not found, such texts shown as escapes",
        "export LC_ALL=C.UTF-8, or export PYTHONUTF8=1",
        details=used,
    )


def packages(examination: Examination) -> Iterator[Finding]:
    """Whether what the gate needs is there, in versions it works with, and can be imported."""
    needed = {each: name for each in requirements() if (name := _name_of(each))}
    if not needed:
        unknown = f"{DISTRIBUTION} itself is not installed: what it needs is not known"
        yield problem("packages", unknown, pip("install", source()))
        return
    absent = [each for each, name in needed.items() if installed(name) is None]
    outside = {each: why for each, name in needed.items() if each not in absent and (why := _unfit(each, name))}
    if absent or outside:
        parts = [f"{', '.join(needed[each] for each in absent)}: not installed"] if absent else []
        parts += [f"{each} is needed, {why}" for each, why in outside.items()]
        yield problem("packages", "; ".join(parts), _install([*absent, *outside]))
    if find_spec("packaging") is None:
        yield problem("packages", "packaging, which pytest needs: not installed", pip("install", "packaging"))
    broken = list(_broken(examination))
    yield from broken
    if not (absent or outside or broken):
        found = f"asr-regress {__version__}; all {len(needed)} it needs are here, within their bounds"
        yield ok("packages", found, {name: installed(name) for name in needed.values()})
    yield from _at_odds(needed.values())


def _install(wanted: Sequence[str]) -> str:
    """A command line that a person can copy."""
    if len(wanted) > _FEW:
        return pip("install", "-e", source())
    return pip("install", *(f"'{each}'" for each in wanted))


def _carries(codec: str) -> bool:
    try:
        _NAME.encode(codec)
    except (UnicodeError, LookupError):
        return False
    return True


def _plain(codec: str) -> str:
    return codec.lower().replace("-", "").replace("_", "")


def _name_of(requirement: str) -> str | None:
    """The distribution that a requirement is for; None where it is an extra's. Works without the packaging library."""
    found = _DISTRIBUTION_NAME.match(requirement)
    return found[0] if found and not _OF_AN_EXTRA.search(requirement) else None


def _unfit(requirement: str, name: str) -> str | None:
    """What is installed instead of what is required; None where that will do, or is not asked of this machine."""
    here, known = installed(name), _parsed(requirement)
    if known is None:
        return None
    if known.marker is not None and not known.marker.evaluate({"extra": ""}):
        return None
    if here is None:
        return "not installed"
    return None if known.specifier.contains(here, prereleases=True) else f"{here} is installed"


def _parsed(requirement: str) -> "Requirement | None":
    """None where it cannot be read, or the library that reads it is missing: pytest needs that one."""
    try:
        from packaging.requirements import InvalidRequirement, Requirement
    except ImportError:
        return None
    try:
        return Requirement(requirement)
    except InvalidRequirement:
        return None


def _broken(examination: Examination) -> Iterator[Finding]:
    """Packages that are here and cannot be imported: built for another numpy, say, or half removed."""
    for module in examination.imported:
        top = module.partition(".")[0]
        name = _DISTRIBUTIONS.get(top, top)
        here, trouble = installed(name), examination.answer(f"import {module}").trouble
        if here is not None and trouble is not None:
            again = pip("install", "--force-reinstall", "--no-deps", "--no-cache-dir", f"{name}=={here}")
            yield problem("packages", f"{name} {here} cannot be imported: {trouble.what}", again)


def _at_odds(names: Iterable[str]) -> Iterator[Finding]:
    """What our packages need in turn: an upgrade of one often leaves another behind."""
    for name in names:
        if installed(name) is None:
            continue
        needs = {need: other for need in metadata.requires(name) or () if (other := _name_of(need))}
        unmet = {need.partition(";")[0].strip(): why for need, other in needs.items() if (why := _unfit(need, other))}
        if unmet:
            listed = ", ".join(f"{need} ({why})" for need, why in unmet.items())
            yield warning("packages", f"{name} {installed(name)} needs {listed}", _install(list(unmet)))
