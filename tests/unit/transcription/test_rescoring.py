"""The logits that decide which token comes next are float32's, whatever the model computes in."""

import pytest
import torch
from transformers import WhisperConfig, WhisperForConditionalGeneration

from asr_regress.transcription.recognizers.rescoring import rescore

VOCABULARY = 300


def model(vocabulary: int = VOCABULARY) -> WhisperForConditionalGeneration:
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=vocabulary, d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, decoder_start_token_id=3,
    )  # fmt: skip
    made: WhisperForConditionalGeneration = WhisperForConditionalGeneration(config).eval().bfloat16()
    return made


def head_of(made: WhisperForConditionalGeneration) -> torch.nn.Linear:
    head: torch.nn.Linear = made.get_output_embeddings()
    return head


def states(rows: int) -> torch.Tensor:
    return (30 * torch.randn(rows, 5, 32, generator=torch.Generator().manual_seed(rows))).bfloat16()


@pytest.mark.parametrize("num_beams", [1, 20])
def test_the_highest_are_float32s_and_the_others_the_models_own(num_beams: int) -> None:
    made = model()
    head, found_in = head_of(made), states(3)
    plain = head(found_in)
    rescore(made, num_beams)
    rescored = head(found_in)
    exact = found_in.float() @ head.weight.float().t()
    again = rescored != plain.float()
    torch.testing.assert_close(rescored[again], exact[again], rtol=1e-6, atol=1e-5)
    assert (again.sum(-1) <= max(16, 4 * num_beams)).all()
    best = exact.topk(max(2, 2 * num_beams), dim=-1).indices
    torch.testing.assert_close(rescored.gather(-1, best), exact.gather(-1, best), rtol=1e-6, atol=1e-5)


def test_tokens_that_bf16_cannot_tell_apart_are_told_apart() -> None:
    made = model()
    head, found_in = head_of(made), states(40)
    exact = (found_in.float() @ head.weight.float().t()).argmax(-1)
    differ = head(found_in).argmax(-1) != exact
    rescore(made, 1)
    assert differ.any()
    assert torch.equal(head(found_in).argmax(-1), exact)


def test_a_row_does_not_depend_on_its_neighbors() -> None:
    made = model()
    rescore(made, 1)
    found_in = states(4)
    assert torch.equal(head_of(made)(found_in).flip(0), head_of(made)(found_in.flip(0)))


def test_a_vocabulary_smaller_than_what_is_looked_at_twice() -> None:
    made = model(vocabulary=9)
    rescore(made, 5)
    found_in = states(2)
    exact = found_in.float() @ head_of(made).weight.float().t()
    torch.testing.assert_close(head_of(made)(found_in), exact, rtol=1e-6, atol=1e-5)


def test_decoding_picks_the_token_of_the_highest_exact_logit() -> None:
    made = model()
    rescore(made, 1)
    features = torch.randn(2, 80, 3000, generator=torch.Generator().manual_seed(1)).bfloat16()
    tokens = torch.tensor([[3, 7, 11], [3, 8, 200]])
    with torch.inference_mode():
        state = made.model(input_features=features, decoder_input_ids=tokens).last_hidden_state
        logits = made(input_features=features, decoder_input_ids=tokens).logits
    assert logits.dtype == torch.float32
    assert torch.equal(logits.argmax(-1), (state.float() @ head_of(made).weight.float().t()).argmax(-1))
