"""Turn a Whisper model in CTranslate2's format into a Hugging Face checkpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from ctranslate2_reader import Array, read_variables

if TYPE_CHECKING:
    import torch

HEAD_WIDTH = 64
MEL_BINS = 80
LONGEST_OUTPUT = 448
LATEST_FIRST_TIMESTAMP = 50
END_OF_TEXT = "<|endoftext|>"


def convert(source: Path, target: Path) -> None:
    """Write the float16 checkpoint ``target`` from the folder ``source``.

    Args:
        source: a folder with ``model.bin``, ``config.json`` and ``tokenizer.json``.
        target: the folder to write weights, configurations and tokenizer to.

    Raises:
        ctranslate2_reader.CTranslate2FormatError: ``model.bin`` is no CTranslate2 file.
        KeyError, RuntimeError: it is not a Whisper model.
    """
    from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizerFast

    variables = read_variables((source / "model.bin").read_bytes())
    special: dict[str, Any] = dict.fromkeys(("unk_token", "bos_token", "eos_token", "pad_token"), END_OF_TEXT)
    tokenizer = WhisperTokenizerFast(tokenizer_file=str(source / "tokenizer.json"), **special)
    ids: dict[str, int] = tokenizer.get_vocab()
    model = WhisperForConditionalGeneration(_configuration(variables, ids))
    missing, unexpected = model.load_state_dict(_state_dict(variables, _layers(variables)), strict=False)
    # The output projection is tied to the token embeddings.
    if set(missing) - {"proj_out.weight"} or unexpected:
        raise RuntimeError(f"{source}: weights missing: {missing}, unexpected: {unexpected}")
    model.tie_weights()
    side = json.loads((source / "config.json").read_text(encoding="utf-8"))
    model.generation_config = _generation(ids, side)
    model.half().save_pretrained(target)
    tokenizer.save_pretrained(target)
    WhisperFeatureExtractor(feature_size=MEL_BINS).save_pretrained(target)


def _layers(variables: dict[str, Array]) -> int:
    return sum(name.startswith("encoder/") and name.endswith("ffn/linear_0/weight") for name in variables)


def _configuration(variables: dict[str, Array], ids: dict[str, int]) -> Any:
    from transformers import WhisperConfig

    vocabulary, width = variables["decoder/embeddings/weight"].shape
    end, start, layers = ids[END_OF_TEXT], ids["<|startoftranscript|>"], _layers(variables)
    config = WhisperConfig(
        vocab_size=vocabulary,
        num_mel_bins=MEL_BINS,
        d_model=width,
        encoder_layers=layers,
        decoder_layers=layers,
        encoder_attention_heads=width // HEAD_WIDTH,
        decoder_attention_heads=width // HEAD_WIDTH,
        encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width,
        decoder_start_token_id=start,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
    )
    config.suppress_tokens = config.begin_suppress_tokens = None
    return config


def _generation(ids: dict[str, int], side: dict[str, Any]) -> Any:
    from transformers import GenerationConfig
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    end = ids[END_OF_TEXT]
    # The vocabulary alone does not tell: the English tokenizer knows the languages too. Its ids are one lower.
    multilingual = end > 50256
    settings: dict[str, Any] = {
        "max_length": LONGEST_OUTPUT,
        "bos_token_id": end,
        "eos_token_id": end,
        "pad_token_id": end,
        "decoder_start_token_id": ids["<|startoftranscript|>"],
        "is_multilingual": multilingual,
        "return_timestamps": False,
        "suppress_tokens": side["suppress_ids"],
        "begin_suppress_tokens": side["suppress_ids_begin"],
        "alignment_heads": side["alignment_heads"],
        "no_timestamps_token_id": ids["<|notimestamps|>"],
        "prev_sot_token_id": ids["<|startofprev|>"],
        "max_initial_timestamp_index": LATEST_FIRST_TIMESTAMP,
    }
    if multilingual:
        settings["lang_to_id"] = {f"<|{code}|>": ids[f"<|{code}|>"] for code in LANGUAGES if f"<|{code}|>" in ids}
        settings["task_to_id"] = {task: ids[f"<|{task}|>"] for task in ("transcribe", "translate")}
    return GenerationConfig(**settings)


class _Weights:
    """Collects tensors under Hugging Face's names, taken from CTranslate2's."""

    def __init__(self, variables: dict[str, Array]) -> None:
        self._variables = variables
        self.tensors: dict[str, torch.Tensor] = {}

    def plain(self, target: str, source: str) -> None:
        self.tensors[target] = self._get(source)

    def linear(self, target: str, source: str) -> None:
        self.plain(f"{target}.weight", f"{source}/weight")
        self.plain(f"{target}.bias", f"{source}/bias")

    def norm(self, target: str, source: str) -> None:
        self.plain(f"{target}.weight", f"{source}/gamma")
        self.plain(f"{target}.bias", f"{source}/beta")

    def stacked(self, target: str, source: str, names: str) -> None:
        """Split projections that CTranslate2 stacks; Whisper's key projection has no bias."""
        weights = self._get(f"{source}/weight").chunk(len(names))
        biases = self._get(f"{source}/bias").chunk(len(names))
        for name, weight, bias in zip(names, weights, biases, strict=True):
            self.tensors[f"{target}.{name}_proj.weight"] = weight
            if name != "k":
                self.tensors[f"{target}.{name}_proj.bias"] = bias

    def _get(self, name: str) -> torch.Tensor:
        import torch

        return torch.from_numpy(np.array(self._variables[name], dtype=np.float32))


def _state_dict(variables: dict[str, Array], layers: int) -> dict[str, torch.Tensor]:
    weights = _Weights(variables)
    for side in ("encoder", "decoder"):
        for layer in range(layers):
            _add_layer(weights, side, f"model.{side}.layers.{layer}", f"{side}/layer_{layer}")
        weights.norm(f"model.{side}.layer_norm", f"{side}/layer_norm")
        weights.plain(f"model.{side}.embed_positions.weight", f"{side}/position_encodings/encodings")
    weights.linear("model.encoder.conv1", "encoder/conv1")
    weights.linear("model.encoder.conv2", "encoder/conv2")
    weights.plain("model.decoder.embed_tokens.weight", "decoder/embeddings/weight")
    return weights.tensors


def _add_layer(weights: _Weights, side: str, target: str, source: str) -> None:
    weights.stacked(f"{target}.self_attn", f"{source}/self_attention/linear_0", "qkv")
    weights.linear(f"{target}.self_attn.out_proj", f"{source}/self_attention/linear_1")
    weights.norm(f"{target}.self_attn_layer_norm", f"{source}/self_attention/layer_norm")
    if side == "decoder":
        weights.linear(f"{target}.encoder_attn.q_proj", f"{source}/attention/linear_0")
        weights.stacked(f"{target}.encoder_attn", f"{source}/attention/linear_1", "kv")
        weights.linear(f"{target}.encoder_attn.out_proj", f"{source}/attention/linear_2")
        weights.norm(f"{target}.encoder_attn_layer_norm", f"{source}/attention/layer_norm")
    weights.linear(f"{target}.fc1", f"{source}/ffn/linear_0")
    weights.linear(f"{target}.fc2", f"{source}/ffn/linear_1")
    weights.norm(f"{target}.final_layer_norm", f"{source}/ffn/layer_norm")
