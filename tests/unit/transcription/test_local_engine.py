"""The local engine with real Whisper workers, on a tiny random checkpoint."""

import random
from collections import Counter
from contextlib import closing

import psutil
import pytest

from asr_regress.corpus.audio import inspect_audio
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.engines import Done, Loaded
from asr_regress.transcription.engines.local import LocalEngine
from asr_regress.transcription.plan import WorkItem, plan
from asr_regress.transcription.settings import Request

BATCH = 3


@pytest.fixture(scope="module")
def items(tmp_path_factory, tone):
    folder = tmp_path_factory.mktemp("tones")
    paths = [str(tone(folder / f"{n}.wav", 120 + 90 * n, 0.4 + 0.03 * (n % 5))) for n in range(14)]
    facts = {path: inspect_audio(path) for path in paths}
    return [WorkItem(fact.digest, path, fact.seconds) for path, fact in facts.items()]


def workers_alive() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


def transcribe(checkpoint, items, *, disturb=lambda event: None, **request):
    """Texts by digest; `disturb` is called after each event."""
    opened = open_checkpoint(str(checkpoint), checkpoint.parent)
    texts, counted = {}, Counter()
    with closing(LocalEngine()) as engine:
        resolution = engine.resolve(Request(language="en", batch_size=BATCH, **request), opened)
        for event in engine.run(opened, resolution, plan(items, BATCH, opened.window_seconds)):
            if isinstance(event, Done):
                texts |= {row.digest: row.text for row in event.rows}
                counted.update(row.digest for row in event.rows)
            disturb(event)
    assert set(counted.values()) == {1}
    assert workers_alive() == []
    return texts


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def whole(request, tiny_checkpoint, items):
    """What one worker says of the whole, in a precision."""
    texts = transcribe(tiny_checkpoint, items, workers=1, dtype=request.param)
    assert set(texts) == {item.digest for item in items}
    assert len(set(texts.values())) > len(items) // 2  # otherwise equality would say little
    return request.param, texts


def test_texts_do_not_depend_on_workers_order_or_company(tiny_checkpoint, items, whole):
    dtype, expected = whole
    for workers, company in ((2, items), (1, items[1::3])) if dtype == "float32" else ((2, items[::2]),):
        shuffled = random.Random(workers).sample(company, len(company))
        texts = transcribe(tiny_checkpoint, shuffled, workers=workers, dtype=dtype)
        assert texts == {item.digest: expected[item.digest] for item in company}


def test_killed_workers_are_replaced_and_the_texts_stay(tiny_checkpoint, items, whole):
    dtype, expected = whole
    if dtype != "float32":
        pytest.skip("once is enough")
    killed, loaded_later = [], []

    def kill(event):
        """As soon as a batch is back: one worker is then idle, the other loading or under way."""
        if isinstance(event, Done) and not killed:
            for child in workers_alive():
                child.kill()
                child.wait(30)
                killed.append(child)
        elif isinstance(event, Loaded) and killed:
            loaded_later.append(event)

    assert transcribe(tiny_checkpoint, items, workers=2, dtype=dtype, disturb=kill) == expected
    assert len(killed) == 2
    assert loaded_later


def test_weights_that_do_not_load_are_a_checkpoint_error_and_leave_no_process(tmp_path, tiny_checkpoint, items):
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in tiny_checkpoint.iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "model.safetensors").write_bytes(b"\xff" * 1000)
    with pytest.raises(CheckpointError, match="the checkpoint does not load"):
        transcribe(broken, items, workers=2)
    assert workers_alive() == []
