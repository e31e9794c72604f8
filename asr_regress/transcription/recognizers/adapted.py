"""LoRA adapters: put on their base and merged into it, so that what transcribes is one model."""

import warnings
from typing import Any

from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.adapter import WEIGHTS
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint


def adapted(model: Any, checkpoint: Checkpoint) -> Any:
    """The model with the checkpoint's adapter merged into it; the model itself where there is none.

    Args:
        model: The base, in the precision that the weights are merged in.
        checkpoint: Says which adapter.

    Raises:
        CheckpointError: The adapter does not fit the base.
    """
    if checkpoint.adapter is None:
        return model
    import peft
    from safetensors.torch import load_file

    try:
        _refuse_strangers(model, checkpoint, load_file(checkpoint.adapter / WEIGHTS))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what peft and transformers have to tell each other
            whole = peft.PeftModel.from_pretrained(model, checkpoint.adapter, local_files_only=True)
        return whole.merge_and_unload(safe_merge=True)
    except CheckpointError:
        raise
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise CheckpointError(
            f"{checkpoint.adapter}: the adapter does not go on {checkpoint.folder}: {lines[0][:300]}"
        ) from error


def _refuse_strangers(model: Any, checkpoint: Checkpoint, tensors: Any) -> None:
    """Refuse an adapter for parts that the base does not have: peft would leave them out and only warn."""
    known = {name for name, _ in model.named_modules()}
    for name in tensors:
        module = name.removeprefix("base_model.model.").rpartition(".lora_")[0]
        if module and module not in known:
            raise CheckpointError(
                f"{checkpoint.adapter}: the adapter does not go on {checkpoint.folder}: that has no {module[:200]}"
            )
