"""Read each recording once to learn its digest and length; remember both by size and time."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from asr_regress.corpus.audio import MAX_SECONDS, AudioFacts
from asr_regress.corpus.sound_header import over_limit
from asr_regress.transcription.inspector import Inspector
from asr_regress.transcription.progress import ProgressFactory
from asr_regress.transcription.store import Store, stamps_of

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
        with progress("reading recordings", len(unknown)) as bar, closing(Inspector(max_seconds)) as inspector:
            for part in _parts(unknown):
                stamps = stamps_of(part)
                found = dict(zip(part, inspector.look(part), strict=True))
                fresh = {path: fact for path, fact in found.items() if isinstance(fact, AudioFacts)}
                store.remember_files(fresh.items(), stamps)
                facts |= fresh
                reasons |= {path: reason for path, reason in found.items() if isinstance(reason, str)}
                bar.advance(len(part))
    too_long = {path: fact.seconds for path, fact in facts.items() if fact.seconds > max_seconds}
    reasons |= {path: over_limit(seconds, max_seconds) for path, seconds in too_long.items()}
    usable = {path: fact for path, fact in facts.items() if path not in too_long} if too_long else facts
    return usable, reasons


def _parts(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[start : start + _TOGETHER] for start in range(0, len(paths), _TOGETHER))
