"""Attention as plain matrix products gives what torch's own gives."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import WhisperConfig, WhisperForConditionalGeneration

from asr_regress.transcription.recognizers import cpu_attention

MODULE = torch.nn.Module()


def random_heads(queries: int, keys: int, dtype: torch.dtype) -> tuple[torch.Tensor, ...]:
    chance = torch.Generator().manual_seed(queries + keys)
    return tuple(torch.randn(2, 3, length, 16, generator=chance).to(dtype) for length in (queries, keys, keys))


@pytest.mark.parametrize(("queries", "keys"), [(1, 1), (1, 700), (5, 5), (300, 300), (300, 40)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 2e-2)])
def test_the_same_as_torch(queries: int, keys: int, dtype: torch.dtype, tolerance: float) -> None:
    query, key, value = random_heads(queries, keys, dtype)
    expected = scaled_dot_product_attention(query.float(), key.float(), value.float()).transpose(1, 2)
    found, weights = cpu_attention.attend(MODULE, query, key, value, None)
    assert (found.dtype, found.is_contiguous(), weights) == (dtype, True, None)
    torch.testing.assert_close(found.float(), expected, atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("queries", [1, 5, 300])
def test_a_mask_and_a_factor_are_heeded(queries: int) -> None:
    query, key, value = random_heads(queries, 20, torch.float32)
    hidden = torch.arange(20) % 3 == 0
    mask = torch.zeros(1, 1, queries, 24).masked_fill(torch.nn.functional.pad(hidden, (0, 4)), float("-inf"))
    expected = scaled_dot_product_attention(query, key, value, attn_mask=~hidden.expand(queries, 20), scale=0.5)
    found, _ = cpu_attention.attend(MODULE, query, key, value, mask, scaling=0.5)
    torch.testing.assert_close(found, expected.transpose(1, 2), atol=1e-5, rtol=1e-5)


def test_a_row_does_not_depend_on_its_neighbors() -> None:
    query, key, value = random_heads(300, 300, torch.bfloat16)
    both, _ = cpu_attention.attend(MODULE, query, key, value, None)
    turned, _ = cpu_attention.attend(MODULE, query.flip(0), key.flip(0), value.flip(0), None)
    assert torch.equal(both, turned.flip(0))


def test_a_whisper_gives_the_same_logits() -> None:
    cpu_attention.register()
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=90, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, decoder_start_token_id=3,
    )  # fmt: skip
    model = WhisperForConditionalGeneration(config).eval()
    features, tokens = torch.randn(2, 80, 3000), torch.randint(4, 90, (2, 7))
    with torch.inference_mode():
        logits = {}
        for name in ("sdpa", cpu_attention.NAME):
            model.set_attn_implementation(name)
            logits[name] = model(input_features=features, decoder_input_ids=tokens).logits
    assert model.config._attn_implementation == cpu_attention.NAME
    torch.testing.assert_close(logits[cpu_attention.NAME], logits["sdpa"], atol=1e-4, rtol=1e-4)
