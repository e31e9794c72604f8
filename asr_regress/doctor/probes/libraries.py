"""What torch, transformers and torchaudio say of themselves once they are imported."""

import warnings
from collections.abc import Mapping
from typing import Any

from asr_regress.doctor.probes import Given

_MIB = 1 << 20


def torch(given: Given) -> Mapping[str, Any]:
    """Build, CPU and GPUs as torch sees them."""
    import torch

    capabilities = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
        trouble = None if available else _why_no_gpu(torch)
    return {
        "version": str(torch.__version__),
        "cuda": torch.version.cuda,
        "hip": getattr(torch.version, "hip", None),
        "threads": torch.get_num_threads(),
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "bf16": bool(capabilities()) if capabilities else False,
        "gpus": [_gpu(torch, number) for number in range(torch.cuda.device_count())] if available else [],
        "no_gpu": trouble,
        "warnings": [str(each.message) for each in caught],
    }


def transformers(given: Given) -> Mapping[str, Any]:
    """Import what the gate uses of it: it loads its parts when they are first asked for."""
    import transformers

    for name in ("WhisperForConditionalGeneration", "WhisperProcessor", "GenerationConfig"):
        getattr(transformers, name)
    return {"version": transformers.__version__}


def torchaudio(given: Given) -> Mapping[str, Any]:
    """Import it: its native part loads then, or does not."""
    import torchaudio  # type: ignore[import-not-found,unused-ignore]

    return {"version": torchaudio.__version__}


def _why_no_gpu(torch: Any) -> str:
    """What torch says when it is made to use a GPU."""
    try:
        torch.cuda.init()
    except Exception as error:
        return str(error).strip() or type(error).__name__
    return "it sees no device"


def _gpu(torch: Any, number: int) -> Mapping[str, Any]:
    """Name and memory; asking for the free memory makes a context, and so is a first trial of the device."""
    facts: dict[str, Any] = {"number": number, "name": torch.cuda.get_device_name(number)}
    try:
        free, total = torch.cuda.mem_get_info(number)
    except Exception as error:
        return {**facts, "trouble": str(error).strip().split("\n")[0]}
    capability = ".".join(map(str, torch.cuda.get_device_capability(number)))
    return {**facts, "free_mib": free // _MIB, "total_mib": total // _MIB, "capability": capability}
