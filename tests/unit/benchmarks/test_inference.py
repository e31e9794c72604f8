"""The inference benchmark: its recognizers run the same recordings, and its figures come from all of them."""

from pathlib import Path

import inference
import inference_peers as peers
import pytest

from asr_regress.corpus.utterance import Utterance


@pytest.fixture
def utterances(tone, tmp_path: Path) -> list[Utterance]:
    lengths = {"a": 0.4, "b": 0.9, "c": 0.6}
    return [
        Utterance(name, str(tone(tmp_path / f"{name}.wav", 200 + 90 * number, seconds)), "one two", "D01")
        for number, (name, seconds) in enumerate(lengths.items())
    ]


def test_every_transformers_peer_gives_a_text_a_recording(tiny_checkpoint, utterances):
    task = peers.Task(tiny_checkpoint, Path("nowhere"), "en")
    paths = [each.audio for each in utterances]
    texts = {
        name: peers.PEERS[name](task)(paths)
        for name in ("asr_regress, float32", "original loop", "pipeline, float32, batch 16")
    }
    assert all(seconds > 0 and len(found) == len(paths) for seconds, found in texts.values())
    # Padding to the full window, as ours and the pipeline do, gives the same texts; to the longest may not.
    stripped = [[text.strip() for text in texts[name][1]] for name in texts]
    assert stripped[0] == stripped[2]


def test_figures_are_ratios_to_ours_with_the_pooled_rate_beside_them(utterances):
    seconds = {"asr_regress": [2.0, 1.0, 9.0], "asr_regress, float32": [3.0, 3.0, 3.0], "peer": [4.0, 4.0, 5.0]}
    right = ["one two"] * 3
    texts = {"asr_regress": right, "asr_regress, float32": right, "peer": ["one two", "one", ""]}
    ours, _, peer = inference.figures(utterances, seconds, texts, "basic")
    assert (ours["times_ours"], ours["cer"], ours["transcripts_unlike_float32"]) == (1.0, 0.0, 0)
    assert (peer["times_ours"], peer["transcripts_unlike_float32"]) == (2.0, 2)
    assert peer["cer"] == pytest.approx(100 * (0 + 4 + 7) / 21)


def test_the_same_recordings_are_chosen_every_time(make_data, tmp_path):
    data = make_data(tmp_path / "data", {"D01": ["one", "two", "three"], "D02": ["four"]})
    chosen = inference.chosen(data, 2)
    assert chosen == inference.chosen(data, 2)
    assert {each.category for each in chosen} == {"D01", "D02"}
