"""The verdict, what it says, and the tables of every model."""

from collections.abc import Mapping
from typing import Any

from asr_regress.reports.html.tables import facts, head, model_tables, overviews
from asr_regress.reports.section import PageSection, Shown


def _values(shown: Shown) -> Mapping[str, Any]:
    report = shown.run.report
    return {
        "head": head(report),
        "facts": facts(report),
        "overviews": overviews(shown.run),
        "models": [model_tables(shown.run, model) for model in report["models"]],
    }


SECTION = PageSection("verdict", "Verdict", _values, "verdict.html.jinja")
