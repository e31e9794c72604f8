"""How a model's measurement ended in a run, as the store keeps it for every process of the run.

A failure is recorded too: otherwise each pytest-xdist worker would try, and fail, again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from asr_regress.transcription.settings import DecodingSettings


@dataclass(frozen=True)
class Tally:
    """What a measurement took; only what was transcribed in it counts.

    Attributes:
        audio_seconds: Audio transcribed.
        wall_seconds: From the first loaded worker to the last result.
        load_seconds: Loading the model, by the slowest worker.
        cached: Recordings whose hypothesis was in the store.
        transcribed: Recordings that went through the model.
    """

    audio_seconds: float = 0.0
    wall_seconds: float = 0.0
    load_seconds: float = 0.0
    cached: int = 0
    transcribed: int = 0


@dataclass(frozen=True)
class RunRecord:
    """How a model's measurement ended.

    Attributes:
        recognizer: Fingerprint of the model; empty where it failed before that was known.
        settings: None where nothing was settled on.
        reasons: Why there is no hypothesis, by path of the recording.
        error: Why the model was not measured at all; None otherwise.
        unusable: Whether that error lies in what the user gave.
    """

    recognizer: str = ""
    settings: DecodingSettings | None = None
    tally: Tally = field(default_factory=Tally)
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str | None = None
    unusable: bool = False

    def with_reasons(self, reasons: Mapping[str, str]) -> "RunRecord":
        """The same record with other reasons."""
        return replace(self, reasons=reasons)

    def to_json(self) -> str:
        """For the store."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "RunRecord":
        """The inverse of `to_json`."""
        values = json.loads(text)
        settings = values.pop("settings")
        return cls(
            settings=DecodingSettings(**settings) if settings else None,
            tally=Tally(**values.pop("tally")),
            notes=tuple(values.pop("notes")),
            **values,
        )
