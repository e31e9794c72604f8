"""The verdict, what it says, and the tables of every model."""

from collections.abc import Mapping
from typing import Any

from asr_regress.reports.html.sections.section import Section, Shown
from asr_regress.reports.html.tables import facts, head, model_tables, overviews


def _values(shown: Shown) -> Mapping[str, Any]:
    report = shown.run.report
    return {
        "head": head(report),
        "facts": facts(report),
        "overviews": overviews(shown.run),
        "models": [model_tables(shown.run, model) for model in report["models"]],
    }


SECTION = Section("verdict", "Verdict", _values, "verdict.html.jinja")
