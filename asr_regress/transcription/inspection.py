"""Read each recording once to learn its digest and length, in threads; remember both by size and time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from asr_regress.corpus.audio import AudioFacts, inspect_audio
from asr_regress.errors import AudioError
from asr_regress.transcription.progress import ProgressFactory
from asr_regress.transcription.store import Store

_THREADS = 8
_WRITTEN_TOGETHER = 1000


def inspect_files(
    paths: Sequence[str], store: Store, progress: ProgressFactory
) -> tuple[dict[str, AudioFacts], dict[str, str]]:
    """Facts of the files that can be used, and the reasons of those that cannot; by path."""
    known = store.recall_files(paths)
    unknown = sorted(set(paths) - set(known))
    reasons: dict[str, str] = {}
    if not unknown:
        return known, reasons
    with progress("reading recordings", len(unknown)) as bar, ThreadPoolExecutor(_THREADS) as threads:
        for start in range(0, len(unknown), _WRITTEN_TOGETHER):
            part = unknown[start : start + _WRITTEN_TOGETHER]
            fresh = {}
            for path, found in zip(part, threads.map(_inspect, part), strict=True):
                if isinstance(found, AudioFacts):
                    fresh[path] = found
                else:
                    reasons[path] = found
                bar.advance(1)
            store.remember_files(fresh.items())
            known |= fresh
    return known, reasons


def _inspect(path: str) -> AudioFacts | str:
    try:
        return inspect_audio(path)
    except AudioError as error:
        return str(error)
