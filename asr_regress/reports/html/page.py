"""The page: one file that opens from disk, without a network."""

import gzip
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from asr_regress.basics.printable import printable
from asr_regress.gate.outcome import TOTAL
from asr_regress.reports.html.assets import SCRIPTS, STYLES, asset, policy
from asr_regress.reports.html.audio import AudioSource, clips
from asr_regress.reports.html.figures import MARKS, first_model, metric_values, model_values
from asr_regress.reports.html.rows import utf8
from asr_regress.reports.html.tables import facts, head, model_tables, overviews
from asr_regress.reports.html.utterances import MOST, ranking_metric, utterance_columns, wanted
from asr_regress.reports.saved_report import JsonObject, LineChart, SavedReport
from asr_regress.reports.wording import metric_name

Charts = Sequence[LineChart]


def page(run: SavedReport, audio: AudioSource | None = None, charts: Charts = ()) -> bytes:
    """The page of a run as UTF-8 HTML.

    Args:
        run: What to show.
        audio: Which recordings are embedded; those that the utterances name, up to a budget, by default.
        charts: Curves over several runs or checkpoints, drawn below the verdict.
    """
    ids = wanted(run)
    shown = ids[: MOST // max(1, len(run.report["models"]))]
    columns = utterance_columns(run, shown)
    values = {
        "first": utf8(first_model(run)),
        "baselineModel": None if run.report.get("baseline_model") is None else utf8(run.report["baseline_model"]),
        "total": TOTAL,
        "marks": MARKS,
        "rankedBy": metric_name(ranking_metric(run.report["metrics"])),
        "metrics": metric_values(run),
        "models": [model_values(run, model) for model in run.report["models"]],
        "charts": [asdict(chart) for chart in charts],
    }
    return _rendered(
        "page.html.jinja",
        head=head(run.report),
        total=TOTAL,
        marks=MARKS,
        facts=facts(run.report),
        overviews=overviews(run),
        models=[model_tables(run, model) for model in run.report["models"]],
        charts=charts,
        metrics=values["metrics"],
        left_out=len(ids) - len(shown),
        shown=len(shown),
        run_data=_safe(values),
        utterance_data=_packed(columns),
        audio_data=_safe(_clips(run, shown, audio or AudioSource())),
    )


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
    return _rendered(
        "charts.html.jinja", title=title, sentence=sentence, charts=charts, tables=tables, run_data=_safe(values)
    )


def _clips(run: SavedReport, ids: Sequence[str], source: AudioSource) -> JsonObject:
    """Clips by the place of the utterance in the page."""
    known = zip(run.utterances.get("id", ()), run.utterances.get("audio", ()), strict=False)
    paths = {id_: path for id_, path in known if path}
    found = clips((paths[id_] for id_ in ids if id_ in paths), source)
    return {str(at): found[paths[id_]] for at, id_ in enumerate(ids) if paths.get(id_, "") in found}


def _rendered(template: str, **values: Any) -> bytes:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["visible"] = lambda text: printable(utf8(str(text)))
    text = environment.get_template(template).render(
        styles=[Markup(asset(name)) for name in STYLES],
        scripts=[Markup(asset(name)) for name in SCRIPTS],
        policy=policy(),
        **values,
    )
    return text.encode("utf-8")


def _safe(values: Any) -> Any:
    """JSON that may stand in a script element: nothing in it ends the element or a line."""
    from jinja2.utils import htmlsafe_json_dumps

    return htmlsafe_json_dumps(values, separators=(",", ":"))


def _packed(values: Any) -> str:
    """JSON, compressed, as base64. Equal values give equal text."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode("utf-8", "backslashreplace"), 6, mtime=0)).decode("ascii")
