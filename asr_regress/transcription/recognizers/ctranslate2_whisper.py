"""Whisper in CTranslate2's format: features, prompt and decoding as for checkpoints in Hugging Face's format.

Each recording goes through the model alone: CTranslate2 drops a row from its batch when that row has ended, so that
the shape, and with it the rounding, would depend on the neighbors.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ctranslate2
import numpy as np
from transformers import WhisperFeatureExtractor, WhisperTokenizerFast

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.checkpoints.checks import feature_settings
from asr_regress.transcription.checkpoints.ctranslate2_folder import look
from asr_regress.transcription.recognizers import OutOfMemoryError
from asr_regress.transcription.recognizers.torch_runtime import SAMPLE_RATE, numbered, prepare_torch, threads_of
from asr_regress.transcription.recognizers.whisper_languages import language_of
from asr_regress.transcription.settings import AUTO, DecodingSettings, Request, Resolution, library_versions

if TYPE_CHECKING:
    from asr_regress.transcription.recognizers import Audio

_LONGEST = 448  # tokens with the prompt: Whisper's decoder has so many positions
_LATEST_FIRST_TIMESTAMP = 50
_FRAMES_A_TIMESTAMP = 2  # 20 ms, frames are 10 ms
_END, _START, _SILENT = "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"

# How numbers are stored, and what is computed with them unless something else is asked for: by kind of device, the
# first one that it can do. On a GPU 32 bits are as rare as they are slow, so what is stored in 16 is computed in 16.
_AS_STORED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "float32": {"cpu": ("float32",), "cuda": ("float32",)},
    "float16": {"cpu": ("float32",), "cuda": ("float16", "float32")},
    "bfloat16": {"cpu": ("bfloat16", "float32"), "cuda": ("bfloat16", "float32")},
    "int8": {"cpu": ("int8_float32", "float32"), "cuda": ("int8_float16", "int8_float32", "float32")},
    "int16": {"cpu": ("int16", "float32"), "cuda": ("float16", "float32")},
}
_SHORT_NAMES: Mapping[str, Mapping[str, str]] = {"int8": {"cpu": "int8_float32", "cuda": "int8_float16"}}


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request.

    Raises:
        ConfigurationError: The request cannot be met here, or does not fit the checkpoint.
    """
    kind, devices = _devices(request)
    more = request.batch_size is not None and request.batch_size > 1
    return Resolution(
        settings=DecodingSettings(
            backend="ctranslate2",
            language=language_of(request.language, checkpoint),
            task=request.task,
            num_beams=request.num_beams,
            dtype=_compute_type(request, checkpoint, kind),
            attention="ctranslate2",
            device=kind,
            batch_size=1,
            audio="soundfile+soxr",
            versions=library_versions("ctranslate2"),
        ),
        devices=devices,
        threads=threads_of(kind, len(devices)),
        notes=("CTranslate2 is given one recording at a time, whatever the batch size",) if more else (),
    )


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> "Recognizer":
    """The model on a device.

    Raises:
        CheckpointError: It does not load.
    """
    prepare_torch(threads)
    return Recognizer(checkpoint, settings, device, threads)


class Recognizer:
    """A loaded model that transcribes recordings one by one."""

    def __init__(self, checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> None:
        self._settings, self._multilingual = settings, checkpoint.multilingual
        stored = look(checkpoint.folder)
        kind, _, number = device.partition(":")
        try:
            self._extractor: Any = _extractor(checkpoint, stored.mels)
            self._tokenizer: Any = _tokenizer(checkpoint)
            self._model: Any = ctranslate2.models.Whisper(
                str(checkpoint.folder),
                device=kind,
                device_index=int(number or 0),
                compute_type=settings.dtype,
                inter_threads=1,
                intra_threads=threads or 0,
            )
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise CheckpointError(f"{checkpoint.folder}: the model does not load: {lines[0]}") from error
        if self._model.compute_type != settings.dtype:
            raise CheckpointError(
                f"{checkpoint.folder}: CTranslate2 computes in {self._model.compute_type} where {settings.dtype} was "
                "settled on; ask for that with --asr-dtype"
            )
        self._known = self._tokenizer.get_vocab()
        self._require_tokens(checkpoint)
        self._window = int(checkpoint.window_seconds * 100)  # frames of 10 ms

    def _require_tokens(self, checkpoint: Checkpoint) -> None:
        """Refuse a tokenizer that lacks what every prompt is made of: it is another model's."""
        needed = [_START, _END, _SILENT]
        if self._multilingual:
            needed.append(f"<|{self._settings.task}|>")
            needed += [f"<|{self._settings.language}|>"] if self._settings.language else []
        absent = [token for token in needed if token not in self._known]
        if absent:
            raise CheckpointError(
                f"{checkpoint.folder / 'tokenizer.json'}: it has no {absent[0]}: is it of this model?"
            )

    def transcribe(self, audio: "Sequence[Audio]") -> list[str]:
        """Texts of a batch, in order. See `Recognizer.transcribe` in the protocol."""
        try:
            return [self._transcribe(samples) for samples in audio]
        except (MemoryError, RuntimeError) as error:
            if "out of memory" not in str(error) and not isinstance(error, MemoryError):
                raise
            raise OutOfMemoryError(str(error)) from error

    def _transcribe(self, samples: "Audio") -> str:
        if len(samples) <= self._window * SAMPLE_RATE // 100:
            features = self._features(samples, padding="max_length")
            return self._text(self._generate(features, [*self._prompt(features), self._known[_SILENT]]))
        return self._text(self._transcribe_long(self._features(samples, padding="longest", truncation=False)))

    def _transcribe_long(self, features: Any) -> list[int]:
        """Whisper's long-form decoding (Radford et al. 2022, section 4.5), greedy and without fallback.

        Windows follow the predicted timestamps, in the way of transformers' `_retrieve_segment`.
        """
        begin = self._known[_SILENT] + 1  # the first timestamp
        total, position = features.shape[-1], 0
        prompt = self._prompt(_padded(features[:, :, : self._window], self._window))
        tokens: list[int] = []
        while position < total:
            window = features[:, :, position : position + self._window]
            found = self._generate(_padded(window, self._window), prompt)
            said, frames = _complete_segments(found, begin, window.shape[-1])
            tokens += said
            position += frames
        return tokens

    def _generate(self, features: Any, prompt: list[int]) -> list[int]:
        (result,) = self._model.generate(
            ctranslate2.StorageView.from_array(features),
            [prompt],
            beam_size=self._settings.num_beams,
            max_length=2 * (_LONGEST - len(prompt)),  # CTranslate2 halves it
            max_initial_timestamp_index=_LATEST_FIRST_TIMESTAMP,
            sampling_topk=1,
        )
        return [token for token in result.sequences_ids[0] if token != self._known[_END]]

    def _prompt(self, features: Any) -> list[int]:
        """What decoding begins with: the language, named or heard in the first window, and the task."""
        if not self._multilingual:
            return [self._known[_START]]
        language = self._settings.language
        token = f"<|{language}|>" if language else self._heard(features)
        return [self._known[_START], self._known[token], self._known[f"<|{self._settings.task}|>"]]

    def _heard(self, features: Any) -> str:
        ((most_likely, *_),) = self._model.detect_language(ctranslate2.StorageView.from_array(features))
        return str(most_likely[0])

    def _features(self, samples: "Audio", **options: Any) -> Any:
        found = self._extractor([samples], sampling_rate=SAMPLE_RATE, return_tensors="np", **options)
        return np.ascontiguousarray(found.input_features, dtype=np.float32)

    def _text(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))


def _complete_segments(tokens: list[int], begin: int, frames: int) -> tuple[list[int], int]:
    """What of a window's tokens stands, and how many frames on the next window begins.

    Args:
        tokens: As decoded, timestamps among them.
        begin: The timestamp of 0.00 s; all from it on are timestamps.
        frames: Of audio in the window.
    """
    stamps = [token >= begin for token in tokens]
    pairs = [n + 1 for n in range(len(tokens) - 1) if stamps[n] and stamps[n + 1]]
    if not pairs or stamps[-2:] == [False, True]:  # nothing was cut, or no speech comes after the last timestamp
        return tokens, frames
    cut = pairs[-1]  # what comes after it is a segment that the window cut off
    return tokens[:cut], (tokens[cut - 1] - begin) * _FRAMES_A_TIMESTAMP or frames


def _padded(features: Any, frames: int) -> Any:
    """Frames of zeros behind, as many as make a window."""
    return np.ascontiguousarray(np.pad(features, ((0, 0), (0, 0), (0, frames - features.shape[-1]))))


def _extractor(checkpoint: Checkpoint, mels: int) -> Any:
    known = feature_settings(checkpoint.folder)
    sizes = {name: known[name] for name in ("n_fft", "hop_length", "chunk_length") if name in known}
    return WhisperFeatureExtractor(feature_size=mels, **sizes)


def _tokenizer(checkpoint: Checkpoint) -> Any:
    special: dict[str, Any] = dict.fromkeys(("unk_token", "bos_token", "eos_token", "pad_token"), _END)
    return WhisperTokenizerFast(tokenizer_file=str(checkpoint.folder / "tokenizer.json"), **special)


def _devices(request: Request) -> tuple[str, tuple[str, ...]]:
    kind, _, numbers = request.device.partition(":")
    gpus = ctranslate2.get_cuda_device_count()
    if kind == "shard":
        raise ConfigurationError("--asr-device=shard: CTranslate2 models run on one GPU each, name some with cuda:0,1")
    if kind == "cpu" or (kind == AUTO and not gpus):
        return "cpu", ("cpu",) * (request.workers or 1)
    if not gpus:
        raise ConfigurationError(f"--asr-device={request.device}: CTranslate2 sees no CUDA device here")
    return "cuda", numbered(request, numbers, gpus)


def _compute_type(request: Request, checkpoint: Checkpoint, kind: str) -> str:
    supported = ctranslate2.get_supported_compute_types(kind)
    if request.dtype == AUTO:
        wanted = _AS_STORED[look(checkpoint.folder).type][kind]
        return next((name for name in wanted if name in supported), "float32")
    name = _SHORT_NAMES.get(request.dtype, {}).get(kind, request.dtype)
    if name not in supported:
        raise ConfigurationError(
            f"precision {request.dtype}: CTranslate2 does not compute in it on this {kind}; it does in "
            f"{', '.join(sorted(supported))}"
        )
    return name
