"""Read each recording once to learn its digest and length; remember both by size and time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from asr_regress.basics.progress import Progress, ProgressFactory
from asr_regress.corpus.audio import LONGEST, MAX_SECONDS
from asr_regress.corpus.audio_facts import AudioFacts, derive_facts
from asr_regress.corpus.inspector import Inspector
from asr_regress.corpus.sound_header import over_limit
from asr_regress.corpus.sources import in_order, whole_of
from asr_regress.transcription.store.known import KnownFacts
from asr_regress.transcription.store.stamps import stamps_of
from asr_regress.transcription.store.store import Store

_TOGETHER = 250


def inspect_files(
    paths: Sequence[str], store: Store, progress: ProgressFactory, max_seconds: float = MAX_SECONDS
) -> tuple[KnownFacts, Mapping[str, str]]:
    """Facts of the recordings that can be used, and the reasons of those that cannot; by path.

    Args:
        paths: Recordings.
        store: Remembers facts, whatever the limit; of what cannot be used it remembers nothing.
        progress: Told how far it is.
        max_seconds: A longer recording cannot be used.

    Raises:
        MeasurementError: No recording can be read: libsndfile is not there, or no process can be started.
    """
    facts = store.recall_files(paths)
    reasons: dict[str, str] = {}
    digests = facts.digests.values_in_order
    unknown = sorted({path for path, digest in zip(paths, digests, strict=True) if digest is None})
    if unknown:
        wholes = dict.fromkeys(path for path in unknown if whole_of(path) == path)
        # A recording of which parts are asked for is read once, and may be longer than any of them.
        of_parts = dict.fromkeys(whole for path in unknown if (whole := whole_of(path)) not in wholes)
        found: dict[str, AudioFacts] = {}
        with progress("reading recordings", len(wholes) + len(of_parts)) as bar:
            for some, longest in ((wholes, max_seconds), (of_parts, LONGEST)):
                fresh, unusable = _look_at(sorted(some, key=in_order), store, bar, longest)
                found |= fresh
                reasons |= unusable
        derived, beyond = derive_facts(unknown, found)
        whole_reasons, reasons = reasons, beyond
        reasons |= {path: why for path in unknown if (why := whole_reasons.get(whole_of(path))) is not None}
        facts = KnownFacts.of(paths, {**facts, **derived})
    lengths = zip(paths, facts.seconds.values_in_order, strict=True)
    too_long = {path: seconds for path, seconds in lengths if seconds is not None and seconds > max_seconds}
    if too_long:
        reasons |= {path: over_limit(seconds, max_seconds) for path, seconds in too_long.items()}
        facts = KnownFacts.of(paths, {path: fact for path, fact in facts.items() if path not in too_long})
    return facts, reasons


def _look_at(
    paths: Sequence[str], store: Store, bar: Progress, max_seconds: float
) -> tuple[dict[str, AudioFacts], dict[str, str]]:
    facts: dict[str, AudioFacts] = {}
    reasons: dict[str, str] = {}
    if paths:
        with closing(Inspector(max_seconds)) as inspector:
            for part in _parts(paths):
                stamps = stamps_of(part)
                found = dict(zip(part, inspector.look(part), strict=True))
                fresh = {path: fact for path, fact in found.items() if isinstance(fact, AudioFacts)}
                store.remember_files(fresh.items(), stamps)
                facts |= fresh
                reasons |= {path: reason for path, reason in found.items() if isinstance(reason, str)}
                bar.advance(len(part))
    return facts, reasons


def _parts(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[start : start + _TOGETHER] for start in range(0, len(paths), _TOGETHER))
