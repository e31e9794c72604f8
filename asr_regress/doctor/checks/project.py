"""This folder's thresholds.yaml, data and baseline; read, nothing is transcribed."""

from collections.abc import Iterator, Mapping
from typing import Any

from asr_regress.doctor.child import LACKING, Answer
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, note, ok, problem, warning

_CATEGORIES_SHOWN = 12


def thresholds(examination: Examination) -> Iterator[Finding]:
    """Whether the limits can be read."""
    answer = examination.answer("thresholds")
    if answer.trouble is not None:
        yield _unusable("thresholds", answer)
    elif answer.values["path"] is None:
        yield note("thresholds", "no thresholds.yaml here", "asr-regress init writes one to start from")
    elif not answer.values["limits"]:
        path = answer.values["path"]
        yield warning(
            "thresholds", f"{path} sets no limit: a gate by it judges nothing", "set one, such as cer: {max: 10}"
        )
    else:
        values = answer.values
        count = values["limits"]
        yield ok("thresholds", f"{values['path']}: {count} limit{'s' * (count > 1)}", values)


def data(examination: Examination) -> Iterator[Finding]:
    """How many utterances there are, and what is amiss with them."""
    answer = examination.answer("data")
    if answer.trouble is not None:
        if examination.answer("thresholds").trouble is None:  # otherwise it is the same trouble
            yield _unusable("data", answer)
        return
    values = answer.values
    if values["path"] is None:
        yield note("data", "no data named", "`data: PATH` in thresholds.yaml, or --asr-data=PATH")
        return
    yield _counted(values)
    if values["unmet"]:
        yield problem("data", values["unmet"], "correct the name, or take the limit out")


def baseline(examination: Examination) -> Iterator[Finding]:
    """Whether the baseline, if one is named, can be read."""
    answer = examination.answer("baseline")
    if answer.trouble is not None:
        if examination.answer("thresholds").trouble is None:
            yield _unusable("baseline", answer)
    elif answer.values["path"] is not None:
        values = answer.values
        yield ok("baseline", f"{values['path']}: {values['model']}, {values['utterances']:,} utterances", values)


def _unusable(name: str, answer: Answer) -> Finding:
    """A message of the gate's own says how to mend it."""
    assert answer.trouble is not None
    if answer.trouble.kind in LACKING:
        return note(name, "not looked at while packages are missing")
    return problem(name, answer.trouble.what)


def _counted(values: Mapping[str, Any]) -> Finding:
    categories: Mapping[str, int] = values["categories"]
    total = sum(categories.values())
    parts = [f"{name}:{count:,}" for name, count in categories.items()]
    more = len(parts) - _CATEGORIES_SHOWN
    listed = ", ".join(parts[:_CATEGORIES_SHOWN]) + (f" and {more} categories more" if more > 0 else "")
    found = f"{values['path']} ({values['format']}): {total:,} utterances: {listed}"
    if values["empty"]:
        found += f"; {values['empty']:,} with an empty reference"
    if values["absent"]:
        first = ", ".join(values["first_absent"])
        return problem(
            "data",
            f"{found}; {values['absent']:,} of the recordings are not there, such as {first}",
            "put them there, or correct their paths in the manifest (relative ones start at the manifest's folder)",
            details=values,
        )
    if values["problems"]:
        first = "; ".join(values["first_problems"])
        return warning(
            "data",
            f"{found}; {values['problems']:,} entries could not be used: {first}",
            "mend those entries",
            details=values,
        )
    return ok("data", found, values)
