"""What the errors are; a script draws and lists them of the page's data."""

from collections.abc import Mapping
from typing import Any

from asr_regress.reports.section import PageSection, Shown


def _values(shown: Shown) -> Mapping[str, Any] | None:
    return {} if shown.run.report["models"] else None


SECTION = PageSection("errors", "Errors", _values, "errors.html.jinja")
