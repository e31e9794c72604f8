"""`asr-regress normalizers`: the text rules that `normalize:` in thresholds.yaml may name."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from asr_regress.commands.command import Commands
from asr_regress.errors import ConfigurationError

if TYPE_CHECKING:
    from asr_regress.text.text_rules import TextRules

_INDENT = "    "


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("normalizers", help="list the text rules that thresholds.yaml may name")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Print every rule with its version, what it does and an example."""
    from asr_regress.text.rules import available_rules, get_rules

    listed = [get_rules(name) for name in available_rules()]
    if parsed.json:
        sys.stdout.write(json.dumps(list(map(_as_json, listed)), ensure_ascii=False, indent=2) + "\n")
        return 0
    for rules in listed:
        print("\n".join(_lines(rules)) + "\n")
    print(
        "One's own: `normalize: module:function`. See them at work: asr-regress normalize --data=PATH --normalize=NAME"
    )
    return 0


def _as_json(rules: "TextRules") -> dict[str, Any]:
    return {
        "name": rules.name,
        "version": rules.version,
        "identity": _identity(rules),
        "does": rules.does,
        "example": {"before": rules.example, "after": _shown(rules)},
        "lengthens": rules.lengthens or None,
        "steps": [step.name for step in rules.steps],
    }


def _lines(rules: "TextRules") -> Iterator[str]:
    yield _identity(rules)
    yield f"{_INDENT}{rules.does}"
    yield f"{_INDENT}{rules.example.strip()}"
    yield f"{_INDENT}-> {_shown(rules)}"
    if rules.lengthens:
        yield f"{_INDENT}makes longer: {rules.lengthens}"


def _identity(rules: "TextRules") -> str:
    """One rule that cannot be had must not hide the others."""
    try:
        return str(rules)
    except ConfigurationError as error:
        return f"{rules.name}: not available: {error}"


def _shown(rules: "TextRules") -> str:
    try:
        return rules(rules.example)
    except ConfigurationError:
        return "not available"
