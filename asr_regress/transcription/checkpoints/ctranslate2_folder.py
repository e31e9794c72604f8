"""A folder in CTranslate2's format, looked at without loading it: is it whole, is it Whisper, how is it stored.

``model.bin`` is read by native code, so its headers are checked here first: every variable of a known type, of the
size that its shape asks for, and within the file. Values are not looked at; a file of the right shape can hold any
numbers, as safetensors can.

Layout of ``model.bin``, little-endian: u32 version, string spec, u32 revision, u32 count; for each variable: string
name, u8 rank, u32 dimensions, u8 type, u32 size in bytes, data; then u32 count of aliases, each two strings. A string
is its u16 length, which counts a closing NUL, and its bytes. Tensors of more than 4 GiB are not in this layout.
"""

import math
import os
import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from asr_regress.basics.printable import printable
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checks import MAX_FILE_BYTES, read_json

WEIGHTS = "model.bin"
FILES = (WEIGHTS, "config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.json", "vocabulary.txt")
"""What loading reads."""

ENGLISH_ONLY_VOCABULARY = 51864

_TYPES = {0: ("float32", 4), 1: ("int8", 1), 2: ("int16", 2), 3: ("int32", 4), 4: ("float16", 2), 5: ("bfloat16", 2)}
_VERSIONS = range(2, 7)
_SPEC = "WhisperSpec"
_MOST_VARIABLES = 100_000
_HIGHEST_RANK = 8
_EMBEDDINGS = "decoder/embeddings/weight"
_MELS = "encoder/conv1/weight"


@dataclass(frozen=True, slots=True)
class Stored:
    """What ``model.bin`` holds.

    Attributes:
        spec: The kind of model, by CTranslate2's name.
        type: Of most of its numbers: "float32", "float16", "bfloat16", "int8" or "int16".
        shapes: Of its variables, by name.
    """

    spec: str
    type: str
    shapes: Mapping[str, tuple[int, ...]]

    @property
    def vocabulary(self) -> int:
        """Number of tokens."""
        return self.shapes[_EMBEDDINGS][0]

    @property
    def mels(self) -> int:
        """Mel bands of the features."""
        return self.shapes[_MELS][1]


def is_ctranslate2(folder: Path) -> bool:
    """Whether a folder's ``model.bin`` begins as one of CTranslate2's."""
    try:
        with (folder / WEIGHTS).open("rb") as file:
            begins = file.read(6)
            if len(begins) < 6:
                return False
            version, length = struct.unpack("<IH", begins)
            return version in _VERSIONS and 4 < length < 64 and file.read(length).endswith(b"Spec\0")
    except OSError:
        return False


def look(folder: Path) -> Stored:
    """Check a folder, and say what it holds.

    Raises:
        CheckpointError: It is not whole, not Whisper, or a file of it is not what it has to be.
    """
    for name in FILES[1:]:
        path = folder / name
        if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
            raise CheckpointError(f"{path}: over {MAX_FILE_BYTES >> 20} MiB, no such file of a Whisper model is")
    read_json(folder / "config.json")
    if not (folder / "tokenizer.json").is_file():
        raise CheckpointError(
            f"{folder}: no tokenizer.json: copy it from the checkpoint that was converted (ct2-transformers-converter "
            "does it with --copy_files tokenizer.json preprocessor_config.json)"
        )
    stored = read_stored(folder / WEIGHTS)
    if stored.spec != _SPEC or not {_EMBEDDINGS, _MELS} <= stored.shapes.keys():
        raise CheckpointError(
            f"{folder}: a CTranslate2 model of the kind {printable(stored.spec)[:80]!r}; what is read here is Whisper "
            f"({_SPEC})"
        )
    if len(stored.shapes[_EMBEDDINGS]) != 2 or len(stored.shapes[_MELS]) != 3:
        raise CheckpointError(f"{folder / WEIGHTS}: its embeddings or its first convolution are of no Whisper model")
    return stored


def read_stored(path: Path) -> Stored:
    """Read the headers of a ``model.bin``, and none of its data.

    Raises:
        CheckpointError: It is cut off, or holds what the layout does not allow.
    """
    try:
        with path.open("rb") as file:
            return _Reader(path, file).stored()
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror or error}") from error


class _Reader:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._size = os.fstat(file.fileno()).st_size

    def stored(self) -> Stored:
        version = self._number("<I")
        if version not in _VERSIONS:
            self._refuse(f"its layout has version {version}, known are {_VERSIONS[0]} to {_VERSIONS[-1]}")
        spec = self._text()
        self._number("<I")
        count = self._number("<I")
        if count > _MOST_VARIABLES:
            self._refuse(f"{count:,} variables are none that a model has")
        shapes: dict[str, tuple[int, ...]] = {}
        numbers: Counter[str] = Counter()
        for _ in range(count):
            name = self._text()
            if name in shapes:
                self._refuse(f"the variable {printable(name)[:80]!r} comes twice")
            shapes[name], kind = self._variable(name)
            numbers[kind] += math.prod(shapes[name])
        if not numbers:
            self._refuse("it holds no variables")
        return Stored(spec, numbers.most_common(1)[0][0], shapes)

    def _variable(self, name: str) -> tuple[tuple[int, ...], str]:
        rank = self._number("<B")
        if rank > _HIGHEST_RANK:
            self._refuse(f"{printable(name)[:80]!r} has {rank} dimensions")
        shape = tuple(self._number("<I") for _ in range(rank))
        code = self._number("<B")
        if code not in _TYPES:
            self._refuse(f"{printable(name)[:80]!r} is of the unknown type {code}")
        kind, width = _TYPES[code]
        size = self._number("<I")
        if size != math.prod(shape) * width:
            self._refuse(f"{printable(name)[:80]!r} of shape {shape} and type {kind} cannot have {size:,} bytes")
        if size > self._size - self._file.tell():
            self._refuse(f"it is cut off within {printable(name)[:80]!r}")
        self._file.seek(size, os.SEEK_CUR)
        return shape, kind

    def _number(self, layout: str) -> int:
        return int(struct.unpack(layout, self._take(struct.calcsize(layout)))[0])

    def _text(self) -> str:
        raw = self._take(self._number("<H")).removesuffix(b"\0")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self._refuse(f"a name before byte {self._file.tell():,} is not UTF-8")

    def _take(self, size: int) -> bytes:
        found = self._file.read(size)
        if len(found) < size:
            self._refuse(f"it is cut off at byte {self._size:,}")
        return found

    def _refuse(self, what: str) -> NoReturn:
        raise CheckpointError(f"{self._path}: no model that CTranslate2 wrote: {what}")
