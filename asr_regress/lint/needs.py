"""What a check of the lint may ask for."""

from enum import StrEnum


class Needs(StrEnum):
    """What a check cannot do without, beside the manifest."""

    NOTHING = "nothing"
    RECORDINGS = "recordings"
    """Their headers and bytes."""
    SAMPLES = "samples"
    """Recordings that were decoded."""
    TRAINING = "training"
    """The manifest of other data."""
    TRAINING_RECORDINGS = "training recordings"
