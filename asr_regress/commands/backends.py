"""`asr-regress backends`: what `--model` may name, what reads it, and what has to be installed for that."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from asr_regress.commands.command import Commands

_INDENT = "    "


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("backends", help="list what reads models, and what is installed")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Print every backend with what it reads, its extra and the versions of what it rests on."""
    from asr_regress.transcription.readers import GROUP, listed, plugged_in

    ours = [_ours(info) for info in listed()]
    others = [
        {"name": name, "reads": f"{point.value}, an entry point of {_package(point)}", "extra": None, "installed": True}
        for name, point in sorted(plugged_in().items())
    ]
    if parsed.json:
        sys.stdout.write(json.dumps([*ours, *others], ensure_ascii=False, indent=2) + "\n")
        return 0
    for backend in (*ours, *others):
        print("\n".join(_lines(backend)))
    print(f"\nOne's own: --model=python:module:factory, or an entry point of the group {GROUP}; see docs/backends.md")
    return 0


def _ours(info: Any) -> dict[str, Any]:
    return {
        "name": info.name,
        "reads": info.reads,
        "extra": info.extra,
        "installed": not info.missing,
        "missing": list(info.missing),
        "versions": dict(info.versions),
    }


def _package(point: Any) -> str:
    return "an unknown package" if point.dist is None else f"{point.dist.name} {point.dist.version}"


def _lines(backend: dict[str, Any]) -> Iterator[str]:
    state = "" if backend["installed"] else ": not installed"
    yield f"{backend['name']}{state}"
    yield f"{_INDENT}{backend['reads']}"
    if versions := backend.get("versions"):
        yield f"{_INDENT}{', '.join(f'{name} {version}' for name, version in versions.items())}"
    if not backend["installed"]:
        yield f"{_INDENT}without {' and '.join(backend['missing'])}: pip install 'asr-regress[{backend['extra']}]'"
