"""What tests of several folders share: a tiny random Whisper checkpoint and small recordings."""

import gc
import json
import math
import os
import shutil
import string
import sys
import wave
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy  # noqa: F401 - pytester forgets what a test imports, and numpy cannot be imported twice
import pytest
from filelock import FileLock

# Helpers that are no fixtures; tests import them by their name.
SUPPORT = Path(__file__).parent / "support"
if str(SUPPORT) not in sys.path:
    sys.path.append(str(SUPPORT))

# Small models gain nothing from threads; on a busy machine, two that wait for each other take ten times as long as one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

SAMPLE_RATE = 16_000
# Of the real models; no two files that begin together must wait for the store that both use.
_FIRST = ("test_many_kills_of_a_gate.py", "test_against_plain_loop.py", "test_equal_predictions.py")
# Then what takes 15 s and more; those that mostly wait, for clusters and limits of time, between those that compute.
_LONG = (
    "test_ray_engine.py", "test_docs_commands.py", "test_local_engine.py", "test_ray_gate.py",
    "test_backends_in_a_gate.py", "test_worker_faults.py", "test_worker_hang.py", "test_damaged_recordings.py",
    "test_how_to_add.py", "test_many_kills.py", "test_gpu_benchmark.py", "test_measure.py", "test_served_models.py",
    "test_interrupted.py", "test_worker_death.py", "test_served_engine.py",
)  # fmt: skip
_SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|ko|>", "<|translate|>", "<|transcribe|>")
_AFTER = ("<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real models first, and what takes long: it must not begin when the other processes are about to be done."""
    long = {name: number for number, name in enumerate(_LONG)}
    items.sort(
        key=lambda item: (
            item.path.parent.name != "slow",
            item.path.name not in _FIRST,
            long.get(item.path.name, len(long)),
        )
    )


def pytest_collection_finish() -> None:
    """Leave what is there to the end, some five thousand tests, out of every search for garbage."""
    gc.freeze()


def write_tone(path: Path, hertz: float, seconds: float = 0.5) -> Path:
    """A sine tone as a 16-bit mono WAV at 16 kHz: what a tiny random model says of it depends on its pitch."""
    samples = array(
        "h", (int(12_000 * math.sin(2 * math.pi * hertz * n / SAMPLE_RATE)) for n in range(int(seconds * SAMPLE_RATE)))
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return path


def build_tiny_checkpoint(folder: Path, *, seed: int = 0, multilingual: bool = True) -> Path:
    """A Whisper of random weights that loads in a moment and says something else of each recording."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = {chr_: n for n, chr_ in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [*_SPECIAL, *_AFTER, *(f"<|{n * 0.02:.2f}|>" for n in range(1501))]
    end = _SPECIAL[0]
    fast = transformers.WhisperTokenizerFast(
        tokenizer_object=tokenizer, unk_token=end, bos_token=end, eos_token=end, pad_token=end
    )
    fast.add_tokens([token for token in special if token not in fast.get_vocab()], special_tokens=True)
    ids = fast.get_vocab()
    end_id, start = ids[end], ids["<|startoftranscript|>"]
    config = transformers.WhisperConfig(
        vocab_size=len(ids), num_mel_bins=80, d_model=32, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64,
        decoder_start_token_id=start, bos_token_id=end_id, eos_token_id=end_id, pad_token_id=end_id, init_std=0.6,
        suppress_tokens=None, begin_suppress_tokens=None,
    )  # fmt: skip
    torch.manual_seed(seed)
    model = transformers.WhisperForConditionalGeneration(config)
    generation: dict[str, object] = {
        "max_length": 16, "bos_token_id": end_id, "eos_token_id": end_id, "pad_token_id": end_id,
        "decoder_start_token_id": start, "is_multilingual": multilingual, "return_timestamps": False,
        "no_timestamps_token_id": ids["<|notimestamps|>"], "prev_sot_token_id": ids["<|startofprev|>"],
        "max_initial_timestamp_index": 50,
        # Letters alone: a byte that is no UTF-8 by itself would make every hypothesis look the same.
        "suppress_tokens": sorted(set(ids.values()) - {end_id} - {ids[letter] for letter in string.ascii_letters}),
    }  # fmt: skip
    if multilingual:
        generation["lang_to_id"] = {f"<|{code}|>": ids[f"<|{code}|>"] for code in ("en", "ko")}
        generation["task_to_id"] = {task: ids[f"<|{task}|>"] for task in ("transcribe", "translate")}
    model.generation_config = transformers.GenerationConfig(**generation)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    transformers.WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    return folder


MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def made_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Folders for all processes of a run, each made by the first that needs it: `made_once(name, make)`. To be read."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if hasattr(request.config, "workerinput") else base) / "made_once"
    shared.mkdir(exist_ok=True)

    def get(name: str, make: Callable[[Path], object]) -> Path:
        folder, begun = shared / name, shared / f"{name}.begun"
        with FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(begun, ignore_errors=True)
                begun.mkdir()
                make(begun)
                begun.rename(folder)
        return folder

    return get


@pytest.fixture(scope="session")
def tiny_checkpoint(made_once: MadeOnce) -> Path:
    """A tiny random checkpoint; for plumbing, never for claims about accuracy or speed."""
    return made_once("tiny", build_tiny_checkpoint)


@pytest.fixture(scope="session")
def other_tiny_checkpoint(made_once: MadeOnce) -> Path:
    """Another one, which says other things."""
    return made_once("other", lambda folder: build_tiny_checkpoint(folder, seed=1))


@pytest.fixture(scope="session")
def tone() -> Callable[..., Path]:
    """Writes one recording: `tone(path, hertz, seconds)`."""
    return write_tone


MakeData = Callable[..., Path]


@pytest.fixture(scope="session")
def make_data() -> MakeData:
    """Writes a JSONL manifest with one tone a row: `make_data(folder, {"D01": ["first text", ""], "D02": [...]})`."""

    def make(folder: Path, categories: dict[str, Sequence[str]], *, name: str = "manifest.jsonl") -> Path:
        rows, number = [], 0
        for category, texts in categories.items():
            for text in texts:
                number += 1
                audio = write_tone(folder / category / f"{number:03}.wav", 150 + 60 * number)
                row = {"audio_filepath": str(audio.relative_to(folder)), "text": text, "category": category}
                rows.append(json.dumps({**row, "id": f"{category}/{number:03}"}, ensure_ascii=False))
        manifest = folder / name
        manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return manifest

    return make
