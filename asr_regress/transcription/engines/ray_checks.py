"""Whether a worker may be used where it is: what it found there, held against what it is to do."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import SettingsRejectedError
from asr_regress.transcription.engines.ray_node import Place, Question, code, marks
from asr_regress.transcription.engines.worker import Outcome, readable
from asr_regress.transcription.plan import Batch
from asr_regress.transcription.settings import DecodingSettings, library_versions

_RECORDINGS = 64
_SHOWN = 3
_MOUNT = (
    "Every machine of the cluster has to see the data and the model under the same paths: mount the shared file system "
    "there, too, or name a path that is shared"
)


class Standard:
    """What every worker of a run has to match.

    Attributes:
        question: What it is asked.
    """

    def __init__(self, checkpoint: Checkpoint, settings: DecodingSettings | None, batches: Sequence[Batch]) -> None:
        """See how it is here.

        Args:
            checkpoint: The model.
            settings: What was settled on; None where that is still to be found out.
            batches: The plan.
        """
        self._settings = settings
        self._checkpoint = checkpoint if checkpoint.folder.is_dir() else None
        self._model: tuple[str, ...] | None = None
        self._first: Place | None = None
        gpu = settings is not None and settings.device.startswith("cuda")
        self._versions = library_versions(*checkpoint.libraries) if settings is None else settings.versions
        self.question = Question(tuple(self._versions), self._checkpoint, _some(batches), gpu)

    def check(self, place: Place) -> None:
        """Refuse a worker that would say something else, or nothing, where it is.

        Raises:
            MeasurementError: It would; says on which machine, what differs and how to mend it.
            SettingsRejectedError: The cluster has other GPUs than those that the settings are for.
        """
        for trouble in self._troubles(place):
            raise MeasurementError(f"Ray cluster, {place.node}: {trouble}")
        self._first = self._first or place

    def _troubles(self, place: Place) -> Iterator[str]:
        yield from _software(place, self._versions)
        yield from self._files(place)
        yield from self._hardware(place)

    def _hardware(self, place: Place) -> Iterator[str]:
        kind = self._settings.device if self._settings is not None else ""
        if kind.startswith("cuda (") and kind != f"cuda ({place.gpu})":
            if self._settings is not None and self._first is None and place.gpu:
                settings = replace(self._settings, device=f"cuda ({place.gpu})")
                raise SettingsRejectedError(settings, f"the cluster has other GPUs than last time: {place.gpu}")
            yield (
                f"its GPU is {place.gpu or 'not seen by torch'}, the settings are for {kind}; GPUs of different kinds "
                "round differently: run on one kind alone"
            )
        first = self._first
        if first is not None and kind == "cpu" and place.processor != first.processor:
            differing = sorted(set(place.processor) ^ set(first.processor))
            yield (
                f"its CPU and that of {first.node} are of different kinds ({', '.join(differing)}) and round "
                "differently: run on one kind alone"
            )

    def _files(self, place: Place) -> Iterator[str]:
        unseen = [path for path in place.unseen if readable(path)]
        if unseen:
            yield not_seen(unseen, len(self.question.recordings))
        if self._checkpoint is None:
            return
        folder = self._checkpoint.folder
        self._model = self._model or marks(self._checkpoint)
        if place.model is None and self._model is not None:
            yield f"there is no model {folder} (from {self._checkpoint.given}). {_MOUNT}"
            return
        differing = sorted(set(place.model or ()) ^ set(self._model or ()))
        if differing:
            names = ", ".join(dict.fromkeys(line.split(" ")[0] for line in differing[: 2 * _SHOWN]))
            yield f"the model {folder} is not the same there as here: {names} differ. {_MOUNT}"


def check_seen(node: str, batch: Batch, outcome: Outcome) -> None:
    """Refuse a worker that could not open recordings which can be opened here.

    Raises:
        MeasurementError: It could not.
    """
    unseen = {row.digest for row in outcome.rows if row.unseen}
    ours = [item.audio for item in batch.items if item.digest in unseen and readable(item.audio)] if unseen else []
    if ours:
        raise MeasurementError(f"Ray cluster, {node}: {not_seen(ours, len(batch.items))}")


def not_seen(paths: Sequence[str], of: int) -> str:
    """That recordings are not there, and what to do."""
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    shown = ", ".join(paths[:_SHOWN])
    return f"{len(paths)} of {of} recordings that are here cannot be opened there: {shown}{more}. {_MOUNT}"


def _software(place: Place, wanted: Mapping[str, str]) -> Iterator[str]:
    ours = platform.python_version()
    if place.python.split(".")[:2] != ours.split(".")[:2]:
        yield f"it runs Python {place.python}, this machine {ours}: use one of them everywhere"
    if place.code != code():
        yield "it has other code of asr_regress than this machine: install the same version everywhere"
    differing = [f"{name} {found}, not {wanted[name]}" for name, found in place.libraries if found != wanted[name]]
    if differing:
        yield (
            f"it has {'; '.join(differing)}: transcripts could differ. Install the same versions everywhere, on this "
            "machine, too"
        )


def _some(batches: Sequence[Batch]) -> tuple[str, ...]:
    """Some recordings of a plan: one a folder first, then others spread over the plan."""
    paths = [item.audio for batch in batches for item in batch.items]
    by_folder = {str(Path(path).parent): path for path in reversed(paths)}
    step = max(1, len(paths) // _RECORDINGS)
    return tuple(dict.fromkeys([*by_folder.values()][:_RECORDINGS] + paths[::step][:_RECORDINGS]))
