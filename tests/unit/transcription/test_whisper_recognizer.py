"""The Whisper recognizer in this process, on a tiny random checkpoint."""

import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.settings import Request


@pytest.fixture(scope="module")
def whisper():
    from asr_regress.transcription.recognizers import whisper

    return whisper


@pytest.fixture(scope="module")
def checkpoint(tiny_checkpoint):
    return open_checkpoint(str(tiny_checkpoint), tiny_checkpoint.parent)


@pytest.fixture(scope="module")
def settings(whisper, checkpoint):
    return whisper.resolve(Request(language="en", dtype="float32", batch_size=3), checkpoint).settings


@pytest.fixture(scope="module")
def recognizer(whisper, checkpoint, settings):
    return whisper.load(checkpoint, settings, "cpu", 1)


def tone(hertz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * 16_000)) / 16_000).astype(np.float32) / 3


SHORT = [tone(200, 0.5), tone(500, 0.7), tone(900, 0.4)]


class TestTranscribing:
    def test_a_batch_says_what_each_of_its_rows_says_alone(self, recognizer):
        alone = [recognizer.transcribe([samples])[0] for samples in SHORT]
        assert recognizer.transcribe(SHORT) == alone
        assert len(set(alone)) == 3

    def test_beams_are_searched(self, whisper, checkpoint, settings, recognizer):
        beams = whisper.load(checkpoint, replace(settings, num_beams=3), "cpu", 1)
        assert beams.transcribe(SHORT) == [beams.transcribe([samples])[0] for samples in SHORT]
        assert beams.transcribe(SHORT) != recognizer.transcribe(SHORT)

    def test_a_recording_longer_than_its_header_said_changes_nothing_for_its_neighbors(self, recognizer):
        long = tone(300, 31.0)
        one, two = recognizer.transcribe([SHORT[0]])[0], recognizer.transcribe([SHORT[1]])[0]
        mixed = recognizer.transcribe([SHORT[0], long, SHORT[1]])
        assert mixed == [one, recognizer.transcribe([long])[0], two]


class TestResolving:
    @pytest.mark.parametrize(("language", "code"), [("ko", "ko"), ("Korean", "ko"), ("EN", "en"), (None, None)])
    def test_languages_have_codes(self, whisper, checkpoint, language, code):
        assert whisper.resolve(Request(language=language), checkpoint).settings.language == code

    @pytest.mark.parametrize(
        ("request_", "multilingual", "error"),
        [
            (Request(language="klingon"), True, "Whisper knows no such language"),
            (Request(language="ko"), False, "an English-only checkpoint"),
            (Request(device="cuda:99"), True, "no CUDA device here|there is no cuda:99"),
        ],
    )
    def test_what_cannot_be_met_is_refused(self, whisper, checkpoint, request_, multilingual, error):
        with pytest.raises(ConfigurationError, match=error):
            whisper.resolve(request_, replace(checkpoint, multilingual=multilingual))

    def test_workers_on_a_cpu_share_its_cores(self, whisper, checkpoint):
        resolution = whisper.resolve(Request(device="cpu", workers=64), checkpoint)
        assert resolution.devices == ("cpu",) * 64
        assert resolution.threads == 1
        assert whisper.resolve(Request(device="cpu"), checkpoint).threads is None

    def test_what_was_asked_for_is_settled_on(self, whisper, checkpoint):
        asked = Request(device="cpu", dtype="bfloat16", batch_size=7, num_beams=2, task="translate")
        settings = whisper.resolve(asked, checkpoint).settings
        found = (settings.dtype, settings.batch_size, settings.num_beams, settings.task, settings.device)
        assert found == ("bfloat16", 7, 2, "translate", "cpu")


@pytest.fixture
def copy(tiny_checkpoint, tmp_path) -> Path:
    return shutil.copytree(tiny_checkpoint, tmp_path / "copy")


class TestLoading:
    def test_a_missing_feature_extractor_is_an_error_that_says_what_to_do(self, whisper, copy, settings):
        (copy / "preprocessor_config.json").unlink()
        with pytest.raises(
            CheckpointError, match=r"Copy the tokenizer and preprocessor_config\.json of its base model"
        ):
            whisper.load(open_checkpoint(str(copy), copy), settings, "cpu", 1)

    @pytest.mark.parametrize(
        ("name", "content"),
        [("model.safetensors", b"\xff" * 999), ("tokenizer.json", b"{}"), ("tokenizer.json", b"[")],
    )
    def test_a_broken_part_is_a_checkpoint_error(self, whisper, copy, settings, name, content):
        (copy / name).write_bytes(content)
        with pytest.raises(CheckpointError, match="the checkpoint does not load"):
            whisper.load(open_checkpoint(str(copy), copy), settings, "cpu", 1)

    def test_weights_that_are_not_whole_are_refused(self, whisper, copy, settings):
        from safetensors.torch import load_file, save_file

        path = copy / "model.safetensors"
        tensors = load_file(path)
        gone = "model.decoder.layers.0.fc1.weight"
        del tensors[gone]
        save_file(tensors, path, metadata={"format": "pt"})
        with pytest.raises(CheckpointError, match=rf"not whole: no {gone} of the shape"):
            whisper.load(open_checkpoint(str(copy), copy), settings, "cpu", 1)

    def test_code_that_a_checkpoint_brings_is_not_run(self, whisper, copy, settings, recognizer, tmp_path):
        """The second line of defense: such a checkpoint is refused when it is opened, so it is planted later."""
        checkpoint = open_checkpoint(str(copy), copy)
        trace = tmp_path / "code ran"
        code = (
            f"from pathlib import Path\nPath({str(trace)!r}).touch()\n\ndef generate(*args, **kwargs):\n    return []\n"
        )
        (copy / "mine.py").write_text(code)
        (copy / "custom_generate").mkdir()
        (copy / "custom_generate" / "generate.py").write_text(code)
        classes = {"AutoModelForSpeechSeq2Seq": "mine.Model", "AutoProcessor": "mine.Processor", "AutoConfig": "mine.C"}
        for name in ("config.json", "tokenizer_config.json", "preprocessor_config.json", "generation_config.json"):
            values = json.loads((copy / name).read_text())
            (copy / name).write_text(json.dumps({**values, "auto_map": classes}))
        loaded = whisper.load(checkpoint, settings, "cpu", 1)
        assert loaded.transcribe(SHORT) == recognizer.transcribe(SHORT)
        assert not trace.exists()

    def test_pickles_beside_safe_weights_are_not_opened(self, whisper, copy, settings, recognizer, tmp_path):
        trace = tmp_path / "code ran"
        (copy / "pytorch_model.bin").write_bytes(pickle.dumps(Planted(trace)))
        loaded = whisper.load(open_checkpoint(str(copy), copy, allow_pickle=True), settings, "cpu", 1)
        assert loaded.transcribe(SHORT) == recognizer.transcribe(SHORT)
        assert not trace.exists()

    def test_pickled_weights_load_where_that_is_allowed(self, whisper, copy, settings, recognizer):
        import torch
        from safetensors.torch import load_file

        torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
        (copy / "model.safetensors").unlink()
        loaded = whisper.load(open_checkpoint(str(copy), copy, allow_pickle=True), settings, "cpu", 1)
        assert loaded.transcribe(SHORT) == recognizer.transcribe(SHORT)


class Planted:
    """Unpickling it leaves a file behind."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self):
        return (Path.touch, (self._trace,))


class TestOutOfMemory:
    def test_torch_and_numpy_say_so_in_words_that_are_known(self):
        import torch

        from asr_regress.transcription.recognizers import torch_runtime

        with pytest.raises(RuntimeError) as by_torch:
            torch.empty(2**50)
        with pytest.raises(MemoryError) as by_numpy:
            np.ones(2**50)
        assert torch_runtime.is_out_of_memory(by_torch.value)
        assert torch_runtime.is_out_of_memory(by_numpy.value)
        assert not torch_runtime.is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))

    def test_a_batch_that_does_not_fit_is_said_to_and_a_smaller_one_still_works(self, tiny_checkpoint):
        """In a process whose memory is truly limited: a thousand rows of padded audio are 1.9 GB."""
        ran = subprocess.run(
            [sys.executable, "-c", _STARVED, str(tiny_checkpoint)], capture_output=True, text=True, timeout=120
        )
        assert ran.stdout.split() == ["OutOfMemoryError", "1"], ran.stderr


_STARVED = """
import gc, resource, sys
from dataclasses import replace
from pathlib import Path
import numpy as np, psutil
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.recognizers import OutOfMemoryError, whisper
from asr_regress.transcription.settings import Request

checkpoint = open_checkpoint(sys.argv[1], Path())
settings = whisper.resolve(Request(language="en", dtype="float32", batch_size=1), checkpoint).settings
small = whisper.load(checkpoint, settings, "cpu", 1)
large = whisper.load(checkpoint, replace(settings, batch_size=1000), "cpu", 1)
audio = [np.zeros(8000, np.float32)]
small.transcribe(audio)
limit = psutil.Process().memory_info().vms + 500 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    large.transcribe(audio)
except OutOfMemoryError as error:
    print(type(error).__name__)
gc.collect()  # as a worker does
print(len(small.transcribe(audio)))
"""
