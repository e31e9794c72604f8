"""The words and tables of a page that are there before any script runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from asr_regress.gate.outcome import TOTAL, Timing
from asr_regress.reports.html.figures import MARKS, Part, metrics_of, parts, reasons
from asr_regress.reports.saved_report import JsonObject, SavedReport
from asr_regress.reports.wording import metric_name, metric_title, percent, plural, span, speed

_RED = ("regressed", "not_measured")
_FACTS = 30  # Reasons, notes or problems that are listed.


@dataclass(frozen=True)
class Table:
    """One metric of one model: a row a category, the total first."""

    metric: str
    title: str
    confidence: str
    rows: Sequence[Part]


def word(verdict: str) -> str:
    """A verdict as people read it."""
    return verdict.replace("_", " ")


def head(report: JsonObject) -> JsonObject:
    """The verdict and what it says, without the verdict's own word at the beginning."""
    verdict = report["verdict"]
    sentence = str(report.get("sentence") or "")
    _, _, rest = sentence.partition(": ")
    return {
        "verdict": verdict,
        "word": word(verdict),
        "mark": MARKS.get(verdict, ""),
        "sentence": rest or sentence or "see the tables",
        "partial": report["data"].get("partial", ()),
        "problems": report["data"].get("problems", ())[:_FACTS],
        "problem_count": len(report["data"].get("problems", ())),
    }


def facts(report: JsonObject) -> list[tuple[str, str]]:
    """What was measured on, and with what it was compared."""
    data = report["data"]
    of_all = f" of {data['available']:,}" if data.get("available", data["expected"]) != data["expected"] else ""
    found = [
        ("data", f"{data['expected']:,}{of_all} utterances, {span(data.get('audio_seconds') or 0.0)}"),
        ("from", str(data.get("path", ""))),
        ("baseline", str(report.get("baseline") or "none")),
        ("text rules", str(report.get("text_rules", ""))),
    ]
    return [(name, value) for name, value in found if value]


def overviews(run: SavedReport) -> list[JsonObject]:
    """All models side by side, a table a metric; none for a single model."""
    models = run.report["models"]
    if len(models) < 2:
        return []
    reference = run.report.get("baseline_model")
    return [_overview(models, metric, reference) for metric in metrics_of(run)]


def model_tables(run: SavedReport, model: JsonObject) -> JsonObject:
    """Everything about one model."""
    tables = [(metric, parts(model, metric)) for metric in metrics_of(run)]
    accounting = model["accounting"]
    return {
        "name": model["name"],
        "path": model.get("path", ""),
        "verdict": model["verdict"],
        "word": word(model["verdict"]),
        "mark": MARKS.get(model["verdict"], ""),
        "error": model.get("error"),
        "tables": [
            Table(metric, metric_title(metric), _confidence(rows), [*rows[-1:], *rows[:-1]])
            for metric, rows in tables
            if rows
        ],
        "why": reasons(model, _RED)[:_FACTS],
        "unsure": reasons(model, ["inconclusive"])[:_FACTS],
        "hanging": _hanging(model)[:_FACTS],
        "notes": model.get("notes", ())[:_FACTS],
        "accounting": f"{accounting['expected']:,} expected = {accounting['scored']:,} scored + "
        f"{accounting['empty_reference']:,} with an empty reference + {accounting['failed']:,} failed",
        "speed": _speed(model.get("timing") or {}),
        "decoding": ", ".join(f"{name} {value}" for name, value in (model.get("decoding") or {}).items()),
    }


def _overview(models: Sequence[JsonObject], metric: str, reference: str | None) -> JsonObject:
    by_model = [(model, {part.name: part for part in parts(model, metric)}) for model in models]
    names = sorted({name for _, found in by_model for name in found} - {TOTAL})
    columns = [TOTAL, *names]
    baseline = [None if reference else _baseline([found.get(name) for _, found in by_model]) for name in columns]
    return {
        "title": metric_title(metric),
        "columns": columns,
        "baseline": [percent(each) for each in baseline] if any(each is not None for each in baseline) else [],
        "rows": [
            (model["name"], model["name"] == reference, [found.get(name) for name in columns])
            for model, found in by_model
        ],
    }


def _baseline(found: Sequence[Part | None]) -> float | None:
    """The baseline's rate of a category: the same for every model that has one."""
    return next((part.found["baseline"] for part in found if part and part.found.get("baseline") is not None), None)


def _hanging(model: JsonObject) -> list[str]:
    """The cases whose verdict hangs on a handful of utterances."""
    found = []
    for name, category in (*model["categories"].items(), (TOTAL, model["total"])):
        for metric, outcome in category.items():
            if isinstance(outcome, dict) and (hanging := outcome.get("hanging")):
                ids = ", ".join(hanging["utterances"])
                count = plural(len(hanging["utterances"]), "utterance")
                without = word(hanging["verdict"])
                found.append(f"{name} {metric_name(metric)} hangs on {count}: {without} without {ids}")
    return found


def _confidence(rows: Sequence[Part]) -> str:
    """The confidence of the intervals: "95 %", or empty where they differ."""
    found = {known for each in rows if (known := each.found.get("confidence")) is not None}
    return f"{100 * found.pop():g} % " if len(found) == 1 else ""


def _speed(timing: JsonObject) -> str:
    known = {
        name: timing.get(name) or 0
        for name in ("audio_seconds", "wall_seconds", "load_seconds", "cached", "transcribed")
    }
    return speed(Timing(**known))
