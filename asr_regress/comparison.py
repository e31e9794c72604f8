"""A run held against its baseline: under which conditions, and whether they are alike enough."""

import platform
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress, repeat

from asr_regress import __version__
from asr_regress.basics.columns import column_of
from asr_regress.basics.garbage import uncollected
from asr_regress.cases import categories_needed, judgeable
from asr_regress.corpus.utterance import Utterance
from asr_regress.gate.baseline import FactsInColumns, RunFacts
from asr_regress.gate.comparability import Comparability, require_comparable
from asr_regress.setup import Setup
from asr_regress.transcription.hypotheses import Hypotheses
from asr_regress.transcription.models import Model
from asr_regress.transcription.settings import DecodingSettings, Request
from asr_regress.transcription.transcribable import Transcribable

_AUDIO_KEY_LENGTH = 8
_CODE_LENGTH = 2
_NOTHING: Mapping[str, str] = {}


def requested_decoding(request: Request, checkpoint: Transcribable) -> Mapping[str, str]:
    """The part of a decoding that is known before a machine has settled on the rest."""
    known = {"task": request.task, "num_beams": str(request.num_beams)}
    language = request.language.lower() if request.language and checkpoint.multilingual else None
    if language and len(language) != _CODE_LENGTH:
        return known  # a name, such as Korean: what it is the name of, the recognizer knows
    return {**known, "language": str(language if checkpoint.multilingual else "en")}


def environment_of(settings: DecodingSettings | None) -> Mapping[str, str]:
    """The versions and the hardware a run rests on, by readable name; without settings, what is true of any run here.

    A baseline records them, and where they differ a comparison with it is warned of.
    """
    return {
        **(settings.versions if settings else {}),
        "asr_regress": __version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def run_facts(
    setup: Setup,
    decoding: Mapping[str, str],
    environment: Mapping[str, str] = _NOTHING,
    digests: Mapping[str, str] = _NOTHING,
) -> RunFacts:
    """The conditions of a run of one model.

    Where limits name only some categories, the others are neither transcribed nor part of a baseline: a run is held
    against a baseline in what it judges.

    Args:
        setup: Of the run.
        decoding: As far as it is known.
        environment: Versions and hardware, as far as they are known.
        digests: Of recordings, by path, as far as they are known.
    """
    judged = set(categories_needed(setup, judgeable(setup)))
    return RunFacts(
        text_rules=text_rules_of(setup),
        metrics=tuple(metric.name for metric in setup.counted if metric.base is None),
        required=tuple(dict.fromkeys(metric.held_by for metric in setup.metrics)),
        decoding=decoding,
        environment=environment,
        utterances=_facts(setup, judged, digests),
        whole=not setup.selection.partial and judged.issuperset(setup.manifest.categories),
    )


def _facts(setup: Setup, judged: AbstractSet[str], digests: Mapping[str, str]) -> FactsInColumns:
    utterances: Sequence[Utterance] = setup.selection.utterances
    keys = setup.reference_keys
    if not judged >= {*setup.manifest.categories}:
        mine = [each.category in judged for each in utterances]
        utterances, keys = list(compress(utterances, mine)), list(compress(keys, mine))
    recordings = audio_keys(digests, [each.audio for each in utterances]) if digests else repeat(None, len(utterances))
    return FactsInColumns(
        [each.id for each in utterances],
        [each.category for each in utterances],
        keys,
        [key or "" for key in recordings],
    )


def compare_conditions(
    setup: Setup,
    decoding: Mapping[str, str],
    environment: Mapping[str, str] = _NOTHING,
    digests: Mapping[str, str] = _NOTHING,
) -> Comparability:
    """What is to be said of the comparison with the baseline. For the arguments see `run_facts`.

    Raises:
        BaselineError: The run is not comparable with its baseline.
    """
    if setup.baseline is None:
        return Comparability()
    with uncollected():
        facts = run_facts(setup, decoding, environment, digests)
        return require_comparable(setup.baseline, facts, str(setup.baseline_path))


def check_before(setup: Setup, model: Model) -> Callable[[Mapping[str, str]], None]:
    """Refuses, before a model is asked, what can be seen to be incomparable with the baseline.

    Returns:
        What is told the digests of the recordings, by path, as far as they are known; it raises a BaselineError where
        data, text rules, metrics or decoding differ.
    """
    decoding = {} if isinstance(model, Hypotheses) else requested_decoding(setup.request, model)

    def check(digests: Mapping[str, str]) -> None:
        compare_conditions(setup, decoding, digests=digests)

    return check


def audio_keys(digests: Mapping[str, str], paths: Sequence[str]) -> list[str | None]:
    """What tells each recording from another, of its SHA-256: for noticing changes, not for security."""
    return [digest and digest[:_AUDIO_KEY_LENGTH] for digest in column_of(digests, paths)]


def text_rules_of(setup: Setup) -> str:
    """Name and version of the text rules."""
    return str(setup.rules)
