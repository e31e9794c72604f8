"""Encoder-decoder models beside Whisper: Moonshine, Speech2Text, SeamlessM4T.

Each recording goes through the model alone, at its own length: nothing is padded, and no neighbor has a say. What is
longer than the window fails and says so; these models have no way of their own to hear more.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
import transformers

from asr_regress.errors import AudioError, CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.checkpoints.checks import feature_settings, read_json
from asr_regress.transcription.checkpoints.families import FAMILIES
from asr_regress.transcription.recognizers.iso_languages import three_letters
from asr_regress.transcription.recognizers.pretrained import (
    attention_of,
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

_LONGEST = 448  # tokens
_TOKENS_A_SECOND = 6.5  # of Moonshine (Jeffries et al. 2024): more is a repetition without end
_PARTS: Mapping[str, tuple[str, str]] = {
    "moonshine": ("Wav2Vec2FeatureExtractor", "PreTrainedTokenizerFast"),
    "speech_to_text": ("Speech2TextFeatureExtractor", "Speech2TextTokenizer"),
    "seamless_m4t": ("SeamlessM4TFeatureExtractor", "SeamlessM4TTokenizer"),
    "seamless_m4t_v2": ("SeamlessM4TFeatureExtractor", "SeamlessM4TTokenizer"),
}
"""What makes features and what reads tokens, by family."""


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request.

    Raises:
        ConfigurationError: The request cannot be met here, or does not fit the checkpoint.
    """
    placed = whole_on_each(request, checkpoint)
    if request.task != "transcribe":
        raise ConfigurationError(f"{checkpoint.given}: {checkpoint.family} is only asked to transcribe here")
    more = request.batch_size is not None and request.batch_size > 1
    return settled(
        request,
        checkpoint,
        placed,
        backend="seq2seq",
        language=_language(request, checkpoint),
        attention=attention_of(checkpoint),
        batch_size=1,
        notes=(f"{checkpoint.family} is given one recording at a time, whatever the batch size",) if more else (),
    )


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> "Seq2SeqRecognizer":
    """The checkpoint on a device.

    Raises:
        CheckpointError: It does not load.
    """
    prepare_torch(threads)
    return Seq2SeqRecognizer(checkpoint, settings, device)


class Seq2SeqRecognizer:
    """A loaded model that transcribes recordings one by one."""

    def __init__(self, checkpoint: Checkpoint, settings: DecodingSettings, device: str) -> None:
        self._settings, self._family = settings, checkpoint.family
        self._device = torch.device(device)
        self._seconds = checkpoint.window_seconds
        if feature_settings(checkpoint.folder).get("dither"):
            raise CheckpointError(f"{checkpoint.folder}: its features are dithered, so that no two runs are alike")
        extractor, tokenizer = (getattr(transformers, name) for name in _PARTS[checkpoint.family])
        self._extractor: Any = load_part(checkpoint, extractor)
        self._tokenizer: Any = load_part(checkpoint, tokenizer)
        self._model: Any = load_model(checkpoint, settings, self._device)
        self._arguments: dict[str, Any] = {"num_beams": settings.num_beams, "do_sample": False}
        if FAMILIES[checkpoint.family].takes_language and settings.language:
            self._arguments["tgt_lang"] = three_letters(settings.language)

    def transcribe(self, audio: "Sequence[Audio]") -> list[str]:
        """Texts of a batch, in order. See `Recognizer.transcribe`.

        Raises:
            AudioError: A recording is longer than what the model hears.
        """
        with telling_out_of_memory():
            return [self._transcribe(samples) for samples in audio]

    def _transcribe(self, samples: "Audio") -> str:
        seconds = len(samples) / SAMPLE_RATE
        if seconds > self._seconds:
            raise AudioError(
                f"{seconds:.1f} s long, and {self._family} hears {self._seconds:g} s: cut it into utterances, "
                "nothing is cut off in silence"
            )
        inputs = self._extractor([long_enough(samples)], sampling_rate=SAMPLE_RATE, return_tensors="pt")
        name = self._model.main_input_name
        name = name if name in inputs else next(key for key in inputs if key != "attention_mask")
        given = {name: inputs[name].to(self._device, DTYPES[self._settings.dtype])}
        if "attention_mask" in inputs:
            given["attention_mask"] = inputs["attention_mask"].to(self._device)
        with torch.inference_mode():
            tokens = self._model.generate(**given, **self._arguments, max_new_tokens=self._most_tokens(seconds))
        return str(self._tokenizer.decode(tokens[0], skip_special_tokens=True))

    def _most_tokens(self, seconds: float) -> int:
        if self._family == "moonshine":
            return max(1, int(seconds * _TOKENS_A_SECOND))
        longest = getattr(self._model.config, "max_target_positions", None) or _LONGEST
        return int(min(_LONGEST, longest - 4))


def _language(request: Request, checkpoint: Checkpoint) -> str | None:
    """The language that was asked for, by its code.

    Raises:
        ConfigurationError: The checkpoint writes several languages, and none that it knows was asked for.
    """
    language = language_code(request)
    if not FAMILIES[checkpoint.family].takes_language:
        return language
    known = read_json(checkpoint.folder / "generation_config.json").get("text_decoder_lang_to_code_id")
    codes = list(known) if isinstance(known, dict) else []
    if language is None or three_letters(language) not in codes:
        raise ConfigurationError(
            f"{checkpoint.given}: it writes {len(codes)} languages ({', '.join(codes[:10])} …): name one with "
            f"--asr-language or `language:`{f'; {language!r} is none of them' if language else ''}"
        )
    return language
