"""Recognizers with a CTC head, on tiny random checkpoints: what is said of a recording depends on it alone."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from speech_families import LETTERS, save_ctc, save_letters, save_parakeet, sound

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.settings import Request

# WavLM gives torch masks of two types; so it does wherever it is used.
pytestmark = pytest.mark.filterwarnings("ignore:Support for mismatched key_padding_mask")
MODELS: dict[str, Callable[[Path], Path]] = {
    "wav2vec2 of the base kind": lambda folder: save_ctc(folder, "wav2vec2"),
    "wav2vec2 of the large kind": lambda folder: save_ctc(folder, "wav2vec2", masks=True),
    "hubert": lambda folder: save_ctc(folder, "hubert"),
    "wavlm": lambda folder: save_ctc(folder, "wavlm", masks=True),
    "parakeet": save_parakeet,
}
SOUNDS = [sound(seconds, 150 + 90 * n, n) for n, seconds in enumerate((0.5, 1.7, 3.3, 0.01, 2.2, 1.9, 4.0, 0.7))]


@pytest.fixture(scope="module", params=MODELS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return MODELS[request.param](tmp_path_factory.mktemp("ctc") / "model")


def loaded(folder: Path, **asked: Any) -> Any:
    from asr_regress.transcription.recognizers import ctc

    checkpoint = open_checkpoint(str(folder), folder)
    settings = ctc.resolve(Request(device="cpu", **asked), checkpoint).settings
    return ctc.load(checkpoint, settings, "cpu", 1)


@pytest.mark.parametrize("asked", [{"batch_size": 1}, {"batch_size": 3}, {"batch_size": 3, "dtype": "bfloat16"}])
def test_neighbors_order_and_number_have_no_say(folder: Path, asked: dict[str, Any]) -> None:
    recognizer = loaded(folder, **{"dtype": "float32", **asked})
    alone = [recognizer.transcribe([samples])[0] for samples in SOUNDS]
    order = random.Random(0).sample(range(len(SOUNDS)), len(SOUNDS))
    for size in (1, 2, 3):
        said = {}
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            said.update(zip(rows, recognizer.transcribe([SOUNDS[row] for row in rows]), strict=True))
        assert [said[row] for row in range(len(SOUNDS))] == alone
    assert len(set(alone)) > len(SOUNDS) // 2, alone


def test_zeros_behind_a_recording_change_what_a_base_model_says(tmp_path: Path) -> None:
    """Why it hears each recording at its own length: the test above would fail if rows were padded."""
    recognizer = loaded(save_ctc(tmp_path / "model", "wav2vec2"), dtype="float32")
    short, long = (recognizer._frames([samples], None)[0] for samples in (SOUNDS[1], np.pad(SOUNDS[1], (0, 32_000))))
    assert short != long[: len(short)]


def test_a_model_that_hears_padding_goes_alone_and_says_so(tmp_path: Path) -> None:
    from asr_regress.transcription.recognizers import ctc

    checkpoint = open_checkpoint(str(save_ctc(tmp_path / "model", "wav2vec2")), tmp_path)
    resolution = ctc.resolve(Request(device="cpu", batch_size=8), checkpoint)
    assert resolution.settings.batch_size == 1
    assert "each recording goes alone" in resolution.notes[0]


def test_greedy_decoding_is_that_of_transformers(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCTC, AutoProcessor

    model, processor = AutoModelForCTC.from_pretrained(folder).eval(), AutoProcessor.from_pretrained(folder)
    recognizer = loaded(folder, dtype="float32")
    for samples in SOUNDS[:3]:
        inputs = processor(samples, sampling_rate=16_000, return_tensors="pt")
        with torch.inference_mode():
            tokens = model(**inputs).logits.argmax(dim=-1)
        assert recognizer.transcribe([samples]) == processor.batch_decode(tokens)


def test_a_long_recording_is_heard_to_its_end_in_windows_that_meet(folder: Path) -> None:
    """Of one that is repeated without a seam, frames well within windows are those of the middle of a short one."""
    recognizer = loaded(folder, dtype="float32")
    long = sound(75.0, 220)
    frames = recognizer._heard([long])[0]
    whole = recognizer._frames([long], None)[0]
    assert len(frames) == len(whole)
    assert recognizer.transcribe([long]) == recognizer.transcribe([long])
    # Random attention sees everything it is shown, so that frames differ; where windows begin and end they do not slip.
    start, outer, step = 24 * 16_000, (4 * 16_000) // recognizer._frame, (24 * 16_000) // recognizer._frame
    second = recognizer._frames([long[start : start + 32 * 16_000]], None)[0]
    assert frames[outer + step : outer + 2 * step] == second[outer : outer + step]


def test_what_it_cannot_do_is_refused(folder: Path) -> None:
    for asked, said in (({"num_beams": 4}, "greedily"), ({"task": "translate"}, "transcribes")):
        with pytest.raises(ConfigurationError, match=said):
            loaded(folder, **asked)
    with pytest.raises(ConfigurationError, match=r"precision int8: .*CTranslate2"):
        loaded(folder, dtype="int8")


def test_weights_that_are_not_whole_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = save_ctc(tmp_path / "model", "wav2vec2") / "model.safetensors"
    tensors = load_file(path)
    del tensors["lm_head.weight"]
    save_file(tensors, path, metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"not whole: no lm_head\.weight"):
        loaded(path.parent)


@pytest.fixture(scope="module")
def mms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    import transformers
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("mms") / "model"
    save_letters(folder, LETTERS)
    letters = {letter: number for number, letter in enumerate(LETTERS)}
    other = {letter: number for number, letter in enumerate([*LETTERS[:5], *"가나다라마"])}
    (folder / "vocab.json").write_text(json.dumps({"eng": letters, "kor": other}), encoding="utf-8")
    transformers.Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(folder)
    config = transformers.Wav2Vec2Config(
        vocab_size=len(letters), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        conv_dim=[16] * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2, pad_token_id=0,
        initializer_range=0.5, feat_extract_norm="layer", do_stable_layer_norm=True, adapter_attn_dim=4,
    )  # fmt: skip
    torch.manual_seed(0)
    model = transformers.Wav2Vec2ForCTC(config).eval()
    model.save_pretrained(folder)
    for language, vocabulary in (("eng", letters), ("kor", other)):
        tensors = {name: torch.randn_like(weights) for name, weights in model._get_adapters().items()}
        tensors["lm_head.weight"] = torch.randn(len(vocabulary), 32)
        tensors["lm_head.bias"] = torch.randn(len(vocabulary))
        save_file(tensors, folder / f"adapter.{language}.safetensors", metadata={"format": "pt"})
    return folder


class TestManyLanguages:
    """MMS: one encoder, and for each language a vocabulary and an adapter."""

    def test_it_writes_the_language_that_is_asked_for(self, mms: Path) -> None:
        said = {code: loaded(mms, language=code, dtype="float32").transcribe(SOUNDS[:3]) for code in ("en", "ko")}
        assert set("".join(said["en"])) <= {" ", *"".join(LETTERS)}
        assert set("".join(said["ko"])) & {*"가나다라마"}

    def test_it_has_to_be_named_one(self, mms: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"it writes 2 languages \(eng, kor …\): name one"):
            loaded(mms)
        with pytest.raises(ConfigurationError, match="'de' is none of them"):
            loaded(mms, language="de")
