"""What recognizers that run on torch share: devices, precision, memory, and loading that fills no gaps."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
import transformers

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.recognizers import OutOfMemoryError
from asr_regress.transcription.settings import AUTO, DecodingSettings, Request, Resolution, library_versions

SAMPLE_RATE = 16_000
DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
# The model, its activations at the default batch and the allocator's slack, over the bytes of its weights.
_ROOM_OVER_WEIGHTS = 1.5


def devices_of(request: Request, checkpoint: Checkpoint) -> tuple[str, tuple[str, ...]]:
    """The kind of device, and one device a worker.

    Raises:
        ConfigurationError: There is none as was asked for.
    """
    kind, _, numbers = request.device.partition(":")
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "cpu" or (kind == AUTO and not gpus):
        return "cpu", ("cpu",) * (request.workers or 1)
    if not gpus:
        raise ConfigurationError(f"--asr-device={request.device}: torch {torch.__version__} sees no CUDA device here")
    if kind == "shard" or (kind == AUTO and gpus > 1 and _too_large_for_one(checkpoint, request)):
        return "cuda", ("shard",)
    return "cuda", numbered(request, numbers, gpus)


def numbered(request: Request, numbers: str, gpus: int) -> tuple[str, ...]:
    """One GPU a worker, in turn.

    Raises:
        ConfigurationError: One that was asked for is not there.
    """
    chosen = [int(number) for number in numbers.split(",")] if numbers else list(range(gpus))
    absent = [number for number in chosen if number >= gpus]
    if absent:
        raise ConfigurationError(
            f"--asr-device={request.device}: there is no cuda:{absent[0]}, torch sees {gpus} device(s)"
        )
    workers = request.workers or len(chosen)
    return tuple(f"cuda:{chosen[number % len(chosen)]}" for number in range(workers))


def _too_large_for_one(checkpoint: Checkpoint, request: Request) -> bool:
    widened = 2.0 if request.dtype == "float32" else 1.0  # weights are mostly stored in 16 bits
    return checkpoint.weight_bytes * widened * _ROOM_OVER_WEIGHTS > torch.cuda.mem_get_info(0)[1]


def threads_of(kind: str, workers: int) -> int | None:
    """CPU threads a worker; None leaves it to the library."""
    if kind == "cuda":
        return 1
    return max(1, (os.cpu_count() or 1) // workers) if workers > 1 else None


def settled(
    request: Request,
    checkpoint: Checkpoint,
    placed: tuple[str, tuple[str, ...]],
    *,
    backend: str,
    language: str | None,
    attention: str,
    batch_size: int,
    logits: str = "",
    notes: tuple[str, ...] = (),
) -> Resolution:
    """What is settled on for a request: what its backend chose, beside what follows from the device.

    Args:
        request: What was asked for.
        checkpoint: The model.
        placed: The kind of device, and one device a worker, as `devices_of` gives them.
        backend: Name of the recognizer.
        language: As the recognizer calls it; None where it is told nothing.
        attention: Name of the implementation.
        batch_size: Rows of a batch.
        logits: What is done about the scores of tokens; empty where nothing is.
        notes: What a person should know.

    Raises:
        ConfigurationError: torch's recognizers have no such precision.
    """
    kind, devices = placed
    return Resolution(
        settings=DecodingSettings(
            backend=backend,
            language=language,
            task=request.task,
            num_beams=request.num_beams,
            dtype=dtype_of(request, kind),
            attention=attention,
            device=kind if kind == "cpu" else f"cuda ({torch.cuda.get_device_name(0)})",
            batch_size=batch_size,
            audio="soundfile+soxr",
            versions=library_versions(*checkpoint.libraries),
            logits=logits,
        ),
        devices=devices,
        threads=threads_of(kind, len(devices)),
        notes=notes,
    )


def dtype_of(request: Request, kind: str) -> str:
    """The precision on a kind of device.

    Raises:
        ConfigurationError: torch's recognizers have no such one.
    """
    if request.dtype != AUTO:
        if request.dtype not in DTYPES:
            raise ConfigurationError(
                f"precision {request.dtype}: a model that torch runs takes {', '.join(DTYPES)}; integers are for "
                "models in CTranslate2's format (ct2-transformers-converter --quantization int8)"
            )
        return request.dtype
    if kind == "cuda":
        return "float16"
    # AVX-512 BF16 or AMX: elsewhere oneDNN emulates bf16, which is slower than fp32.
    return "bfloat16" if _cpu_has_bf16() else "float32"


def _cpu_has_bf16() -> bool:
    capabilities = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(capabilities()) if capabilities else False


def prepare_torch(threads: int | None) -> None:
    """Settle what a process does the same for every model."""
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    # TF32 only concerns float32 on a GPU. cuDNN's benchmark mode stays off: it picks a convolution algorithm by
    # timing, so two runs of the same gate could round differently.
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True


def refuse_missing(checkpoint: Checkpoint, found: Mapping[str, Any]) -> None:
    """Refuse weights that are not whole: transformers fills the gaps with random numbers and only logs it.

    Raises:
        CheckpointError: Weights are missing, or of another shape.
    """
    absent = sorted({*found.get("missing_keys", ()), *(str(key) for key in found.get("mismatched_keys", ()))})
    if absent:
        more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
        raise CheckpointError(
            f"{checkpoint.folder}: the weights are not whole: no {', '.join(absent[:3])}{more} of the shape that "
            "config.json asks for; save the whole model (an adapter alone is given as a folder of its own)"
        )


def not_loaded(checkpoint: Checkpoint, error: Exception, hint: str = "") -> CheckpointError:
    """The error of a checkpoint that a library could not load."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    hint = f". {hint} into the folder" if hint else ""
    return CheckpointError(f"{checkpoint.folder}: the checkpoint does not load: {lines[0]}{hint}")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out; torch on a CPU has no type for it, only words."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "can't allocate memory" in str(error)


@contextmanager
def telling_out_of_memory() -> Iterator[None]:
    """Turn whatever says that memory ran out into `OutOfMemoryError`, with what no tensor holds given back first."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise OutOfMemoryError(str(error)) from error
