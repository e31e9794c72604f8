"""What GitHub Actions shows of a run: the step summary and annotations."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from asr_regress.gate.policy import OnInconclusive
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import Case, cases_with
from asr_regress.reports.fitting import LIMIT
from asr_regress.reports.layout import clip, one_line
from asr_regress.reports.wording import case_phrase, said, short, verdict_word

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
_WORKSPACE = "GITHUB_WORKSPACE"
_SUMMARY_BYTES = 1_048_576  # Of a step; GitHub takes no more.
_LEAST = 2_000  # Characters below which a report says nothing.
_MOST = 10  # GitHub shows no more annotations of a kind and step.
_MESSAGE = 1_000  # Columns of a message; GitHub takes 64 KiB, nobody reads it.


@dataclass(frozen=True, slots=True)
class Place:
    """Where an annotation points: a file of the checkout, as seen from its top, and a line of it."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A test, fixture or file of tests that broke, so that it came to no verdict.

    Attributes:
        what: Such as "tests/test_gate.py::test_error_rate[m-D01-cer] setup".
        why: What was raised.
        place: Where the test stands; None where that is outside of the checkout.
    """

    what: str
    why: str
    place: Place | None = None


def is_github(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs in GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def place(
    path: Path | str | None, line: int | None = None, environment: Mapping[str, str] = os.environ
) -> Place | None:
    """Where a file stands in the checkout; None for one that is outside of it, or where there is no checkout."""
    top = environment.get(_WORKSPACE)
    if path is None or not top:
        return None
    try:
        relative = Path(path).resolve().relative_to(Path(top).resolve())
    except (OSError, ValueError, RuntimeError):
        return None
    return Place(relative.as_posix(), line)


def has_step_summary(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this step has a summary to append to."""
    return bool(environment.get(SUMMARY_VARIABLE))


def append_step_summary(render: Callable[[int], str], environment: Mapping[str, str] = os.environ) -> bool:
    """Append Markdown to the summary of this step.

    GitHub drops the whole summary of a step where it is over 1 MiB, so what other commands of the step wrote before
    counts.

    Args:
        render: Gives the Markdown in so many characters at most.
        environment: Names the file.

    Returns:
        Whether anything was appended. A file that cannot be written is none: a report about the run must not decide
        over it.
    """
    path = environment.get(SUMMARY_VARIABLE)
    if not path:
        return False
    try:
        there = Path(path).stat().st_size if Path(path).exists() else 0
        room = (_SUMMARY_BYTES - there) // 4 - 2  # UTF-8 takes four bytes a character at most.
        if room < _LEAST:
            return False
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(render(min(room, LIMIT)).rstrip("\n") + "\n\n")
    except (OSError, ValueError):
        return False
    return True


def annotations(run: RunOutcome | None, broken: Iterable[Broken] = (), limits: Place | None = None) -> list[str]:
    """Workflow commands, one line each: an error for what closes the gate, a warning for what is undecided.

    At most ten of a kind; the tenth counts the others. What thresholds.yaml lets pass undecided has none.

    Args:
        run: The outcome; None where there is none.
        broken: What came to no verdict because it broke, first of all.
        limits: Where thresholds.yaml stands: what is not green is shown there.
    """
    errors = [_command("error", one_line(each.what), clip(one_line(each.why), _MESSAGE), each.place) for each in broken]
    warnings: list[str] = []
    for model in () if run is None else run.models:
        if model.error is not None:
            errors.append(_command("error", f"{short(model.name)} not measured", said(model.error), limits))
            continue
        errors += [_case("error", case, limits) for case in cases_with(model, Verdict.REGRESSED)]
        errors += [_case("error", case, limits) for case in cases_with(model, Verdict.NOT_MEASURED)]
        for case in cases_with(model, Verdict.INCONCLUSIVE):
            if case.outcome.judgement.fails:
                errors.append(_case("error", case, limits))
            elif case.outcome.judgement.on_inconclusive is not OnInconclusive.PASS:
                warnings.append(_case("warning", case, limits))
    return [*_limited("error", errors), *_limited("warning", warnings)]


def refusal(message: str, where: Place | None = None) -> str:
    """The annotation of what a user gave and cannot be used."""
    return _command("error", "asr-regress cannot start", clip(one_line(message), _MESSAGE), where)


def _case(level: str, case: Case, where: Place | None) -> str:
    judgement = case.outcome.judgement
    title = f"{short(case.model)} {verdict_word(judgement.verdict)}: {short(case.category)}"
    message = "; ".join([case_phrase(case), *map(said, judgement.reasons)])
    return _command(level, title, clip(message, _MESSAGE), where)


def _limited(level: str, commands: list[str]) -> list[str]:
    if len(commands) <= _MOST:
        return commands
    kept = commands[: _MOST - 1]
    return [*kept, _command(level, "asr-regress", f"and {len(commands) - len(kept)} more: see the summary")]


def _command(level: str, title: str, message: str, where: Place | None = None) -> str:
    """``::error title=...::message``, escaped as GitHub's own toolkit does (packages/core/src/command.ts)."""
    at = "" if where is None else f"file={_property(one_line(where.file))},"
    at += f"line={where.line}," if where is not None and where.line else ""
    return f"::{level} {at}title={_property(one_line(title))}::{_data(one_line(message))}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.encode("utf-8", "backslashreplace").decode("utf-8")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
