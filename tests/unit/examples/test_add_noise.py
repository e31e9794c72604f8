from pathlib import Path

import pytest
from add_noise import add_noise, main


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random Whisper checkpoint in float16."""
    import torch
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    torch.manual_seed(1)
    sizes = {f"{side}_{what}": n for side in ("encoder", "decoder") for what, n in (("layers", 1), ("ffn_dim", 64))}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    special = dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"), 0)
    config = WhisperConfig(vocab_size=300, d_model=32, max_source_positions=100, **sizes, **heads, **special)
    config.suppress_tokens = config.begin_suppress_tokens = None
    folder = tmp_path_factory.mktemp("checkpoint")
    WhisperForConditionalGeneration(config).half().save_pretrained(folder)
    return folder


def weights(folder: Path) -> dict:
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")


@pytest.mark.parametrize("strength", [0.05, 0.15])
def test_matrices_change_by_the_asked_strength_and_nothing_else_does(
    checkpoint: Path, tmp_path: Path, strength: float
) -> None:
    import torch

    changed = add_noise(checkpoint, tmp_path / "noisy", strength, seed=0)
    before, after = weights(checkpoint), weights(tmp_path / "noisy")
    assert before.keys() == after.keys()
    assert changed == sum(tensor.ndim >= 2 for tensor in before.values()) > 0
    for name, tensor in before.items():
        assert after[name].dtype == tensor.dtype == torch.float16
        if tensor.ndim < 2:
            assert torch.equal(after[name], tensor)
        else:
            noise = after[name].float() - tensor.float()
            # The smallest matrix has 1,024 entries: its standard deviation is known to 2.2 percent.
            assert noise.std().item() == pytest.approx(strength * tensor.float().std().item(), rel=0.12)


def test_a_seed_gives_the_same_weights_and_another_seed_others(checkpoint: Path, tmp_path: Path) -> None:
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        add_noise(checkpoint, tmp_path / name, 0.15, seed)
    first, again, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("first", "again", "other"))
    assert first == again
    assert first != other


def test_the_copy_loads_and_leaves_the_source_and_no_scratch_behind(checkpoint: Path, tmp_path: Path) -> None:
    from transformers import WhisperForConditionalGeneration

    before = (checkpoint / "model.safetensors").read_bytes()
    assert main([str(checkpoint), str(tmp_path / "noisy")]) == 0
    assert main([str(checkpoint), str(tmp_path / "noisy")]) == 0  # an existing target is replaced
    WhisperForConditionalGeneration.from_pretrained(tmp_path / "noisy")
    assert (checkpoint / "model.safetensors").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"noisy"}


def test_a_folder_without_weights_is_a_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path / "noisy")]) == 1
    assert "model.safetensors: no such file" in capsys.readouterr().err
    assert not (tmp_path / "noisy").exists()


def test_the_source_is_never_its_own_target(checkpoint: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(checkpoint), str(checkpoint)])
