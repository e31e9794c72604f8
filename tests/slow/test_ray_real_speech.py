"""A real model says on Ray what it says with local workers."""

import pytest

pytest.importorskip("ray")


def test_two_actors_say_of_real_speech_what_the_local_engine_says(real_checkpoint, gate, speech):
    some = speech[::4][:16]

    def predict(**options):
        outcome = gate(real_checkpoint("whisper-tiny.en"), some, asr_batch_size=4, **options)
        return outcome.decoding, {each.id: each.hypothesis for each in outcome.utterances}

    local = predict()
    assert len(set(local[1].values())) >= 12
    assert predict(asr_engine="ray", asr_workers=2) == local
