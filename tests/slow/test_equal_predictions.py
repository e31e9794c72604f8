"""A transcript depends on its recording, the model and the settings alone."""

import random

import pytest


@pytest.fixture(scope="module")
def some_speech(speech):
    """Recordings of every category, lengths mixed."""
    return speech[::6]


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_predictions_do_not_depend_on_workers_order_or_company(real_checkpoint, gate, some_speech, dtype):
    checkpoint = real_checkpoint("whisper-tiny.en")

    def predict(rows, workers):
        outcome = gate(checkpoint, rows, asr_dtype=dtype, asr_workers=workers)
        return {each.id: each.hypothesis for each in outcome.utterances}

    whole = predict(some_speech, 1)
    assert len(set(whole.values())) >= 8
    shuffled = random.Random(7).sample(some_speech, len(some_speech))
    assert predict(shuffled, 2) == whole
    subset = shuffled[::3]
    assert predict(subset, 1) == {row["id"]: whole[row["id"]] for row in subset}
