"""What can go wrong: every error a user may meet, by name.

A message says where, what was found, and how to mend it; none of these ever needs a traceback.
"""


class AsrRegressError(Exception):
    """Base of all errors that asr_regress raises on purpose."""


class InputError(AsrRegressError):
    """Something the user gave cannot be used; the gate ends with exit code 4."""


class ConfigurationError(InputError):
    """An option, an ini key or thresholds.yaml is wrong."""


class TextRuleError(ConfigurationError):
    """A text rule of the user's failed on a text.

    Attributes:
        text: What it was given.
    """

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


class DataError(InputError):
    """The data folder or the manifest cannot be used."""


class CheckpointError(InputError):
    """There is no such model, or it cannot be loaded safely."""


class BaselineError(InputError):
    """The baseline cannot be read, or is not comparable with this run."""


class RunError(InputError):
    """A run that was kept cannot be found or read, or two of them cannot be compared."""


class AudioError(AsrRegressError):
    """One recording cannot be used; its utterance fails, the run goes on."""


class MeasurementError(AsrRegressError):
    """The run could not be completed; its cases are not measured (exit code 10)."""
