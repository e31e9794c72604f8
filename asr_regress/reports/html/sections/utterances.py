"""Every utterance, to search and to hear; a script lists them of the page's data."""

from collections.abc import Mapping
from typing import Any

from asr_regress.reports.html.sections.section import Section, Shown


def _values(shown: Shown) -> Mapping[str, Any] | None:
    return {"shown": shown.utterances, "left_out": shown.left_out} if shown.run.report["models"] else None


SECTION = Section("utterances", "Utterances", _values, "utterances.html.jinja")
