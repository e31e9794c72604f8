"""Every utterance, to search and to hear; a script lists them of the page's data."""

from collections.abc import Mapping
from typing import Any

from asr_regress.reports.section import PageSection, Shown


def _values(shown: Shown) -> Mapping[str, Any] | None:
    return {"shown": shown.utterances, "left_out": shown.left_out} if shown.run.report["models"] else None


SECTION = PageSection("utterances", "Utterances", _values, "utterances.html.jinja")
