"""Rates and differences as figures; a script draws them of the page's data."""

from collections.abc import Mapping
from typing import Any

from asr_regress.reports.html.figures import metric_values
from asr_regress.reports.section import PageSection, Shown


def _values(shown: Shown) -> Mapping[str, Any] | None:
    return {"metrics": metric_values(shown.run)} if shown.run.report["models"] else None


SECTION = PageSection("figures", "Figures", _values, "figures.html.jinja")
