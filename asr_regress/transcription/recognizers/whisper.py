"""Whisper checkpoints in Hugging Face's format, through transformers."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
import transformers
from transformers import WhisperForConditionalGeneration, WhisperProcessor
from transformers.models.whisper.tokenization_whisper import LANGUAGES, TO_LANGUAGE_CODE

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoint import Checkpoint
from asr_regress.transcription.checkpoint_checks import read_json
from asr_regress.transcription.recognizers import AttentionUnavailableError, OutOfMemoryError, cpu_attention
from asr_regress.transcription.recognizers.whisper_rows import Shape, rows_that_fit
from asr_regress.transcription.settings import AUTO, DecodingSettings, Request, Resolution, library_versions

if TYPE_CHECKING:
    from asr_regress.transcription.recognizers import Audio

SAMPLE_RATE = 16_000
_CPU_ROWS = 4  # measured: more gain nothing on a CPU, see docs/performance.md
_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
# The model, its activations at the default batch and the allocator's slack, over the bytes of its weights.
_ROOM_OVER_WEIGHTS = 1.5


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request.

    Raises:
        ConfigurationError: The request cannot be met here, or does not fit the checkpoint.
    """
    kind, devices = _devices(request, checkpoint)
    dtype = _dtype(request, kind)
    threads = max(1, (os.cpu_count() or 1) // len(devices)) if kind == "cpu" and len(devices) > 1 else None
    return Resolution(
        settings=DecodingSettings(
            backend="whisper",
            language=_language(request.language, checkpoint),
            task=request.task,
            num_beams=request.num_beams,
            dtype=dtype,
            attention=_attention(kind, dtype),
            device=kind if kind == "cpu" else f"cuda ({torch.cuda.get_device_name(0)})",
            batch_size=request.batch_size or (_CPU_ROWS if kind == "cpu" else _gpu_rows(request, checkpoint, dtype)),
            audio="soundfile+soxr",
            versions=library_versions(),
        ),
        devices=devices,
        threads=1 if kind == "cuda" else threads,
    )


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> "WhisperRecognizer":
    """The checkpoint on a device.

    Raises:
        CheckpointError: It does not load.
        AttentionUnavailableError: FlashAttention 2 was settled on but does not load.
    """
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    cpu_attention.register()
    if threads:
        torch.set_num_threads(threads)
    # TF32 only concerns float32 on a GPU. cuDNN's benchmark mode stays off: it picks a convolution algorithm by
    # timing, so two runs of the same gate could round differently; Whisper has two small convolutions to win on.
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    return WhisperRecognizer(checkpoint, settings, device)


class WhisperRecognizer:
    """A loaded Whisper model that transcribes batches of one fixed shape."""

    def __init__(self, checkpoint: Checkpoint, settings: DecodingSettings, device: str) -> None:
        self._settings = settings
        self._sharded = device == "shard"
        self._device = torch.device("cuda:0" if self._sharded else device)
        self._dtype = _DTYPES[settings.dtype]
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
                dtype=self._dtype,
                attn_implementation=self._settings.attention,
                use_safetensors=not checkpoint.pickled,
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
                **placement,
            )
            model = model.eval() if self._sharded else model.to(self._device).eval()
        except torch.OutOfMemoryError as error:
            raise CheckpointError(
                f"{checkpoint.given}: the model does not fit into the memory of {self._device}"
            ) from error
        except Exception as error:
            if self._settings.attention == "flash_attention_2":
                raise AttentionUnavailableError(str(error)) from error
            raise _not_loaded(checkpoint, error) from error
        _refuse_missing(checkpoint, found)
        return model

    def transcribe(self, audio: "Sequence[Audio]") -> list[str]:
        """Texts of a batch, in order. See `Recognizer.transcribe`."""
        try:
            # The plan goes by headers; one that lies must not change how its neighbors are decoded.
            short = [samples for samples in audio if len(samples) <= self._window]
            texts = iter(self._transcribe_short(short) if short else [])
            return [
                next(texts) if len(samples) <= self._window else self._transcribe_long(samples) for samples in audio
            ]
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            _free_memory()
            raise OutOfMemoryError(str(error)) from error

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


def _refuse_missing(checkpoint: Checkpoint, found: Mapping[str, Any]) -> None:
    """Refuse weights that are not whole: transformers fills the gaps with random numbers and only logs it."""
    absent = sorted({*found.get("missing_keys", ()), *(str(key) for key in found.get("mismatched_keys", ()))})
    if absent:
        more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
        raise CheckpointError(
            f"{checkpoint.folder}: the weights are not whole: no {', '.join(absent[:3])}{more} of the shape that "
            "config.json asks for; save the whole model (an adapter must be merged into its base first)"
        )


def _load_processor(checkpoint: Checkpoint) -> Any:
    try:
        return WhisperProcessor.from_pretrained(checkpoint.folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise _not_loaded(
            checkpoint, error, "Copy the tokenizer and preprocessor_config.json of its base model"
        ) from error


def _not_loaded(checkpoint: Checkpoint, error: Exception, hint: str = "") -> CheckpointError:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    hint = f". {hint} into the folder" if hint else ""
    return CheckpointError(f"{checkpoint.folder}: the checkpoint does not load: {lines[0]}{hint}")


def _devices(request: Request, checkpoint: Checkpoint) -> tuple[str, tuple[str, ...]]:
    kind, _, numbers = request.device.partition(":")
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "cpu" or (kind == AUTO and not gpus):
        return "cpu", ("cpu",) * (request.workers or 1)
    if not gpus:
        raise ConfigurationError(f"--asr-device={request.device}: torch {torch.__version__} sees no CUDA device here")
    if kind == "shard" or (kind == AUTO and gpus > 1 and _too_large_for_one(checkpoint, request)):
        return "cuda", ("shard",)
    chosen = [int(number) for number in numbers.split(",")] if numbers else list(range(gpus))
    absent = [number for number in chosen if number >= gpus]
    if absent:
        raise ConfigurationError(
            f"--asr-device={request.device}: there is no cuda:{absent[0]}, torch sees {gpus} device(s)"
        )
    workers = request.workers or len(chosen)
    return "cuda", tuple(f"cuda:{chosen[number % len(chosen)]}" for number in range(workers))


def _too_large_for_one(checkpoint: Checkpoint, request: Request) -> bool:
    widened = 2.0 if request.dtype == "float32" else 1.0  # weights are mostly stored in 16 bits
    return checkpoint.weight_bytes * widened * _ROOM_OVER_WEIGHTS > torch.cuda.mem_get_info(0)[1]


def _gpu_rows(request: Request, checkpoint: Checkpoint, dtype: str) -> int:
    # Of a model that is spread over several cards, as if it were on one: the number must not hang on how many.
    value = _DTYPES[dtype].itemsize
    shape = Shape.of(read_json(checkpoint.folder / "config.json"), checkpoint.weight_bytes * value // 2, value)
    return rows_that_fit(shape, torch.cuda.get_device_properties(0).total_memory, beams=request.num_beams)


def _dtype(request: Request, kind: str) -> str:
    if request.dtype != AUTO:
        return request.dtype
    if kind == "cuda":
        return "float16"
    # AVX-512 BF16 or AMX: elsewhere oneDNN emulates bf16, which is slower than fp32.
    return "bfloat16" if _cpu_has_bf16() else "float32"


def _cpu_has_bf16() -> bool:
    capabilities = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(capabilities()) if capabilities else False


def _attention(kind: str, dtype: str) -> str:
    if kind == "cpu" and dtype == "bfloat16":
        return cpu_attention.NAME
    available = transformers.utils.is_flash_attn_2_available
    return "flash_attention_2" if kind == "cuda" and dtype != "float32" and available() else "sdpa"


def _language(language: str | None, checkpoint: Checkpoint) -> str | None:
    if language is None:
        return None if checkpoint.multilingual else "en"
    code = TO_LANGUAGE_CODE.get(language.lower(), language.lower())
    if code not in LANGUAGES:
        raise ConfigurationError(f"language {language!r}: Whisper knows no such language; give a code such as ko or en")
    if not checkpoint.multilingual and code != "en":
        raise ConfigurationError(f"language {language!r}: {checkpoint.given} is an English-only checkpoint")
    return str(code)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out; torch on a CPU has no type for it, only words."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "can't allocate memory" in str(error)


def _free_memory() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
