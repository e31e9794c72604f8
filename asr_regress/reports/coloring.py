"""Colors of verdicts on a terminal; nothing is said by them alone."""

from asr_regress.gate.verdict import Verdict

_RESET = "\x1b[0m"
_COLORS = {
    Verdict.REGRESSED: "\x1b[31m",
    Verdict.NOT_MEASURED: "\x1b[33m",
    Verdict.INCONCLUSIVE: "\x1b[33m",
    Verdict.PASS: "\x1b[32m",
    Verdict.NOT_JUDGED: "",
}


def colored(text: str, verdict: Verdict, color: bool) -> str:
    """Text in the color of a verdict, if there is to be any."""
    return f"{_COLORS[verdict]}{text}{_RESET}" if color and _COLORS[verdict] else text
