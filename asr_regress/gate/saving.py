"""Whether a model's outcome should become a baseline. Pure."""

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.verdict import Verdict


def against_saving(outcome: ModelOutcome) -> list[str]:
    """Why an outcome should not become a baseline, one phrase each; empty when it may."""
    if outcome.error is not None:
        return [f"the model was not measured: {outcome.error}"]
    reasons = []
    if outcome.verdict is Verdict.REGRESSED:
        reasons.append("a limit was exceeded (if that is the model in use, raise its `max`, or leave it out)")
    if failed := outcome.total.accounting.failed:
        reasons.append(f"{failed} utterance{'s' if failed > 1 else ''} failed (mend the data, or leave them out)")
    elif unknown := [name for name, each in outcome.categories.items() if each.verdict is Verdict.NOT_MEASURED]:
        reasons.append(f"not measured: {', '.join(unknown)}")
    return reasons
