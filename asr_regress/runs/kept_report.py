"""report.json of a kept run: without what can be had of its utterances, and what takes longest to make."""

import json
from dataclasses import replace

from asr_regress.basics.printable import harmless_json
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.curve import curve_values
from asr_regress.reports.json_report import report

CLASSES = "error_classes"
"""What is left out: classifying the errors takes longer than all the rest, and is done when the run is looked at."""


def kept_report(run: RunOutcome) -> bytes:
    """The report as UTF-8 text, without the classes of errors."""
    values = report(replace(run, models=tuple(replace(model, utterances=()) for model in run.models)))
    values["curve"] = curve_values(run)
    for model in values["models"]:
        for part in (*model["categories"].values(), model["total"]):
            part.pop(CLASSES, None)
    text = harmless_json(json.dumps(values, ensure_ascii=False, allow_nan=False)) + "\n"
    return text.encode("utf-8", "backslashreplace")
