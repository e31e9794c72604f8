"""Checkpoints of other families than Whisper that ask for more than their weights: refused, with nothing run."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from speech_families import save_ctc

from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checkpoint import fingerprint, open_checkpoint
from asr_regress.transcription.settings import Request


@pytest.fixture(scope="module")
def sound_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_ctc(tmp_path_factory.mktemp("ctc") / "sound", "wav2vec2", masks=True)


@pytest.fixture
def folder(sound_one: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound_one, tmp_path / "candidate")


def change(folder: Path, name: str, **values: Any) -> None:
    path = folder / name
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**known, **values}), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("config.json", {"auto_map": {"AutoModelForCTC": "code.Mine"}}, r"auto_map in config\.json"),
        ("config.json", {"quantization_config": {"quant_method": "gptq"}}, "quantization_config names a library"),
        ("config.json", {"num_hidden_layers": 10**6}, "num_hidden_layers is 1000000, expected at most 512"),
        ("config.json", {"hidden_size": 2**40}, "hidden_size is .*, expected at most"),
        ("config.json", {"conv_dim": [1] * 200_000}, "conv_dim is a list of 200,000"),
        ("tokenizer_config.json", {"tokenizer_class": "RagTokenizer"}, "tokenizer_class is 'RagTokenizer'"),
        ("tokenizer_config.json", {"vocab_file": "/etc/passwd"}, "vocab_file names files to load"),
        ("tokenizer_config.json", {"vocab_file": ["vocab.json"]}, "vocab_file names files to load"),
        ("tokenizer_config.json", {"sp_model_kwargs": {"model_file": "x"}}, "sp_model_kwargs has sentencepiece read"),
        ("preprocessor_config.json", {"feature_extractor_type": "DacFeatureExtractor"}, "is 'DacFeatureExtractor'"),
        ("preprocessor_config.json", {"sampling_rate": 8000}, "sampling_rate is 8000, expected 16,000"),
        ("processor_config.json", {"audio_tokenizer": {"audio_tokenizer_class": "DacModel"}}, "names another model"),
    ],
)
def test_what_would_load_something_else_is_refused(folder: Path, name: str, values: dict[str, Any], why: str) -> None:
    change(folder, name, **values)
    with pytest.raises(CheckpointError, match=why):
        open_checkpoint(str(folder), folder)


def test_a_model_that_its_weights_cannot_fill_is_refused_before_it_takes_memory(folder: Path) -> None:
    from asr_regress.transcription.recognizers import ctc

    change(folder, "config.json", hidden_size=2**14, intermediate_size=2**20, num_hidden_layers=8)
    checkpoint = open_checkpoint(str(folder), folder)
    settings = ctc.resolve(Request(device="cpu"), checkpoint).settings
    with pytest.raises(CheckpointError, match="they do not belong together"):
        ctc.load(checkpoint, settings, "cpu", 1)


def test_pickled_weights_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="unpickling can run any code"):
        open_checkpoint(str(folder), folder)


def test_an_adapter_of_a_language_is_part_of_the_fingerprint(folder: Path) -> None:
    def now() -> str:
        return fingerprint(open_checkpoint(str(folder), folder), lambda path: path.read_bytes().hex())

    before = now()
    (folder / "adapter.kor.safetensors").write_bytes(b"weights")
    assert now() != before
