"""The manifest formats that are understood: one module each, one line each in ``READERS``."""

from typing import Protocol

from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.readers.common_voice import CommonVoiceReader
from asr_regress.corpus.readers.folders import FoldersReader
from asr_regress.corpus.readers.jsonl import JsonlReader
from asr_regress.corpus.readers.kaldi import KaldiReader
from asr_regress.corpus.readers.lhotse import LhotseReader
from asr_regress.corpus.readers.librispeech import LibriSpeechReader
from asr_regress.corpus.readers.nia import NiaReader
from asr_regress.corpus.readers.parquet import ParquetReader
from asr_regress.corpus.readers.saved_dataset import SavedDatasetReader
from asr_regress.corpus.readers.sctk import StmReader, TrnReader
from asr_regress.corpus.readers.table import TableReader


class Reader(Protocol):
    """Reads one manifest format."""

    @property
    def name(self) -> str:
        """Short name of the format, which reports show."""

    @property
    def layout(self) -> str:
        """What such data looks like, in one line, for messages."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of the manifest files, in lower case; none where the data is a tree."""

    def recognizes(self, path: str) -> bool:
        """Says whether the data are of this format; asked in the order of ``READERS`` until one says yes.

        Args:
            path: Absolute path of a file or folder that exists. Look at little: every reader before is asked, too.

        Raises:
            DataError: It cannot be read.
        """

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds what is found to the builder, entry by entry.

        Args:
            path: As given to `recognizes`.
            builder: Takes utterances (`add`) and what could not become one (`broken`, `problem`); it checks both.

        Raises:
            DataError: The file as a whole cannot be used; a bad entry is a problem of the builder instead.
        """


READERS: tuple[Reader, ...] = (
    LhotseReader(),
    TrnReader(),
    StmReader(),
    JsonlReader(),
    CommonVoiceReader(),
    TableReader(),
    KaldiReader(),
    SavedDatasetReader(),
    NiaReader(),
    LibriSpeechReader(),
    ParquetReader(),
    FoldersReader(),
)
"""In the order in which they are asked; the first that recognizes the data reads it."""
