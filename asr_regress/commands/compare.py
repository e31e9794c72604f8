"""`asr-regress compare`: two kept runs side by side, with what is beyond chance and which utterances changed."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_regress.commands.command import Commands
from asr_regress.commands.kept_runs import (
    RUN_HELP,
    add_audio,
    add_store,
    archive_of,
    run_of,
    show,
    show_json,
    width,
    write_page,
)
from asr_regress.errors import RunError

if TYPE_CHECKING:
    from asr_regress.gate.outcome import ModelOutcome
    from asr_regress.reports.saved_report import SavedReport
    from asr_regress.runs.comparing import Comparison
    from asr_regress.scoring.score import ScoredUtterance

_LISTED = 10
_LISTED_OF_MANY = 3  # Utterances of each of several models.


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("compare", help="hold a run that was kept against an earlier one")
    command.add_argument("first", metavar="RUN_A", help=f"what is compared with: {RUN_HELP}")
    command.add_argument("second", metavar="RUN_B", help="what is compared")
    command.add_argument("--model", action="append", default=[], metavar="NAME", help="only this model of RUN_B")
    command.add_argument("--against", metavar="NAME", help="model of RUN_A to compare with (default: of the same name)")
    command.add_argument("--html", type=Path, metavar="FILE", help="write the page of the comparison")
    command.add_argument("--json", action="store_true", help="as JSON")
    add_audio(command)
    add_store(command)
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Compare, and print what came of it."""
    from asr_regress.basics.printable import printable
    from asr_regress.runs.comparing import compare
    from asr_regress.runs.pairing import Pairing

    archive = archive_of(parsed)
    before, after = run_of(parsed.first, archive), run_of(parsed.second, archive)
    found = compare(before, after, Pairing(tuple(dict.fromkeys(parsed.model)), parsed.against))
    written = None
    if parsed.html is not None:
        if len(found) > 1:
            names = ", ".join(each.against for each in found)
            raise RunError(
                f"--html: a page has one baseline, here there are {len(found)}: {names}. Name one with --against=NAME, "
                "or a model with --model=NAME"
            )
        written = write_page(parsed.html, lambda: _page(found[0], embed=not parsed.no_audio), parsed.second)
    if parsed.json:
        show_json(_as_json(found))
        return 0
    for comparison in found:
        show(_lines(comparison, width()))
    if written is not None:
        show(["", printable(f"page: {written}")])
    return 0


def _lines(comparison: "Comparison", columns: int) -> Iterator[str]:
    from asr_regress.reports.cases import improved
    from asr_regress.reports.changes import changes
    from asr_regress.reports.layout import one_line, paragraph
    from asr_regress.reports.terminal import render
    from asr_regress.reports.wording import case_phrase, listed, metric_name, plural, short, verdict_sentence
    from asr_regress.runs.comparing import newly_fixed

    columns = max(80, min(columns, 100))
    run = comparison.run
    # Without the command that raises a baseline: there is no file of it.
    shown = replace(run, models=tuple(replace(model, improvements=()) for model in run.models))
    yield from paragraph(f"{one_line(comparison.after)} against {one_line(comparison.before)}", columns)
    text = render(shown, width=columns, samples=0, verdict=False)
    blocks = [block for block in text.split("\n\n") if not block.startswith("speed\n")]  # nothing was transcribed here
    yield from "\n\n".join(blocks).split("\n")
    most = _LISTED if len(run.models) == 1 else _LISTED_OF_MANY
    for model in run.models:
        found = changes(run, model, comparison.details)
        if found is None:
            continue
        fixed = newly_fixed(comparison, model)
        broken = [(each.utterance, each.before, each.after) for each in found.broken]
        yield ""
        yield (
            f"{short(model.name)}, {metric_name(found.metric)} of {plural(found.compared, 'utterance')} in both: "
            f"{len(broken):,} newly broken, {len(found.worse):,} worse, {found.better:,} better, {len(fixed):,} fixed"
        )
        yield from _utterances("newly broken", broken, columns, most)
        yield from _utterances("newly fixed", [(each, before, 0) for each, before in fixed], columns, most)
        better = [case_phrase(case) for case in improved(model)]
        if better:
            yield from paragraph(f"better beyond chance: {listed(better, 5)}", columns, indent="  ")
    yield ""
    yield from paragraph(verdict_sentence(run), columns)


def _utterances(title: str, found: "list[tuple[ScoredUtterance, int, int]]", columns: int, most: int) -> Iterator[str]:
    from asr_regress.reports.layout import clip, clip_name, one_line

    for utterance, before, after in found[:most]:
        yield f"  {title}: {clip_name(one_line(utterance.id), columns - 40)} ({before:,} errors before, {after:,} now)"
        if after:
            yield clip(f"    said   {one_line(utterance.normalized_reference)}", columns)
            yield clip(f"    heard  {one_line(utterance.normalized_hypothesis) or '(nothing)'}", columns)
    if len(found) > most:
        yield f"  and {len(found) - most:,} more {title}"


def _as_json(found: "list[Comparison]") -> dict[str, Any]:
    from asr_regress.reports.json_report import report

    return {
        "schema": 1,
        "first": found[0].before,
        "second": found[0].after,
        "comparisons": [
            {
                "against": each.against,
                "warnings": list(each.warnings),
                "report": report(each.run),
                "utterances": [_changed(each, model) for model in each.run.models],
            }
            for each in found
        ],
    }


def _changed(comparison: "Comparison", model: "ModelOutcome") -> dict[str, Any]:
    from asr_regress.reports.changes import changes
    from asr_regress.runs.comparing import newly_fixed

    found = changes(comparison.run, model, comparison.details)
    broken = [] if found is None else [(each.utterance, each.before, each.after) for each in found.broken]
    fixed = [(each, before, 0) for each, before in newly_fixed(comparison, model)]
    listed = {
        name: [
            {"id": each.id, "category": each.category, "errors_before": before, "errors": after}
            for each, before, after in some
        ]
        for name, some in (("newly_broken", broken), ("newly_fixed", fixed))
    }
    return {"model": model.name, "metric": None if found is None else found.metric, **listed}


def _page(comparison: "Comparison", *, embed: bool) -> bytes:
    from asr_regress.reports.html.audio import AudioSource
    from asr_regress.reports.html.page import page

    return page(_saved(comparison), AudioSource(embed=embed))


def _saved(comparison: "Comparison") -> "SavedReport":
    import json

    from asr_regress.reports.json_report import json_bytes
    from asr_regress.reports.saved_report import SavedReport
    from asr_regress.reports.utterance_marks import class_names, hallucination_kinds
    from asr_regress.runs.rows import run_columns

    columns = run_columns(comparison.run, comparison.details)
    rows = [each for model in comparison.run.models for each in model.utterances]
    columns |= {
        "error_classes": list(map(class_names, rows)),
        "hallucination": list(map(hallucination_kinds, rows)),
    }
    return SavedReport(json.loads(json_bytes(comparison.run)), columns)
