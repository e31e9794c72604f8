"""Which models of two kept runs are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from asr_regress.basics.naming import unknown_name
from asr_regress.errors import RunError
from asr_regress.runs.reading import SavedRun


@dataclass(frozen=True)
class Pairing:
    """What was asked for.

    Attributes:
        models: Names of models of the later run; empty for all of them.
        against: Name of the model of the earlier run; None for the one of the same name, or its only one.
    """

    models: Sequence[str] = field(default_factory=tuple)
    against: str | None = None


def pairs_of(first: SavedRun, second: SavedRun, pairing: Pairing) -> dict[str, list[str]]:
    """Names of the later run's models by the name of the earlier run's model that each is held against.

    Raises:
        RunError: A model is unknown or was not measured, or it is not clear which ones are meant.
    """
    before = [model.name for model in first.summary.models if model.error is None]
    after = [model.name for model in second.summary.models]
    for name, known, which in (
        *((name, after, second) for name in pairing.models),
        *([(pairing.against, before, first)] if pairing.against is not None else []),
    ):
        if name not in known:
            raise RunError(f"{which.name}: {unknown_name('model', name, known)}")
    if not before:
        raise RunError(f"{first.name}: none of its models was measured")
    pairs: dict[str, list[str]] = {}
    for name in pairing.models or after:
        other = pairing.against or (name if name in before else before[0] if len(before) == 1 else None)
        if other is not None:
            pairs.setdefault(other, []).append(name)
        elif pairing.models:
            break
    if not pairs or (pairing.models and sum(map(len, pairs.values())) < len(set(pairing.models))):
        raise RunError(
            f"{first.name} has the models {', '.join(before)}, and none of them has the name of one of "
            f"{second.name}: {', '.join(after)}. Say which one to compare with: --against=NAME"
        )
    return pairs
