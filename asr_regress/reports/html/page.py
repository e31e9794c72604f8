"""The page: one file that opens from disk, without a network."""

import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from asr_regress.basics.printable import printable
from asr_regress.gate.outcome import TOTAL
from asr_regress.reports.html.assets import SCRIPTS, STYLES, asset, policy
from asr_regress.reports.html.audio import AudioSource, clips
from asr_regress.reports.html.figures import MARKS, first_model, metric_values, model_values
from asr_regress.reports.html.rows import utf8
from asr_regress.reports.html.sections import SECTIONS
from asr_regress.reports.html.tables import word
from asr_regress.reports.html.utterances import MOST, ranking_metric, utterance_columns, wanted
from asr_regress.reports.saved_report import JsonObject, LineChart, SavedReport
from asr_regress.reports.section import Shown
from asr_regress.reports.wording import metric_name

Charts = Sequence[LineChart]
_EMPTY: JsonObject = {"note": "", "charts": (), "tables": ()}


def page(run: SavedReport, audio: AudioSource | None = None) -> bytes:
    """The page of a run as UTF-8 HTML: its `SECTIONS`, and the data that scripts draw.

    Args:
        run: What to show.
        audio: Which recordings are embedded; those that the utterances name, up to a budget, by default.
    """
    report = run.report
    ids = wanted(run)
    kept = ids[: MOST // max(1, len(report["models"]))]
    shown = Shown(run, utterances=len(kept), left_out=len(ids) - len(kept))
    parts = [(section, found) for section in SECTIONS if (found := section.values(shown)) is not None]
    charts = [chart for _, found in parts for chart in found.get("charts", ())]
    values = {
        "first": utf8(first_model(run)),
        "baselineModel": None if report.get("baseline_model") is None else utf8(report["baseline_model"]),
        "total": TOTAL,
        "marks": MARKS,
        "rankedBy": metric_name(ranking_metric(report["metrics"])),
        "metrics": metric_values(run),
        "models": [model_values(run, model) for model in report["models"]],
        "charts": [asdict(chart) for chart in charts],
    }
    render = _renderer(charts)
    text = render(
        "page.html.jinja",
        title=f"{word(report['verdict'])}: {', '.join(model['name'] for model in report['models'])}",
        links=[(section.name, section.title) for section, _ in parts if section.title is not None],
        models=report["models"],
        sections=[render(section.template, **{**_EMPTY, **found, "name": section.name}) for section, found in parts],
        run_data=_safe(values),
        utterance_data=_packed(utterance_columns(run, kept)),
        audio_data=_safe(_clips(run, kept, audio or AudioSource())),
    )
    return text.encode("utf-8")


def charts_page(
    title: str, sentence: str, charts: Charts, tables: Sequence[tuple[str, Sequence[Sequence[str]]]] = ()
) -> bytes:
    """A page of curves and tables alone, such as the history of a gate.

    Args:
        title: Of the page.
        sentence: What it says.
        charts: Drawn one below the other.
        tables: A title and rows each, of which the first is the header.
    """
    values = {"models": [], "metrics": [], "charts": [asdict(chart) for chart in charts], "marks": MARKS}
    text = _renderer(charts)(
        "charts.html.jinja", title=title, sentence=sentence, charts=charts, tables=tables, run_data=_safe(values)
    )
    return text.encode("utf-8")


def _clips(run: SavedReport, ids: Sequence[str], source: AudioSource) -> JsonObject:
    """Clips by the place of the utterance in the page."""
    known = zip(run.utterances.get("id", ()), run.utterances.get("audio", ()), strict=False)
    paths = {id_: path for id_, path in known if path}
    found = clips((paths[id_] for id_ in ids if id_ in paths), source)
    return {str(at): found[paths[id_]] for at, id_ in enumerate(ids) if paths.get(id_, "") in found}


def _renderer(charts: Charts) -> Callable[..., str]:
    """Fills templates in; a chart is drawn by its number among all of the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["visible"] = lambda text: printable(utf8(str(text)))
    environment.globals |= {
        "styles": [Markup(asset(name)) for name in STYLES],
        "scripts": [Markup(asset(name)) for name in SCRIPTS],
        "policy": policy(),
        "marks": MARKS,
        "total": TOTAL,
        "number": list(charts).index,
    }
    return lambda template, **values: Markup(environment.get_template(template).render(values))


def _safe(values: Any) -> Any:
    """JSON that may stand in a script element: nothing in it ends the element or a line."""
    from jinja2.utils import htmlsafe_json_dumps

    return htmlsafe_json_dumps(values, separators=(",", ":"))


def _packed(values: Any) -> str:
    """JSON, compressed, as base64. Equal values give equal text."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode("utf-8", "backslashreplace"), 6, mtime=0)).decode("ascii")
