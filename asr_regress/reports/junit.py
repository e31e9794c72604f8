"""JUnit XML as GitLab and Jenkins show it well: the numbers of a gate test as properties, pytest's file mended.

pytest writes the file. It knows no verdicts: a case that was not measured is a failure to it, every case is of the
class that the test's module is, and what passed says nothing. `mended` makes that good.
"""

from xml.etree import ElementTree as ET

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import Case, cases_of, category_of, model_of
from asr_regress.reports.certainty import hanging_text
from asr_regress.reports.findings import brief_reasons, shortened
from asr_regress.reports.intervals import delta_interval, rate_interval
from asr_regress.reports.layout import one_line
from asr_regress.reports.wording import case_phrase, limit_text, said, short, verdict_sentence, verdict_word
from asr_regress.scoring.intervals import Interval

_MOST = 20_000_000
"""Characters of all texts together: GitLab takes no file of more than 30 MB."""
_REASONS = 3


def case_properties(run: RunOutcome, model: str, category: str, metric: str) -> list[tuple[str, str]]:
    """Properties of a case, in a fixed order, as text; what there is not is empty.

    Rates and limits are percent, ``delta`` is percentage points, all with four decimals; of a category without speech
    they are words a minute, and ``reference_length`` is milliseconds. ``ci`` and ``delta_ci`` are
    their intervals at the ``confidence``, as two numbers with a space between them; ``p`` is the one-sided p-value
    that the verdict went by, after the correction over categories. In names what is invisible is an escape.

    Raises:
        KeyError: The run has no such model, category or metric.
    """
    found = category_of(model_of(run, model), category)
    outcome = found.metrics[metric]
    counts, baseline, evidence = outcome.counts, outcome.baseline, outcome.evidence
    p = None if evidence is None else evidence.p_adjusted
    return [
        ("model", one_line(model)),
        ("category", one_line(category)),
        ("metric", metric),
        ("verdict", outcome.judgement.verdict.value),
        ("rate", _number(counts.percent)),
        ("ci", _ends(rate_interval(outcome))),
        ("limit", limit_text(outcome.limit, metric)),
        ("baseline", _number(None if baseline is None else baseline.percent)),
        ("delta", _number(outcome.delta)),
        ("delta_ci", _ends(delta_interval(outcome))),
        ("confidence", "" if evidence is None else f"{evidence.confidence:g}"),
        ("p", "" if p is None else f"{p:.3g}"),
        ("substitutions", str(counts.substitutions)),
        ("deletions", str(counts.deletions)),
        ("insertions", str(counts.insertions)),
        ("reference_length", str(counts.reference_length)),
        ("utterances", str(found.accounting.expected)),
        ("failed", str(found.accounting.failed)),
    ]


def mended(xml: str, run: RunOutcome, *, prefix: str = "") -> str:
    """What pytest wrote, with the verdicts where GitLab and Jenkins look.

    A gate test is of the class ``model.category``, so that both list cases by model and category. Its failure has a
    message of one line and the verdict as its type; a case that was not measured is an error rather than a failure;
    one that passed says its numbers, and whether it is inconclusive, as its output. The suite has the run's verdict as
    a property. Tests that are no gate tests stay as they are.

    Args:
        xml: As pytest wrote it, in either of its families.
        run: The outcome.
        prefix: Stands before every class, as pytest's --junit-prefix does.

    Raises:
        ValueError: This is no JUnit XML.
    """
    try:
        root = ET.fromstring(xml)
    except ET.ParseError as error:
        raise ValueError(str(error)) from None
    cases = {
        (one_line(case.model), one_line(case.category), case.outcome.metric): case
        for model in run.models
        for case in cases_of(model)
    }
    room = _MOST
    for suite in root.iter("testsuite"):
        for test in suite.iter("testcase"):
            properties = {each.get("name", ""): each.get("value", "") for each in test.iter("property")}
            get = properties.get
            case = cases.get((get("model", ""), get("category", ""), get("metric", "")))
            if case is not None:
                _mend(suite, test, case, prefix)
                room = _trim(test, room)
        _add_properties(suite, run)
    return '<?xml version="1.0" encoding="utf-8"?>' + ET.tostring(root, encoding="unicode")


def _mend(suite: ET.Element, test: ET.Element, case: Case, prefix: str) -> None:
    judgement = case.outcome.judgement
    category = one_line(case.category).replace(".", "_")  # Jenkins takes what is behind the last dot for the class.
    test.set("classname", ".".join(part for part in (prefix, one_line(case.model), category) if part))
    verdict = f"{verdict_word(judgement.verdict).upper()}: "
    for failure in test.findall("failure"):
        if not (failure.text or "").startswith(verdict):
            continue  # It failed for a reason of its own.
        failure.set("message", verdict + summary(case))
        failure.set("type", judgement.verdict.value)
        if judgement.verdict is Verdict.NOT_MEASURED:
            failure.tag = "error"
            _count(suite, "failures", -1)
            _count(suite, "errors", 1)
    if not any(test.find(tag) is not None for tag in ("failure", "error", "skipped")):
        output = ET.SubElement(test, "system-out")
        output.text = "\n".join(_said_of(case)) + "\n"


def summary(case: Case) -> str:
    """A case in one line: its numbers, and the first of what there is to say."""
    reasons = [said(text) for reason in brief_reasons(case.outcome) if (text := shortened(reason))]
    return "; ".join([f"{short(case.model)} {case_phrase(case)}", *reasons[:_REASONS]])


def _said_of(case: Case) -> list[str]:
    lines = [
        f"{verdict_word(case.outcome.judgement.verdict)}: {short(case.model)} {case_phrase(case, sure=True)}",
        *map(said, brief_reasons(case.outcome)),
    ]
    return lines if case.outcome.hanging is None else [*lines, f"hangs on {hanging_text(case.outcome)}"]


def _trim(test: ET.Element, room: int) -> int:
    """Leave out the text of a failure for which there is no room; gives what is left of the room."""
    for node in test.iter():
        size = len(node.text or "")
        if size > room and node.tag in ("failure", "error", "system-out"):
            node.text, size = "left out: the file would be too large; see --asr-report", 0
        room -= size
    return max(room, 0)


def _count(suite: ET.Element, name: str, more: int) -> None:
    known = suite.get(name, "0")
    suite.set(name, str(int(known) + more) if known.isdecimal() else known)


def _add_properties(suite: ET.Element, run: RunOutcome) -> None:
    found = suite.find("properties")
    if found is None:
        found = ET.Element("properties")
        suite.insert(0, found)
    total = {
        "asr_verdict": run.verdict.value,
        "asr_sentence": verdict_sentence(run),
        "asr_partial": said("; ".join(run.data.partial)),
        "asr_data_fingerprint": run.data.fingerprint,
        "asr_expected": str(run.data.expected),
        "asr_baseline": "" if run.baseline is None else one_line(run.baseline),
        "asr_text_rules": one_line(run.text_rules),
    }
    for name, value in total.items():
        ET.SubElement(found, "property", name=name, value=value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _ends(interval: Interval | None) -> str:
    return "" if interval is None else f"{_number(interval.low)} {_number(interval.high)}"
