"""What reports show of utterances beside their scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class UtteranceDetails:
    """Facts about utterances that scoring does not know, by utterance id; any may be missing.

    Attributes:
        audio: Path of the recording.
        durations: Seconds.
        baseline_errors: The baseline's errors, by metric and then by id.
        speakers: Who speaks, as the manifest names them.
        audio_keys: Eight hexadecimal digits of a digest of the recording, where it was read.
    """

    audio: Mapping[str, str] = field(default_factory=dict)
    durations: Mapping[str, float] = field(default_factory=dict)
    baseline_errors: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    speakers: Mapping[str, str] = field(default_factory=dict)
    audio_keys: Mapping[str, str] = field(default_factory=dict)
