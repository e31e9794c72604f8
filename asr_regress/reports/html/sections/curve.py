"""The curve over several checkpoints."""

from collections.abc import Mapping
from typing import Any

from asr_regress.reports.curve_chart import curve_charts
from asr_regress.reports.section import PageSection, Shown


def _values(shown: Shown) -> Mapping[str, Any] | None:
    charts = curve_charts(shown.run.report)
    return {"charts": charts} if charts else None


SECTION = PageSection("curve", None, _values, "curve.html.jinja")
