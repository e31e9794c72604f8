"""Whisper in CTranslate2's format: looked at, refused where it is not whole, and saying what transformers says."""

import json
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speech_families import save_ctranslate2, sound

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint, asked_of, fingerprint, open_checkpoint
from asr_regress.transcription.checkpoints.ctranslate2_folder import is_ctranslate2, look, read_stored
from asr_regress.transcription.settings import Request

pytest.importorskip("ctranslate2")
SOUNDS = [sound(seconds, 150 + 90 * n, n) for n, seconds in enumerate((0.5, 1.7, 3.3, 0.05, 2.2))]


@pytest.fixture(scope="module")
def converted(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_ctranslate2(tiny_checkpoint, tmp_path_factory.mktemp("ct2") / "tiny")


@pytest.fixture(scope="module")
def in_integers(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_ctranslate2(tiny_checkpoint, tmp_path_factory.mktemp("ct2") / "int8", quantization="int8")


@pytest.fixture
def copy(converted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(converted, tmp_path / "copy")


def opened(folder: Path) -> Checkpoint:
    return open_checkpoint(str(folder), folder.parent)


def loaded(checkpoint: Checkpoint, **asked: Any) -> Any:
    from asr_regress.transcription.recognizers import backend

    request = asked_of(checkpoint, Request(**{"device": "cpu", "language": "en", **asked}))
    settings = backend(checkpoint.backend).resolve(request, checkpoint).settings
    return backend(checkpoint.backend).load(checkpoint, settings, "cpu", 1)


class TestLooking:
    def test_a_folder_is_known_by_its_weights(self, converted: Path, in_integers: Path, tiny_checkpoint: Path) -> None:
        assert (opened(converted).backend, opened(tiny_checkpoint).backend) == ("ctranslate2", "whisper")
        assert not is_ctranslate2(tiny_checkpoint)
        assert (look(converted).type, look(in_integers).type) == ("float32", "int8")
        weights, whole = (
            (converted / "model.bin").stat().st_size,
            sum(each.stat().st_size for each in converted.iterdir()),
        )
        assert weights < opened(converted).weight_bytes <= whole

    def test_each_file_that_loading_reads_is_part_of_the_fingerprint(self, copy: Path) -> None:
        def now() -> str:
            return fingerprint(opened(copy), lambda path: path.read_bytes().hex())

        found = {now()}
        for name in ("config.json", "vocabulary.json", "tokenizer.json", "preprocessor_config.json"):
            values = json.loads((copy / name).read_text(encoding="utf-8"))
            (copy / name).write_text(json.dumps(values, indent=3), encoding="utf-8")
            found.add(now())
        (copy / "notes.txt").write_text("nothing")
        assert now() in found
        assert len(found) == 5

    def test_another_backend_than_asked_for_is_refused(self, converted: Path) -> None:
        with pytest.raises(ConfigurationError, match="ctranslate2 reads it, and not whisper"):
            open_checkpoint(str(converted), converted, backend="whisper")

    def test_without_the_extra_it_says_how_to_install_it(
        self, converted: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "ctranslate2", None)
        with pytest.raises(ConfigurationError, match=r"pip install 'asr-regress\[ctranslate2\]'"):
            opened(converted)

    def test_without_a_tokenizer_it_says_where_to_take_it_from(self, copy: Path) -> None:
        (copy / "tokenizer.json").unlink()
        with pytest.raises(CheckpointError, match=r"--copy_files tokenizer\.json"):
            opened(copy)

    def test_another_kind_of_model_is_named(self, copy: Path) -> None:
        path = copy / "model.bin"
        path.write_bytes(path.read_bytes().replace(b"WhisperSpec\0", b"ParrotsSpec\0", 1))
        with pytest.raises(CheckpointError, match="of the kind 'ParrotsSpec'"):
            opened(copy)

    @pytest.mark.parametrize("left", [0, 5, 30, 1000, -1])
    def test_a_file_that_is_cut_off_is_refused(self, copy: Path, left: int) -> None:
        path = copy / "model.bin"
        size = path.stat().st_size
        path.write_bytes(path.read_bytes()[: left if left >= 0 else size // 2])
        with pytest.raises(CheckpointError, match=r"cut off|no config\.json|model_type"):
            opened(copy)

    def test_a_size_that_is_not_its_shapes_is_refused(self, copy: Path) -> None:
        path = copy / "model.bin"
        content = bytearray(path.read_bytes())
        at = content.index(b"decoder/embeddings/weight\0") + len(b"decoder/embeddings/weight\0") + 1
        content[at : at + 4] = struct.pack("<I", 2**31)
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match="cannot have"):
            opened(copy)

    @given(noise=st.binary(min_size=1, max_size=40), at=st.integers(0, 400))
    def test_any_bytes_give_a_value_or_an_error(
        self, converted: Path, tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "noisy.bin"
        content = (converted / "model.bin").read_bytes()
        path.write_bytes(content[:at] + noise + content[at + len(noise) :])
        try:
            stored = read_stored(path)
        except CheckpointError:
            return
        assert stored.shapes


class TestTranscribing:
    def test_it_says_what_transformers_says(self, converted: Path, tiny_checkpoint: Path) -> None:
        """As far as transformers does: the tiny model's limit on tokens is not part of an export."""
        ours = loaded(opened(tiny_checkpoint), dtype="float32").transcribe(SOUNDS[:3])
        theirs = loaded(opened(converted), dtype="float32").transcribe(SOUNDS[:3])
        assert [text[: len(mine)] for text, mine in zip(theirs, ours, strict=True)] == ours
        assert len(set(ours)) == 3
        assert all(len(text) > 10 for text in ours)

    def test_neighbors_have_no_say(self, in_integers: Path) -> None:
        recognizer = loaded(opened(in_integers), batch_size=4)
        alone = [recognizer.transcribe([samples])[0] for samples in SOUNDS]
        assert recognizer.transcribe(SOUNDS) == alone
        assert recognizer.transcribe(SOUNDS[::-1])[::-1] == alone

    def test_a_long_recording_is_heard_window_by_window(self, converted: Path) -> None:
        """The tiny model never says where it is, so that each window is heard whole, and alone."""
        recognizer, long = loaded(opened(converted), dtype="float32"), sound(70.3, 300)
        features = recognizer._features(long, padding="longest", truncation=False)
        prompt = recognizer._prompt(features)
        windows = [np.zeros((1, 80, 3000), np.float32) for _ in range(3)]
        for number, window in enumerate(windows):
            part = features[:, :, 3000 * number : 3000 * (number + 1)]
            window[:, :, : part.shape[-1]] = part
        tokens = [token for window in windows for token in recognizer._generate(window, prompt)]
        assert recognizer.transcribe([long]) == [recognizer._text(tokens)]

    @pytest.mark.parametrize(
        ("tokens", "kept", "frames"),
        [
            ([100, 1, 2], 3, 2500),  # no segment ended: all of it stands
            ([100, 1, 2, 150], 4, 2500),  # nothing was said after the last timestamp
            ([100, 1, 150, 150, 2, 3], 3, 100),  # the last segment was cut off: it is heard again from there
            ([100, 1, 150, 160, 2, 170, 170], 6, 140),
            ([100, 1, 150, 160, 2, 170], 6, 2500),
            ([100, 100, 1], 1, 2500),  # a segment of no length must not be heard for ever
            ([], 0, 2500),
        ],
    )
    def test_windows_follow_the_timestamps(self, tokens: list[int], kept: int, frames: int) -> None:
        from asr_regress.transcription.recognizers.ctranslate2_whisper import _complete_segments

        assert _complete_segments(tokens, 100, 2500) == (tokens[:kept], frames)


class TestPrecision:
    def test_by_itself_it_is_as_the_weights_are_stored(self, converted: Path, in_integers: Path) -> None:
        from asr_regress.transcription.recognizers import ctranslate2_whisper as backend

        found = {
            folder.name: backend.resolve(Request(device="cpu"), opened(folder)).settings
            for folder in (converted, in_integers)
        }
        assert {name: settings.dtype for name, settings in found.items()} == {"tiny": "float32", "int8": "int8_float32"}
        assert "ctranslate2" in found["tiny"].versions

    def test_one_model_can_be_asked_for_another(self, converted: Path) -> None:
        checkpoint = open_checkpoint(f"quick={converted}#dtype=int8", converted)
        assert (checkpoint.name, checkpoint.dtype) == ("quick", "int8")
        assert loaded(checkpoint)._model.compute_type == "int8_float32"

    def test_one_that_is_not_there_is_refused(self, converted: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"precision float16: .* it does in .*float32"):
            loaded(opened(converted), dtype="float16")
        with pytest.raises(CheckpointError, match=r"unknown precision 'int3'"):
            open_checkpoint(f"{converted}#dtype=int3", converted)
        with pytest.raises(CheckpointError, match=r"behind the # stands 'speed=2', expected some of dtype"):
            open_checkpoint(f"{converted}#speed=2", converted)
