"""Encoders with a CTC head (Graves et al. 2006): wav2vec2, HuBERT, WavLM, MMS, Parakeet and their like, greedily.

A transcript depends on its recording alone. Models that cannot be told where padding begins hear each recording by
itself, at its own length. The others are padded to the next of a few lengths, and only rows of one length share a
batch, which is filled up to its full number of rows: the shape follows from the recording and the settings.

Recordings over the window are heard in windows of 32 s that overlap by 8 s; of each the outer 4 s of frames are dropped
where there is a neighbor, and the rest is put together before it is decoded.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import torch
import transformers

from asr_regress.errors import AudioError, CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.checkpoints.checks import feature_settings, read_json
from asr_regress.transcription.recognizers.iso_languages import three_letters
from asr_regress.transcription.recognizers.pretrained import (
    attention_of,
    greedily,
    language_code,
    load_model,
    load_part,
    long_enough,
    whole_on_each,
)
from asr_regress.transcription.recognizers.torch_runtime import (
    DTYPES,
    SAMPLE_RATE,
    prepare_torch,
    settled,
    telling_out_of_memory,
)
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution

if TYPE_CHECKING:
    from asr_regress.transcription.recognizers import Audio

_GPU_ROWS = 16
_BUCKET = 2 * SAMPLE_RATE
_CONTEXT = 4 * SAMPLE_RATE
_EXTRACTORS = {"parakeet_ctc": "ParakeetFeatureExtractor", "wav2vec2-bert": "SeamlessM4TFeatureExtractor"}
_TOKENIZERS = {"parakeet_ctc": "ParakeetTokenizer"}


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request.

    Raises:
        ConfigurationError: The request cannot be met here, or does not fit the checkpoint.
    """
    greedily(request, checkpoint)
    kind, devices = whole_on_each(request, checkpoint)
    alone = not _hears_masks(checkpoint)
    asked = request.batch_size or (_GPU_ROWS if kind == "cuda" else 1)
    note = f"{checkpoint.family} hears padding: each recording goes alone, whatever the batch size"
    return settled(
        request,
        checkpoint,
        (kind, devices),
        backend="ctc",
        language=_language(request, checkpoint),
        attention=attention_of(checkpoint),
        batch_size=1 if alone else asked,
        notes=(note,) if alone and request.batch_size not in (None, 1) else (),
    )


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> "CtcRecognizer":
    """The checkpoint on a device.

    Raises:
        CheckpointError: It does not load.
    """
    prepare_torch(threads)
    return CtcRecognizer(checkpoint, settings, device)


class CtcRecognizer:
    """A loaded model."""

    def __init__(self, checkpoint: Checkpoint, settings: DecodingSettings, device: str) -> None:
        self._settings, self._device = settings, torch.device(device)
        tokenizer = getattr(transformers, _TOKENIZERS.get(checkpoint.family, "Wav2Vec2CTCTokenizer"))
        extractor = getattr(transformers, _EXTRACTORS.get(checkpoint.family, "Wav2Vec2FeatureExtractor"))
        spoken = _mms_language(settings.language, checkpoint)
        self._extractor: Any = load_part(checkpoint, extractor)
        self._tokenizer: Any = load_part(checkpoint, tokenizer, **({"target_lang": spoken} if spoken else {}))
        self._model: Any = load_model(checkpoint, settings, self._device)
        if spoken:
            self._speak(checkpoint, spoken)
        self._blank = int(self._model.config.pad_token_id)
        self._window = int(checkpoint.window_seconds * SAMPLE_RATE)
        self._frame = _samples_a_frame(self._model.config, self._extractor)
        self._masked = bool(getattr(self._extractor, "return_attention_mask", True))

    def _speak(self, checkpoint: Checkpoint, language: str) -> None:
        """Load what MMS (Pratap et al. 2023) keeps of a language."""
        try:
            self._model.load_adapter(language, local_files_only=True, use_safetensors=True)
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise CheckpointError(f"{checkpoint.folder}: adapter.{language}.safetensors: {lines[0][:300]}") from error

    def transcribe(self, audio: "Sequence[Audio]") -> list[str]:
        """Texts of a batch, in order. See `Recognizer.transcribe`."""
        texts = [""] * len(audio)
        with telling_out_of_memory():
            for rows in self._together(audio):
                for row, frames in zip(rows, self._heard([audio[row] for row in rows]), strict=True):
                    texts[row] = self._text(frames)
        return texts

    def _together(self, audio: "Sequence[Audio]") -> Iterator[Sequence[int]]:
        """Rows that are given to the model in one tensor: of one padded length."""
        if self._settings.batch_size == 1:
            yield from ([row] for row in range(len(audio)))
            return
        lengths = [len(samples) if len(samples) > self._window else -(-len(samples) // _BUCKET) for samples in audio]
        by_length: dict[int, list[int]] = {}
        for row, length in enumerate(lengths):
            by_length.setdefault(length, []).append(row)
        for length, rows in by_length.items():
            yield from [[row] for row in rows] if length > self._window else [rows]

    def _heard(self, audio: "Sequence[Audio]") -> list[list[int]]:
        """The likeliest token of every frame, by row."""
        if len(audio[0]) > self._window:
            return [self._heard_in_windows(audio[0])]
        if self._settings.batch_size == 1:
            return self._frames(audio, None)
        rows = [*audio, *([audio[0]] * (self._settings.batch_size - len(audio)))]
        return self._frames(rows, max(1, -(-len(audio[0]) // _BUCKET)) * _BUCKET)[: len(audio)]

    def _heard_in_windows(self, samples: "Audio") -> list[int]:
        outer = _CONTEXT // self._frame
        step = self._window - 2 * _CONTEXT
        if _CONTEXT % self._frame or step % self._frame:
            raise AudioError(
                f"{len(samples) / SAMPLE_RATE:.1f} s long, and its windows would not meet: a frame of this model is "
                f"{self._frame} samples"
            )
        starts = range(0, max(1, len(samples) - 2 * _CONTEXT), step)
        frames: list[int] = []
        for start in starts:
            (found,) = self._heard([samples[start : start + self._window]])
            last = start == starts[-1]
            frames += found[outer if start else 0 : None if last else outer + step // self._frame]
        return frames

    def _frames(self, audio: "Sequence[Audio]", padded: int | None) -> list[list[int]]:
        waves = [long_enough(samples) for samples in audio]
        padding = {"padding": "max_length", "max_length": padded} if padded else {}
        inputs = self._extractor(waves, sampling_rate=SAMPLE_RATE, return_tensors="pt", **padding)
        name = self._model.main_input_name
        given = {name: inputs[name].to(self._device, DTYPES[self._settings.dtype])}
        if self._masked and "attention_mask" in inputs:
            given["attention_mask"] = inputs["attention_mask"].to(self._device)
        with torch.inference_mode():
            likeliest = self._model(**given).logits.argmax(dim=-1).tolist()
        if padded is None:
            return [list(row) for row in likeliest]
        lengths = self._model._get_feat_extract_output_lengths(torch.tensor([len(each) for each in waves])).tolist()
        return [row[:length] for row, length in zip(likeliest, lengths, strict=True)]

    def _text(self, frames: Sequence[int]) -> str:
        tokens = [token for token, _ in groupby(frames) if token != self._blank]
        return str(self._tokenizer.decode(tokens, group_tokens=False))


def _hears_masks(checkpoint: Checkpoint) -> bool:
    """Whether padding can be kept from a model: it takes a mask, and normalizes nothing over time before that."""
    if checkpoint.family in _EXTRACTORS:
        return False  # they would take one, but pad features rather than samples
    extracts = read_json(checkpoint.folder / "config.json").get("feat_extract_norm", "group")
    return extracts == "layer" and bool(feature_settings(checkpoint.folder).get("return_attention_mask", False))


def _samples_a_frame(config: Any, extractor: Any) -> int:
    encoder = getattr(config, "encoder_config", None)
    if encoder is not None:
        return int(extractor.hop_length * encoder.subsampling_factor)
    if config.model_type == "wav2vec2-bert":
        adapter = config.adapter_stride**config.num_adapter_layers if config.add_adapter else 1
        return int(160 * extractor.stride * adapter)
    return int(config.inputs_to_logits_ratio)


def _language(request: Request, checkpoint: Checkpoint) -> str | None:
    """What was asked for; most of these models know one language, and are told nothing."""
    language = language_code(request)
    _mms_language(language, checkpoint)
    return language


def _mms_language(language: str | None, checkpoint: Checkpoint) -> str | None:
    """Which of a checkpoint's languages it is to write; None for one that has only one.

    Raises:
        ConfigurationError: It has several, and none or an unknown one was asked for.
    """
    vocabulary = read_json(checkpoint.folder / "vocab.json")
    if not vocabulary or not all(isinstance(each, dict) for each in vocabulary.values()):
        return None
    named = language and (language if language in vocabulary else three_letters(language))
    if named not in vocabulary:
        some = ", ".join(sorted(vocabulary)[:10])
        raise ConfigurationError(
            f"{checkpoint.given}: it writes {len(vocabulary):,} languages ({some} …): name one with --asr-language or "
            f"`language:`{f'; {language!r} is none of them' if language else ''}"
        )
    return named
