"""The page of a run that has just ended: of the same report and the same rows as are saved."""

import json

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.html.page import page
from asr_regress.reports.json_report import json_bytes
from asr_regress.reports.parquet import utterance_table
from asr_regress.reports.saved_report import SavedReport


def live_page(run: RunOutcome, details: UtteranceDetails) -> bytes:
    """The page as UTF-8 HTML."""
    return page(SavedReport(json.loads(json_bytes(run)), utterance_table(run, details).to_pydict()))
