"""What a page draws and tabulates of report.json, model by model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.html.rows import utf8
from asr_regress.reports.html.utterances import ranking_metric
from asr_regress.reports.intervals import interval_text
from asr_regress.reports.saved_report import JsonObject, SavedReport
from asr_regress.reports.wording import decimals_apart, difference_unit, metric_name, percent, points, unit
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import DURATION_BINS, duration_bin
from asr_regress.scoring.error_classes import CLASSES
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.intervals import Interval

MARKS = {"pass": "✓", "regressed": "✗", "inconclusive": "~", "not_measured": "?", "not_judged": "·"}
"""What stands beside a verdict, so that it is not told by color alone."""
WORST_FIRST = tuple(each.value for each in (
    Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_JUDGED
))  # fmt: skip
_CONFUSIONS = 10


@dataclass(frozen=True)
class Part:
    """A category, a slice with limits, or the total, in one metric: a row of the table and a line of a figure."""

    name: str
    metric: str
    found: Mapping[str, Any]
    utterances: int

    @property
    def verdict(self) -> str:
        """One of `MARKS`."""
        verdict = self.found.get("verdict")
        return verdict if verdict in MARKS else Verdict.NOT_JUDGED.value

    def cells(self) -> JsonObject:
        """The cells of its row, as text."""
        rate, ceiling = self.found.get("rate"), self.found.get("ceiling")
        decimals = decimals_apart(rate, ceiling)
        return {
            "rate": percent(rate, decimals),
            "interval": _interval(self.found.get("ci95")),
            "baseline": percent(self.found.get("baseline")),
            "delta": points(self.found.get("delta")),
            "delta_interval": _interval(self.found.get("delta_ci95"), signed=True),
            "ceiling": percent(ceiling, decimals),
        }

    def drawn(self) -> JsonObject:
        """The numbers of its line in a figure."""
        names = ("rate", "ci95", "baseline", "delta", "delta_ci95", "ceiling", "allowed")
        return {"name": self.name, "verdict": self.verdict, **{name: self.found.get(name) for name in names}}


def metrics_of(run: SavedReport) -> list[str]:
    """The metrics of a report, the words a minute last where a category without speech was measured."""
    found = {name for model in run.report["models"] for _, each in _parts(model) for name in each}
    return [*run.report["metrics"], *([INSERTED_WORDS] if INSERTED_WORDS in found else [])]


def parts(model: JsonObject, metric: str) -> list[Part]:
    """What a model has of a metric, the total last."""
    return [
        Part(utf8(name), metric, category[metric], category.get("utterances", 0))
        for name, category in _parts(model)
        if isinstance(category.get(metric), dict)
    ]


def model_values(run: SavedReport, model: JsonObject) -> JsonObject:
    """What the page's script draws of a model."""
    return {
        "name": utf8(model["name"]),
        "verdict": model["verdict"],
        "metrics": {metric: [part.drawn() for part in parts(model, metric)] for metric in metrics_of(run)},
        "classes": {utf8(name): _classes(category) for name, category in _parts(model, slices=False)},
        "durations": {utf8(name): _durations(category) for name, category in _parts(model, slices=False)},
        "baselineDurations": _baseline_durations(run, utf8(model["name"])),
    }


def metric_values(run: SavedReport) -> list[JsonObject]:
    """Names and units of the metrics."""
    return [
        {"name": each, "title": metric_name(each), "unit": unit(each), "differenceUnit": difference_unit(each)}
        for each in metrics_of(run)
    ]


def reasons(model: JsonObject, verdicts: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The cases of a model that have these verdicts, each with its reasons; the total's first."""
    chosen, all_parts = set(verdicts), _parts(model)
    return [
        (f"{name} {metric_name(metric)}", [str(reason) for reason in outcome.get("reasons", ())])
        for name, category in (all_parts[-1:] + all_parts[:-1])
        for metric, outcome in category.items()
        if isinstance(outcome, dict) and outcome.get("verdict") in chosen
    ]


def first_model(run: SavedReport) -> str:
    """The model that is shown first: the worst verdict, not the one the others are compared with."""
    reference = run.report.get("baseline_model")
    models = [each for each in run.report["models"] if each["name"] != reference] or run.report["models"]
    return min(models, key=lambda each: _rank(each["verdict"]), default={"name": ""})["name"]


def _rank(verdict: str) -> int:
    return WORST_FIRST.index(verdict) if verdict in WORST_FIRST else len(WORST_FIRST)


def _parts(model: JsonObject, *, slices: bool = True) -> list[tuple[str, JsonObject]]:
    gated = [
        (f"{along['field']}={value}", found)
        for along in (model.get("slices", ()) if slices else ())
        if along.get("gated")
        for value, found in along["slices"].items()
    ]
    return [*model["categories"].items(), *gated, (TOTAL, model["total"])]


def _classes(category: JsonObject) -> list[JsonObject]:
    found = (category.get("error_classes") or {}).get("classes", {})
    titles = {each.name: each.title for each in CLASSES}
    return [
        {
            "name": name,
            "title": titles.get(name, name),
            "edits": values.get("edits"),
            "before": values.get("baseline_edits"),
            "confusions": [
                [each.get("reference", ""), each.get("hypothesis", ""), each.get("count", 1)]
                for each in values.get("confusions", ())[:_CONFUSIONS]
            ],
        }
        for name, values in found.items()
    ]


def _durations(category: JsonObject) -> list[JsonObject]:
    found = (category.get("distribution") or {}).get("by_duration", {})
    names = ("utterances", "perfect_percent", "quartiles", "percentile_95", "rate")
    return [{"name": name, **{key: values.get(key) for key in names}} for name, values in found.items()]


def _baseline_durations(run: SavedReport, model: str) -> JsonObject:
    """The baseline's pooled rate in percent by category and length of the recordings, where its errors are known."""
    metric, columns = ranking_metric(run.report["metrics"]), run.utterances
    names = ("model", "category", "status", "duration", f"{metric}_baseline_errors", f"{metric}_reference_length")
    if any(name not in columns for name in names):
        return {}
    pooled: dict[tuple[str, str], list[int]] = {}
    for owner, category, status, seconds, errors, length in zip(*(columns[name] for name in names), strict=True):
        if owner == model and status == "scored" and errors is not None:
            for name in (category, TOTAL):
                counts = pooled.setdefault((name, DURATION_BINS[duration_bin(seconds)]), [0, 0])
                counts[0] += errors
                counts[1] += length
    found: JsonObject = {}
    for (name, length_bin), (errors, length) in pooled.items():
        found.setdefault(name, {})[length_bin] = ErrorCounts(errors, 0, 0, length).percent
    return found


def _interval(ends: Sequence[float] | None, *, signed: bool = False) -> str:
    return "" if ends is None else interval_text(Interval(*ends), signed=signed)
