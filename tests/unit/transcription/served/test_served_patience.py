"""Trying again: as often as is sensible, together when the server asks for it, and never for ever."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from asr_regress.errors import MeasurementError
from asr_regress.transcription.served.errors import RequestFailedError, ServerRefusesError, TryAgainError
from asr_regress.transcription.served.patience import Endurance, Pacing, Patience

QUICK = Patience(pause=0.001, longest_pause=0.002, longest_wish=1.0)


def failing(times: int, error: Callable[[], Exception]) -> tuple[Callable[[], Awaitable[str]], list[float]]:
    """A request that fails so often, and when it was sent."""
    sent: list[float] = []

    async def send() -> str:
        sent.append(time.monotonic())
        if len(sent) <= times:
            raise error()
        return "text"

    return send, sent


def persist(send: Callable[[], Awaitable[str]], patience: Patience = QUICK) -> tuple[str, list[str]]:
    reasons: list[str] = []
    return asyncio.run(Pacing(patience, reasons.append).persist(send)), reasons


def test_it_is_sent_until_it_works() -> None:
    send, sent = failing(4, lambda: TryAgainError("503"))
    assert persist(send) == ("text", ["503"] * 4)
    assert len(sent) == 5


@pytest.mark.parametrize(("hung", "tries"), [(False, 5), (True, 2)])
def test_but_not_for_ever(hung: bool, tries: int) -> None:
    send, sent = failing(99, lambda: TryAgainError("no answer", hung=hung))
    with pytest.raises(RequestFailedError, match=rf"^no answer \({tries} tries\)$") as failed:
        persist(send)
    assert len(sent) == tries
    assert failed.value.hung is hung


@pytest.mark.parametrize("error", [RequestFailedError("400"), ServerRefusesError("404")])
def test_what_will_not_pass_is_not_tried_again(error: Exception) -> None:
    send, sent = failing(99, lambda: error)
    with pytest.raises(type(error)):
        persist(send)
    assert len(sent) == 1


def test_all_wait_as_long_as_the_server_asks_one_of_them_to() -> None:
    busy, sent = failing(1, lambda: TryAgainError("429", after=0.2))
    other, later = failing(0, lambda: TryAgainError(""))

    async def both() -> None:
        pacing = Pacing(QUICK, lambda reason: None)
        first = asyncio.create_task(pacing.persist(busy))
        await asyncio.sleep(0.02)
        await asyncio.gather(first, pacing.persist(other))

    asyncio.run(both())
    assert sent[1] - sent[0] >= 0.2
    assert later[0] - sent[0] >= 0.2


def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    send, sent = failing(99, lambda: TryAgainError("429", after=3600))
    with pytest.raises(RequestFailedError, match="429; it asks to wait 3,600 s"):
        persist(send)
    assert len(sent) == 1


class TestEndurance:
    def test_a_row_of_failures_ends_the_run(self) -> None:
        endurance = Endurance("m", Patience(failures=3), workers=0)
        for _ in range(2):
            endurance.failed(RequestFailedError("500"))
        endurance.answered()
        for _ in range(2):
            endurance.failed(RequestFailedError("500"))
        with pytest.raises(MeasurementError, match="m: the server failed on 3 utterances in a row; at last: 500"):
            endurance.failed(RequestFailedError("500"))

    def test_hangs_end_it_sooner(self) -> None:
        endurance = Endurance("m", Patience(hangs=2), workers=1)
        endurance.failed(RequestFailedError("slow", hung=True))
        with pytest.raises(MeasurementError, match="--asr-batch-timeout"):
            endurance.failed(RequestFailedError("slow", hung=True))

    def test_many_in_flight_may_fail_together(self) -> None:
        endurance = Endurance("m", Patience(failures=3), workers=8)
        for _ in range(31):
            endurance.failed(RequestFailedError("500"))
        with pytest.raises(MeasurementError):
            endurance.failed(RequestFailedError("500"))
