"""LoRA adapters on a base: found, refused where they would do more, and saying what the merged model says."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from speech_families import save_adapter, sound

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint, fingerprint, open_checkpoint
from asr_regress.transcription.settings import Request

pytest.importorskip("peft")
pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
SOUNDS = [sound(seconds, 150 + 90 * n, n) for n, seconds in enumerate((0.5, 1.7, 3.3))]


@pytest.fixture
def place(tiny_checkpoint: Path, adapter: Path, tmp_path: Path) -> Path:
    """A folder with a base and an adapter that names it by a relative path."""
    shutil.copytree(tiny_checkpoint, tmp_path / "base")
    shutil.copytree(adapter, tmp_path / "adapter")
    return tmp_path


@pytest.fixture(scope="module")
def adapter(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(tiny_checkpoint, tmp_path_factory.mktemp("lora") / "adapter", named="../base")


def change(folder: Path, **values: Any) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def said(checkpoint: Checkpoint, dtype: str = "float32") -> list[str]:
    from asr_regress.transcription.recognizers import whisper

    request = Request(language="en", dtype=dtype, device="cpu", batch_size=3)
    recognizer = whisper.load(checkpoint, whisper.resolve(request, checkpoint).settings, "cpu", 1)
    return recognizer.transcribe(SOUNDS)


def digest(path: Path) -> str:
    return path.read_bytes().hex()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_it_says_what_the_merged_model_says(place: Path, dtype: str) -> None:
    import peft
    from transformers import WhisperForConditionalGeneration

    base = WhisperForConditionalGeneration.from_pretrained(place / "base")
    merged = shutil.copytree(place / "base", place / "merged")
    peft.PeftModel.from_pretrained(base, place / "adapter").merge_and_unload().save_pretrained(merged)
    found = said(open_checkpoint("adapter", place), dtype)
    assert found == said(open_checkpoint("merged", place), dtype)
    assert found != said(open_checkpoint("base", place), dtype)


def test_base_and_adapter_are_both_in_the_fingerprint(place: Path) -> None:
    def now() -> str:
        return fingerprint(open_checkpoint("adapter", place), digest)

    found = {now(), fingerprint(open_checkpoint("base", place), digest)}
    change(place / "adapter", lora_alpha=16)
    found.add(now())
    for path in (place / "adapter" / "adapter_model.safetensors", place / "base" / "generation_config.json"):
        path.write_bytes(path.read_bytes() + b" ")
        found.add(now())
    assert len(found) == 5


def test_another_base_can_be_named(place: Path) -> None:
    (place / "base").rename(place / "elsewhere")
    with pytest.raises(CheckpointError, match=r"its base model '\.\./base' is neither .*#base=PATH"):
        open_checkpoint("adapter", place)
    checkpoint = open_checkpoint("lora=adapter#base=elsewhere", place)
    assert (checkpoint.name, checkpoint.folder.name) == ("lora", "elsewhere")
    assert checkpoint.adapter == (place / "adapter").resolve()
    assert checkpoint.backend == "whisper"
    with pytest.raises(CheckpointError, match="a base is for an adapter"):
        open_checkpoint("elsewhere#base=elsewhere", place)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"peft_type": "PROMPT_TUNING"}, "peft_type is 'PROMPT_TUNING'; read here: LORA"),
        ({"init_lora_weights": "pissa"}, "init_lora_weights is 'pissa'"),
        ({"megatron_config": {"tensor_model_parallel_size": 2}}, "megatron_config asks for more"),
        ({"r": 10**9}, "a rank is no whole number"),
        ({"rank_pattern": {"q_proj": "many"}}, "a rank is no whole number"),
        ({"base_model_name_or_path": None}, "names no base model"),
        ({"base_model_name_or_path": "somebody/a-model-that-nobody-has"}, "neither a folder beside it nor"),
    ],
)
def test_what_asks_for_more_is_refused(place: Path, values: dict[str, Any], why: str) -> None:
    change(place / "adapter", **values)
    with pytest.raises(CheckpointError, match=why):
        open_checkpoint("adapter", place)


def test_a_pickled_adapter_is_refused(place: Path) -> None:
    weights = place / "adapter" / "adapter_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(CheckpointError, match=r"no adapter_model\.safetensors: .*pickled ones are not read"):
        open_checkpoint("adapter", place)


def test_one_for_another_model_is_refused(place: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = place / "adapter" / "adapter_model.safetensors"
    tensors = {name.replace("layers.0", "layers.7"): weights for name, weights in load_file(path).items()}
    save_file(tensors, path, metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"does not go on .*layers\.7"):
        said(open_checkpoint("adapter", place))


def test_without_the_extra_it_says_how_to_install_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'asr-regress\[peft\]'"):
        open_checkpoint("adapter", place)
