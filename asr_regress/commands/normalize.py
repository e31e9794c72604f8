"""`asr-regress normalize`: what text rules do to the references of some data, and what they leave."""

import argparse
import hashlib
import heapq
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_regress.basics.printable import defused, harmless_json, printable
from asr_regress.basics.typed_paths import typed_path
from asr_regress.commands.command import Commands
from asr_regress.options import natural

if TYPE_CHECKING:
    from asr_regress.text.survey import Change, Found, Survey

_SAMPLES = 20
_IDS_SHOWN = 5


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser(
        "normalize", help="show references before and after text rules, and what is left that looks like markup"
    )
    command.add_argument(
        "--data",
        "--asr-data",
        type=typed_path,
        metavar="PATH",
        help="data folder or manifest (default: thresholds.yaml's)",
    )
    command.add_argument("--normalize", metavar="NAME", help="text rules (default: thresholds.yaml's, else basic)")
    command.add_argument(
        "--thresholds",
        "--asr-thresholds",
        type=typed_path,
        metavar="FILE",
        help="default: thresholds.yaml where there is one",
    )
    command.add_argument("--samples", type=natural, default=_SAMPLES, metavar="N", help=f"default: {_SAMPLES}")
    command.add_argument(
        "--all", action="store_true", help="sample from all references, not from the changed ones only"
    )
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Apply the rules to every reference and print what came of it."""
    from asr_regress.options import Options
    from asr_regress.setup import manifest_of, rules_of, thresholds_of
    from asr_regress.text.rules import get_rules
    from asr_regress.text.survey import survey

    here, options = Path.cwd(), Options(asr_data=parsed.data, asr_thresholds=parsed.thresholds)
    thresholds = thresholds_of(options, here, here)
    rules = get_rules(parsed.normalize, here) if parsed.normalize else rules_of(thresholds, here)
    manifest = manifest_of(options, thresholds)
    found, data = survey(rules, ((each.id, each.reference) for each in manifest.utterances)), manifest.root
    samples = _sampled(found.texts if parsed.all else found.changes, parsed.samples)
    if parsed.json:
        text = harmless_json(json.dumps(_as_json(found, data, samples), ensure_ascii=False, indent=2))
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    else:
        sys.stdout.writelines(f"{defused(line)}\n" for line in _lines(found, data, samples))
    return 0


def _sampled(changes: "Iterable[Change]", number: int) -> "list[Change]":
    """The same ones each time, from all over the data."""
    drawn = heapq.nsmallest(
        number, changes, key=lambda each: hashlib.sha256(each.id.encode("utf-8", "replace")).digest()
    )
    return sorted(drawn, key=lambda each: each.id)


def _as_json(found: "Survey", data: Path, samples: "Iterable[Change]") -> dict[str, Any]:
    return {
        "data": str(data),
        "rules": found.rules,
        "utterances": found.utterances,
        "changed": found.changed,
        "emptied": list(found.emptied),
        "lengthened": list(found.lengthened),
        "steps": [{"name": each.name, "utterances": each.utterances, "hits": each.hits} for each in found.steps],
        "leftovers": [
            {
                "kind": each.name,
                "utterances": each.utterances,
                "hits": each.hits,
                "examples": [{"id": id, "text": text} for id, text in each.examples],
            }
            for each in found.leftovers
        ],
        "samples": [{"id": each.id, "before": each.before, "after": each.after} for each in samples],
    }


def _lines(found: "Survey", data: Path, samples: "list[Change]") -> Iterable[str]:
    yield f"{found.rules} on {_count(found.utterances, 'reference')} of {printable(str(data))}: {found.changed} changed"
    if samples:
        yield ""
    for each in samples:
        yield printable(each.id)
        yield f"  - {printable(each.before)}"
        yield f"  + {printable(each.after)}"
    yield ""
    yield "What the rules found:"
    yield from _table(each for each in found.steps if each.hits)
    idle = sum(not each.hits for each in found.steps)
    if idle:
        yield f"  nothing for {idle} of {_count(len(found.steps), 'step')}"
    for ids, what in (
        (found.emptied, "nothing is left of {}, which enters no rate"),
        (found.lengthened, "longer than before: {}"),
    ):
        if ids:
            yield f"  {what.format(_count(len(ids), 'reference'))}: {_ids(ids)}"
    yield ""
    yield "What is left that looks like markup:" + ("" if found.leftovers else " nothing")
    yield from _table(found.leftovers)


def _table(rows: "Iterable[Found]") -> Iterable[str]:
    for each in rows:
        yield f"  {each.name}: {_count(each.utterances, 'utterance')}, {_count(each.hits, 'hit')}"
        for id, text in each.examples:
            yield f"    {printable(id)}: {printable(text)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _ids(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _IDS_SHOWN} more" if len(ids) > _IDS_SHOWN else ""
    return ", ".join(map(printable, ids[:_IDS_SHOWN])) + more
