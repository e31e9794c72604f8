"""Checkpoints in Hugging Face's format, loaded whole and safely: from safetensors, by classes that are known."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import transformers
from transformers.models.whisper.tokenization_whisper import TO_LANGUAGE_CODE

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.checkpoints.checks import most_numbers
from asr_regress.transcription.recognizers.adapted import adapted
from asr_regress.transcription.recognizers.torch_runtime import (
    DTYPES,
    SAMPLE_RATE,
    devices_of,
    not_loaded,
    refuse_missing,
)
from asr_regress.transcription.settings import DecodingSettings, Request

if TYPE_CHECKING:
    from asr_regress.transcription.recognizers import Audio

MODELS: Mapping[str, str] = {
    "wav2vec2": "Wav2Vec2ForCTC",
    "wav2vec2-conformer": "Wav2Vec2ConformerForCTC",
    "wav2vec2-bert": "Wav2Vec2BertForCTC",
    "hubert": "HubertForCTC",
    "wavlm": "WavLMForCTC",
    "unispeech": "UniSpeechForCTC",
    "unispeech-sat": "UniSpeechSatForCTC",
    "data2vec-audio": "Data2VecAudioForCTC",
    "sew": "SEWForCTC",
    "parakeet_ctc": "ParakeetForCTC",
    "moonshine": "MoonshineForConditionalGeneration",
    "speech_to_text": "Speech2TextForConditionalGeneration",
    "seamless_m4t": "SeamlessM4TForSpeechToText",
    "seamless_m4t_v2": "SeamlessM4Tv2ForSpeechToText",
}
"""Class by family."""
_HINT = "Copy the tokenizer and preprocessor_config.json of its base model"
_SHORTEST = SAMPLE_RATE // 10


def model_class(checkpoint: Checkpoint) -> Any:
    """What loads a checkpoint.

    Raises:
        ConfigurationError: The transformers installed here has no such model.
    """
    found = getattr(transformers, MODELS[checkpoint.family], None)
    if found is None:
        raise ConfigurationError(
            f"{checkpoint.given}: transformers {transformers.__version__} knows no {MODELS[checkpoint.family]}; a "
            "newer one may: pip install -U transformers"
        )
    return found


def attention_of(checkpoint: Checkpoint) -> str:
    """The attention that the model has here."""
    return "sdpa" if getattr(model_class(checkpoint), "_supports_sdpa", False) else "eager"


def load_model(checkpoint: Checkpoint, settings: DecodingSettings, device: torch.device) -> Any:
    """The model on a device, in its precision, ready to be asked.

    Raises:
        CheckpointError: It does not load, or is larger than its weights.
    """
    kind = model_class(checkpoint)
    dtype = DTYPES[settings.dtype]
    try:
        _check_size(kind, checkpoint)
        model, found = kind.from_pretrained(
            checkpoint.folder,
            # An adapter is merged in full precision: it is as if the whole had been saved so.
            dtype=dtype if checkpoint.adapter is None else torch.float32,
            attn_implementation=settings.attention,
            use_safetensors=not checkpoint.pickled,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
        refuse_missing(checkpoint, found)
        return adapted(model, checkpoint).to(device, dtype).eval()
    except torch.OutOfMemoryError as error:
        raise CheckpointError(f"{checkpoint.given}: the model does not fit into the memory of {device}") from error
    except CheckpointError:
        raise
    except Exception as error:
        raise not_loaded(checkpoint, error) from error


def load_part(checkpoint: Checkpoint, kind: Any, **options: Any) -> Any:
    """A tokenizer or a feature extractor.

    Raises:
        CheckpointError: It does not load.
    """
    try:
        return kind.from_pretrained(checkpoint.folder, local_files_only=True, trust_remote_code=False, **options)
    except Exception as error:
        raise not_loaded(checkpoint, error, _HINT) from error


def _check_size(kind: Any, checkpoint: Checkpoint) -> None:
    """Refuse a model that its weights could not fill, counted without any memory."""
    config = kind.config_class.from_pretrained(checkpoint.folder, local_files_only=True)
    with torch.device("meta"):
        empty = kind(config)
    numbers = sum(part.numel() for part in (*empty.parameters(), *empty.buffers()))
    if numbers > most_numbers(checkpoint.weight_bytes):
        raise CheckpointError(
            f"{checkpoint.folder}: config.json describes a model of {numbers:,} numbers, and the weights are "
            f"{checkpoint.weight_bytes:,} bytes: they do not belong together"
        )


def whole_on_each(request: Request, checkpoint: Checkpoint) -> tuple[str, tuple[str, ...]]:
    """The kind of device, and one device a worker, each of which holds the whole model.

    Raises:
        ConfigurationError: There is none as was asked for, or the model was to be spread over several.
    """
    kind, devices = devices_of(request, checkpoint)
    if devices == ("shard",):
        raise ConfigurationError(f"{checkpoint.given}: {checkpoint.family} runs on one device, not --asr-device=shard")
    return kind, devices


def language_code(request: Request) -> str | None:
    """The language that was asked for, by its code where Whisper's tokenizer knows the name."""
    asked = request.language.lower() if request.language else None
    code: str | None = TO_LANGUAGE_CODE.get(asked, asked)
    return code


def long_enough(samples: "Audio") -> "Audio":
    """A recording with silence behind it where it is shorter than a frame, which is no input at all."""
    return np.pad(samples, (0, max(0, _SHORTEST - len(samples))))


def greedily(request: Request, checkpoint: Checkpoint) -> None:
    """Refuse what a model without a search cannot do.

    Raises:
        ConfigurationError: Beams or a translation were asked for.
    """
    if request.num_beams != 1:
        raise ConfigurationError(f"{checkpoint.given}: it is decoded greedily, so --asr-num-beams has to be 1")
    if request.task != "transcribe":
        raise ConfigurationError(f"{checkpoint.given}: {checkpoint.family} transcribes, it does not {request.task}")
