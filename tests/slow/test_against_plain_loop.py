"""The whole way of the gate against the plainest one: recording by recording through transformers, counted by jiwer."""

import os
from collections.abc import Callable
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile

from asr_regress.corpus.audio import SAMPLE_RATE, load_audio
from asr_regress.scoring.score import pool


@pytest.fixture(scope="session")
def plain_loop(real_checkpoint) -> Callable[[str], str]:
    """What whisper-base says of one recording in float32."""
    import torch
    import transformers

    folder = real_checkpoint("whisper-base")
    transformers.logging.disable_progress_bar()
    processor = transformers.WhisperProcessor.from_pretrained(folder)
    model = transformers.WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()

    def transcribe(path: str) -> str:
        samples = load_audio(path)
        if len(samples) <= 30 * SAMPLE_RATE:
            inputs = processor(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
            options = {}
        else:
            inputs = processor(
                samples, sampling_rate=SAMPLE_RATE, return_tensors="pt", truncation=False, padding="longest",
                return_attention_mask=True,
            )  # fmt: skip
            options = {"return_timestamps": True, "attention_mask": inputs.attention_mask}
        with torch.inference_mode():
            tokens = model.generate(
                inputs.input_features, language="en", task="transcribe", do_sample=False, num_beams=1, **options
            )
        return processor.batch_decode(tokens, skip_special_tokens=True)[0].strip()

    return transcribe


@pytest.fixture(scope="session")
def some_speech(speech):
    """Some of every category; all of them, which takes three minutes, with ASR_REGRESS_THOROUGH=1."""
    return speech if os.environ.get("ASR_REGRESS_THOROUGH") else speech[::4]


@pytest.fixture(scope="session")
def outcome(real_checkpoint, gate, some_speech, common_store):
    """What the gate makes of whisper-base in float32."""
    return gate(real_checkpoint("whisper-base"), some_speech, asr_dtype="float32", store=common_store)


def test_transcripts_are_those_of_a_plain_loop(outcome, plain_loop, some_speech):
    plain = {row["id"]: plain_loop(row["audio_filepath"]) for row in some_speech}
    assert {each.id: each.hypothesis for each in outcome.utterances} == plain
    assert len(plain) >= 15
    assert len(set(plain.values())) > 12


def test_rates_are_those_of_jiwer(outcome):
    for category in [*outcome.categories, None]:
        scored = [each for each in outcome.utterances if category in (None, each.category)]
        references = [each.normalized_reference for each in scored]
        hypotheses = [each.normalized_hypothesis for each in scored]
        assert all(references)
        assert pool(scored, "wer").rate == jiwer.wer(references, hypotheses)
        assert pool(scored, "cer").rate == jiwer.cer(references, hypotheses)
    total = outcome.total.metrics
    assert 0 < total["cer"].counts.rate < total["wer"].counts.rate < 0.5  # it understood, and not all of it


def test_a_recording_of_more_than_thirty_seconds_is_transcribed_to_its_end(
    tmp_path: Path, real_checkpoint, gate, plain_loop, speech
):
    audio = {row["id"]: row["audio_filepath"] for row in speech}
    pause = np.zeros(SAMPLE_RATE // 2, np.float32)
    ids = ["austen-0870", "austen-0890", "austen-0920", "austen-0880", "austen-0870", "jfk"]
    parts = [part for id in ids for part in (load_audio(audio[id]), pause)]
    path = tmp_path / "long.wav"
    soundfile.write(path, np.concatenate(parts), SAMPLE_RATE)
    row = {"audio_filepath": str(path), "text": "anything", "category": "long", "id": "long"}
    outcome = gate(real_checkpoint("whisper-base"), [row, speech[0]], asr_dtype="float32")
    (text,) = (each.hypothesis for each in outcome.utterances if each.id == "long")
    assert sum(map(len, parts)) > 31 * SAMPLE_RATE
    assert "leisure to consider" in text
    assert text.rstrip(".").endswith("ask what you can do for your country")
    assert text == plain_loop(str(path))
