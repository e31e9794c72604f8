"""Whispers of true shape and random weights, whose texts are as long as real ones: for speed, weights do not matter."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOKENIZER = ROOT / "models" / "whisper-base"

# Width, encoder layers, decoder layers, heads, mel channels: Radford et al. 2022, table 1, and the published
# config.json of openai/whisper-large-v3 and -turbo. The last one is for trying the scripts out.
SHAPES = {
    "medium": (1024, 24, 24, 16, 80),
    "large-v3": (1280, 32, 32, 20, 128),
    "large-v3-turbo": (1280, 32, 4, 20, 128),
    "smallest": (64, 2, 1, 2, 80),
}
_FRAMES = 1500
_LONGEST = 200


def build(shape: str, folder: Path) -> Path:
    """Write a checkpoint in half precision; its tokenizer is that of whisper-base (`make models`)."""
    import torch
    import transformers

    if not TOKENIZER.is_dir():
        raise SystemExit("no tokenizer: run `make models` first")
    width, encoder, decoder, heads, mels = SHAPES[shape]
    torch.manual_seed(0)
    config = transformers.WhisperConfig.from_pretrained(
        TOKENIZER, d_model=width, encoder_layers=encoder, decoder_layers=decoder, num_mel_bins=mels,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width, num_hidden_layers=encoder,
    )  # fmt: skip
    model = transformers.WhisperForConditionalGeneration(config).half()
    model.generation_config = transformers.GenerationConfig.from_pretrained(TOKENIZER)
    # Which heads tell word times is another matter in another shape.
    model.generation_config.alignment_heads = None
    model.save_pretrained(folder)
    for path in TOKENIZER.iterdir():
        if path.suffix in (".json", ".txt") and path.name not in ("config.json", "generation_config.json"):
            shutil.copy(path, folder)
    transformers.WhisperFeatureExtractor(feature_size=mels).save_pretrained(folder)
    return folder


def encoder_operations(shape: str) -> float:
    """Multiplications and additions of one 30 s window: convolutions, projections, attention, feed-forward."""
    width, layers, _, _, mels = SHAPES[shape]
    convolutions = 2 * 3 * width * (2 * _FRAMES * mels + _FRAMES * width)
    projections = 2 * _FRAMES * 12 * width * width  # query, key, value, output, and twice four widths
    attention = 2 * 2 * _FRAMES * _FRAMES * width
    return float(convolutions + layers * (projections + attention))


@cache
def lengths() -> tuple[int, ...]:
    """Tokens of every real transcript in examples/speech."""
    import transformers

    from asr_regress.corpus.discovery import read_manifest

    tokenizer = transformers.AutoTokenizer.from_pretrained(TOKENIZER)
    utterances = read_manifest(ROOT / "examples" / "speech").utterances
    return tuple(
        min(_LONGEST, len(tokenizer(each.reference, add_special_tokens=False).input_ids)) for each in utterances
    )


def ending_as_drawn(model: Any) -> None:
    """Let every row of `generate` end after as many tokens as are drawn by what its features hold."""
    generate = model.generate

    def ends(features: Any, **arguments: Any) -> Any:
        return generate(features, logits_processor=[_EndsAsDrawn(features, model.generation_config)], **arguments)

    model.generate = ends


class _EndsAsDrawn:
    def __init__(self, features: Any, config: Any) -> None:
        import torch

        drawn = torch.tensor(lengths(), device=features.device)
        picked = (features.float().std(dim=(1, 2)) * 1e6).long() % len(drawn)
        end = config.eos_token_id
        self._lengths, self._end = drawn[picked], end[0] if isinstance(end, list) else end
        self._start: int | None = None

    def __call__(self, tokens: Any, scores: Any) -> Any:
        import torch

        if self._start is None:
            self._start = tokens.shape[1]
        over = self._lengths <= tokens.shape[1] - self._start
        end = torch.full_like(scores, -torch.inf)
        end[:, self._end] = 0
        going_on = scores.clone()
        going_on[:, self._end] = -torch.inf
        return torch.where(over.unsqueeze(1), end, going_on)


def with_lengths(peer: Callable[[Any], Any], task: Any) -> Any:
    """A peer of `inference_peers` whose model ends as drawn."""
    import inference_peers

    load = inference_peers._transformers_model

    def loaded(*arguments: Any) -> Any:
        model, processor = load(*arguments)
        ending_as_drawn(model)
        return model, processor

    inference_peers._transformers_model = loaded
    try:
        return peer(task)
    finally:
        inference_peers._transformers_model = load
