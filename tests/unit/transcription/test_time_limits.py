"""How long a worker may take: never less than a slow machine needs, never for ever."""

from pathlib import Path

import pytest

from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.plan import Batch, WorkItem
from asr_regress.transcription.settings import DecodingSettings, Resolution

MINUTE, HOUR = 60.0, 3600.0


def batch(*seconds: float) -> Batch:
    return Batch(tuple(WorkItem(f"{n}", f"{n}.wav", length) for n, length in enumerate(seconds)))


def resolution(*devices: str, batch_size: int = 4, num_beams: int = 1) -> Resolution:
    kind = "cpu" if devices[0] == "cpu" else "cuda (NVIDIA H200)"
    settings = DecodingSettings("whisper", "ko", "transcribe", num_beams, "float32", "sdpa", kind, batch_size, "x", {})
    return Resolution(settings, devices)


def checkpoint(folder: Path, gigabytes: float) -> Checkpoint:
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(int(gigabytes * 1e9))  # a hole: no disk is used
    return Checkpoint("model", "model", folder, "whisper")


TINY, LARGE = 0.15, 6.2


@pytest.mark.parametrize(
    ("weights", "found", "lengths", "least", "most"),
    [
        (TINY, resolution("cpu"), [5.0] * 4, 5 * MINUTE, 15 * MINUTE),
        (LARGE, resolution("cpu"), [5.0] * 4, 20 * MINUTE, HOUR),
        (LARGE, resolution("cpu", batch_size=64), [5.0] * 64, 5 * HOUR, 15 * HOUR),
        (LARGE, resolution("cpu", batch_size=64), [5.0], 5 * HOUR, 15 * HOUR),  # filled up: as much work
        (LARGE, resolution("cpu"), [HOUR], 20 * HOUR, 30 * HOUR),
        (LARGE, resolution("cuda:0", batch_size=32), [5.0] * 32, 15 * MINUTE, HOUR),
        (TINY, resolution("cuda:0", batch_size=32), [5.0] * 32, 5 * MINUTE, 10 * MINUTE),
        (LARGE, resolution("cuda:0", batch_size=32), [4 * HOUR], HOUR, 8 * HOUR),
    ],
)
def test_by_default(tmp_path: Path, weights, found, lengths, least, most):
    limit = Limits().of_batch(batch(*lengths), checkpoint(tmp_path, weights), found)
    assert limit is not None
    assert least <= limit <= most


def test_beams_and_workers_that_share_a_device_take_longer(tmp_path: Path):
    model, one = checkpoint(tmp_path, TINY), resolution("cpu")
    alone = Limits().of_batch(batch(5.0), model, one)
    assert alone is not None
    for found in (resolution("cpu", num_beams=5), resolution(*["cpu"] * 5)):
        assert Limits().of_batch(batch(5.0), model, found) == pytest.approx(300 + 5 * (alone - 300))
    two = Limits().of_batch(batch(5.0), model, resolution("cuda:0", "cuda:1"))
    assert two == Limits().of_batch(batch(5.0), model, resolution("cuda:0"))


@pytest.mark.parametrize(("lengths", "limit"), [([5.0] * 4, 7.0), ([30.0], 7.0), ([30.1], 14.0), ([HOUR], 840.0)])
def test_what_was_asked_for_is_for_each_window_of_the_longest_recording(tmp_path: Path, lengths, limit):
    assert Limits(7.0).of_batch(batch(*lengths), checkpoint(tmp_path, LARGE), resolution("cpu")) == limit


def test_nought_is_no_limit_on_anything(tmp_path: Path):
    model, limits = checkpoint(tmp_path, TINY), Limits(0.0)
    assert limits.of_batch(batch(5.0), model, resolution("cpu")) is None
    assert limits.of_loading(model) is None
    assert limits.of_resolving() is None


def test_loading_goes_by_size_and_is_never_shorter_than_a_batch(tmp_path: Path):
    model = checkpoint(tmp_path, TINY)
    assert 15 * MINUTE <= Limits().of_loading(model) <= 20 * MINUTE
    assert Limits(5.0).of_loading(model) == Limits().of_loading(model)
    assert Limits(9 * HOUR).of_loading(model) == 9 * HOUR
    assert 45 * MINUTE <= Limits().of_loading(checkpoint(tmp_path, LARGE)) <= 2 * HOUR
