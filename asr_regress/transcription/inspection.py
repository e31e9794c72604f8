"""Read each recording once to learn its digest and length; remember both by size and time."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from asr_regress.basics.progress import Progress, ProgressFactory
from asr_regress.corpus.audio import LONGEST, MAX_SECONDS
from asr_regress.corpus.audio_facts import AudioFacts, derive_facts
from asr_regress.corpus.inspector import Inspector
from asr_regress.corpus.sound_header import over_limit
from asr_regress.corpus.sources import in_order, whole_of
from asr_regress.transcription.store.store import Store, stamps_of

_TOGETHER = 250

Inspected = tuple[dict[str, AudioFacts], dict[str, str]]
"""Facts of the recordings that can be used, and the reasons of those that cannot; by path."""


def inspect_files(
    paths: Sequence[str], store: Store, progress: ProgressFactory, max_seconds: float = MAX_SECONDS
) -> Inspected:
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
    unknown = sorted(set(paths) - facts.keys()) if len(facts) < len(paths) else []
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
        facts |= derived
        whole_reasons, reasons = reasons, beyond
        reasons |= {path: why for path in unknown if (why := whole_reasons.get(whole_of(path))) is not None}
    too_long = {path: fact.seconds for path, fact in facts.items() if fact.seconds > max_seconds}
    reasons |= {path: over_limit(seconds, max_seconds) for path, seconds in too_long.items()}
    usable = {path: fact for path, fact in facts.items() if path not in too_long} if too_long else facts
    return usable, reasons


def _look_at(paths: Sequence[str], store: Store, bar: Progress, max_seconds: float) -> Inspected:
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
