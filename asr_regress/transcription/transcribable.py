"""What can be transcribed with: a checkpoint that an engine loads, or a model on a server."""

from typing import Protocol


class Transcribable(Protocol):
    """What engines, the store and time limits need to know of a model."""

    @property
    def name(self) -> str:
        """Short name, in tables and test ids."""
        ...

    @property
    def given(self) -> str:
        """What the user wrote, as far as it may be shown."""
        ...

    @property
    def backend(self) -> str:
        """Name of what transcribes."""
        ...

    @property
    def multilingual(self) -> bool:
        """Whether it takes a language."""
        ...

    @property
    def window_seconds(self) -> float:
        """The longest audio it hears at once."""
        ...

    @property
    def weight_bytes(self) -> int:
        """Size of the weights on disk."""
        ...
