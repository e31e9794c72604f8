"""Decoding ahead changes when a recording is decoded, never what comes of it."""

import threading

import pytest

from asr_regress.transcription.engines.ahead import Ahead
from asr_regress.transcription.plan import Batch, WorkItem


def batch(*names: str, seconds: float = 1.0) -> Batch:
    return Batch(tuple(WorkItem(f"digest of {name}", name, seconds) for name in names))


FIRST, SECOND = batch("a", "b", "c"), batch("d", "e")


def taken(ahead: Ahead[str], of: Batch) -> list[str]:
    return [recording() for recording in ahead.take(of)]


@pytest.mark.parametrize("prepared", [None, FIRST, SECOND])
def test_a_batch_comes_whole_and_in_order_whatever_was_prepared(prepared):
    ahead = Ahead(lambda item: item.audio.upper())
    ahead.prepare(prepared)
    assert taken(ahead, FIRST) == ["A", "B", "C"]
    assert taken(ahead, SECOND) == ["D", "E"]


def test_what_is_prepared_is_decoded_without_being_asked_for():
    decoded = threading.Semaphore(0)
    ahead = Ahead(lambda item: decoded.release())
    ahead.prepare(FIRST)
    assert all(decoded.acquire(timeout=60) for _ in FIRST.items)


def test_each_recording_is_decoded_once():
    calls: list[str] = []
    ahead = Ahead(lambda item: calls.append(item.audio))
    ahead.prepare(FIRST)
    list(taken(ahead, FIRST))
    assert sorted(calls) == ["a", "b", "c"]


def test_a_recording_that_cannot_be_decoded_says_so_when_it_is_its_turn():
    def decode(item: WorkItem) -> str:
        if item.audio == "b":
            raise ValueError("broken")
        return item.audio

    ahead = Ahead(decode)
    ahead.prepare(FIRST)
    first, second, third = ahead.take(FIRST)
    assert first() == "a"
    with pytest.raises(ValueError, match="broken"):
        second()
    assert third() == "c"


def test_an_hour_and_more_is_not_held_ahead():
    calls: list[str] = []
    ahead = Ahead(lambda item: calls.append(item.audio))
    long = batch("x", seconds=3601.0)
    ahead.prepare(long)
    recordings = ahead.take(long)
    assert calls == []
    for recording in recordings:
        recording()
    assert calls == ["x"]
