"""Kinds of checkpoints in Hugging Face's format: which recognizer reads them, and what their settings may name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_FAST = ("PreTrainedTokenizerFast", "TokenizersBackend")


@dataclass(frozen=True, slots=True)
class Family:
    """What checkpoints of one ``model_type`` have in common.

    Attributes:
        backend: Name of the recognizer.
        tokenizers: Classes that settings may have loading make.
        extractors: The same, of features.
        vocabularies: Files of which one has to be there.
        window_seconds: The longest audio that the model hears at once.
        takes_language: Whether it is told the language.
    """

    backend: str
    tokenizers: tuple[str, ...]
    extractors: tuple[str, ...]
    vocabularies: tuple[str, ...] = ("tokenizer.json", "vocab.json")
    window_seconds: float = 30.0
    takes_language: bool = False


CTC_WINDOW_SECONDS: Final = 32.0

_WAVES: Final = Family(
    "ctc",
    ("Wav2Vec2CTCTokenizer",),
    ("Wav2Vec2FeatureExtractor",),
    ("vocab.json",),
    window_seconds=CTC_WINDOW_SECONDS,
)
_SEAMLESS: Final = Family(
    "seq2seq",
    ("SeamlessM4TTokenizer", "SeamlessM4TTokenizerFast", *_FAST),
    ("SeamlessM4TFeatureExtractor",),
    ("tokenizer.json", "sentencepiece.bpe.model"),
    takes_language=True,
)

FAMILIES: Final[Mapping[str, Family]] = {
    "whisper": Family(
        "whisper",
        ("WhisperTokenizer", "WhisperTokenizerFast", *_FAST),
        ("WhisperFeatureExtractor",),
        takes_language=True,
    ),
    **dict.fromkeys(
        ("wav2vec2", "wav2vec2-conformer", "hubert", "wavlm", "unispeech", "unispeech-sat", "data2vec-audio", "sew"),
        _WAVES,
    ),
    "wav2vec2-bert": Family(
        "ctc",
        ("Wav2Vec2CTCTokenizer",),
        ("SeamlessM4TFeatureExtractor",),
        ("vocab.json",),
        window_seconds=CTC_WINDOW_SECONDS,
    ),
    "parakeet_ctc": Family(
        "ctc",
        ("ParakeetTokenizer", "ParakeetTokenizerFast", *_FAST),
        ("ParakeetFeatureExtractor",),
        window_seconds=CTC_WINDOW_SECONDS,
    ),
    "moonshine": Family("seq2seq", _FAST, ("Wav2Vec2FeatureExtractor",)),
    "speech_to_text": Family(
        "seq2seq",
        ("Speech2TextTokenizer",),
        ("Speech2TextFeatureExtractor",),
        ("sentencepiece.bpe.model",),
    ),
    "seamless_m4t": _SEAMLESS,
    "seamless_m4t_v2": _SEAMLESS,
}
"""By ``model_type`` in config.json."""
