"""Whisper checkpoints in Hugging Face's format, through transformers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
import transformers
from transformers import WhisperForConditionalGeneration, WhisperProcessor

from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.checkpoints.checks import read_json
from asr_regress.transcription.recognizers import AttentionUnavailableError, cpu_attention, rescoring
from asr_regress.transcription.recognizers.adapted import adapted
from asr_regress.transcription.recognizers.torch_runtime import (
    DTYPES,
    SAMPLE_RATE,
    devices_of,
    dtype_of,
    not_loaded,
    prepare_torch,
    refuse_missing,
    settled,
    telling_out_of_memory,
)
from asr_regress.transcription.recognizers.whisper_languages import language_of
from asr_regress.transcription.recognizers.whisper_rows import Shape, rows_that_fit
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution

if TYPE_CHECKING:
    from asr_regress.transcription.recognizers import Audio

_CPU_ROWS = 4  # measured: more gain nothing on a CPU, see docs/performance.md


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request.

    Raises:
        ConfigurationError: The request cannot be met here, or does not fit the checkpoint.
    """
    kind, devices = devices_of(request, checkpoint)
    dtype = dtype_of(request, kind)
    return settled(
        request,
        checkpoint,
        (kind, devices),
        backend="whisper",
        language=language_of(request.language, checkpoint),
        attention=_attention(kind, dtype),
        logits=rescoring.NAME if kind == "cpu" and dtype == "bfloat16" else "",
        batch_size=request.batch_size or (_CPU_ROWS if kind == "cpu" else _gpu_rows(request, checkpoint, dtype)),
    )


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> "WhisperRecognizer":
    """The checkpoint on a device.

    Raises:
        CheckpointError: It does not load.
        AttentionUnavailableError: FlashAttention 2 was settled on but does not load.
    """
    prepare_torch(threads)
    cpu_attention.register()
    return WhisperRecognizer(checkpoint, settings, device)


class WhisperRecognizer:
    """A loaded Whisper model that transcribes batches of one fixed shape."""

    def __init__(self, checkpoint: Checkpoint, settings: DecodingSettings, device: str) -> None:
        self._settings = settings
        self._sharded = device == "shard"
        self._device = torch.device("cuda:0" if self._sharded else device)
        self._dtype = DTYPES[settings.dtype]
        self._processor: Any = _load_processor(checkpoint)
        self._model: Any = self._load_model(checkpoint)
        self._window = int(checkpoint.window_seconds * SAMPLE_RATE)
        self._arguments: dict[str, Any] = {"num_beams": settings.num_beams, "do_sample": False, "temperature": 0.0}
        if checkpoint.multilingual:
            self._arguments |= {"language": settings.language, "task": settings.task}

    def _load_model(self, checkpoint: Checkpoint) -> Any:
        placement = {"device_map": "auto"} if self._sharded else {}
        try:
            model, found = WhisperForConditionalGeneration.from_pretrained(
                checkpoint.folder,
                # An adapter is merged in full precision: it is as if the whole had been saved so.
                dtype=self._dtype if checkpoint.adapter is None else torch.float32,
                attn_implementation=self._settings.attention,
                use_safetensors=not checkpoint.pickled,
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
                **placement,
            )
            if checkpoint.adapter is not None:
                model = adapted(model, checkpoint).to(self._dtype)
            model = model.eval() if self._sharded else model.to(self._device).eval()
        except torch.OutOfMemoryError as error:
            raise CheckpointError(
                f"{checkpoint.given}: the model does not fit into the memory of {self._device}"
            ) from error
        except CheckpointError:
            raise
        except Exception as error:
            if self._settings.attention == "flash_attention_2":
                raise AttentionUnavailableError(str(error)) from error
            raise not_loaded(checkpoint, error) from error
        refuse_missing(checkpoint, found)
        if self._settings.logits == rescoring.NAME:
            rescoring.rescore(model, self._settings.num_beams)
        return model

    def transcribe(self, audio: "Sequence[Audio]") -> list[str]:
        """Texts of a batch, in order. See `Recognizer.transcribe`."""
        with telling_out_of_memory():
            # The plan goes by headers; one that lies must not change how its neighbors are decoded.
            short = [samples for samples in audio if len(samples) <= self._window]
            texts = iter(self._transcribe_short(short) if short else [])
            return [
                next(texts) if len(samples) <= self._window else self._transcribe_long(samples) for samples in audio
            ]

    def _transcribe_short(self, audio: "Sequence[Audio]") -> list[str]:
        # A short batch is filled up with copies of its first row: the shape stays, and unlike silence a copy
        # cannot run away and keep the batch decoding.
        rows = [*audio, *([audio[0]] * (self._settings.batch_size - len(audio)))]
        features = self._processor.feature_extractor(
            rows, sampling_rate=SAMPLE_RATE, return_tensors="pt", padding="max_length", device=str(self._device)
        ).input_features
        return self._generate(features)[: len(audio)]

    def _transcribe_long(self, samples: "Audio") -> str:
        """Whisper's long-form decoding (Radford et al. 2022, section 4.5), greedy and without fallback.

        Windows follow the predicted timestamps. No temperature fallback: sampling would not repeat.
        """
        inputs = self._processor.feature_extractor(
            [samples],
            sampling_rate=SAMPLE_RATE,
            return_tensors="pt",
            padding="longest",
            truncation=False,
            return_attention_mask=True,
            device=str(self._device),
        )
        mask = inputs.attention_mask.to(self._device)
        return self._generate(inputs.input_features, attention_mask=mask, return_timestamps=True)[0]

    def _generate(self, features: torch.Tensor, **arguments: Any) -> list[str]:
        with torch.inference_mode():
            tokens = self._model.generate(features.to(self._device, self._dtype), **self._arguments, **arguments)
        texts: list[str] = self._processor.batch_decode(tokens, skip_special_tokens=True)
        return texts


def _load_processor(checkpoint: Checkpoint) -> Any:
    try:
        return WhisperProcessor.from_pretrained(checkpoint.folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise not_loaded(
            checkpoint, error, "Copy the tokenizer and preprocessor_config.json of its base model"
        ) from error


def _gpu_rows(request: Request, checkpoint: Checkpoint, dtype: str) -> int:
    # Of a model that is spread over several cards, as if it were on one: the number must not hang on how many.
    value = DTYPES[dtype].itemsize
    shape = Shape.of(read_json(checkpoint.folder / "config.json"), checkpoint.weight_bytes * value // 2, value)
    return rows_that_fit(shape, torch.cuda.get_device_properties(0).total_memory, beams=request.num_beams)


def _attention(kind: str, dtype: str) -> str:
    if kind == "cpu" and dtype == "bfloat16":
        return cpu_attention.NAME
    available = transformers.utils.is_flash_attn_2_available
    return "flash_attention_2" if kind == "cuda" and dtype != "float32" and available() else "sdpa"
