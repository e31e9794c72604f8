"""What becomes of batches that do not come back: bounded, and every recording accounted for once."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.errors import MeasurementError
from asr_regress.transcription.engines import Done
from asr_regress.transcription.engines.backlog import Backlog
from asr_regress.transcription.plan import Batch, WorkItem, plan


def items(count: int) -> list[WorkItem]:
    return [WorkItem(f"{n:03}", f"{n}.wav", 1.0 + n) for n in range(count)]


def names(batch: Batch) -> list[str]:
    return [item.digest for item in batch.items]


def run(backlog: Backlog, faults: dict[str, str]) -> tuple[Counter[tuple[str, str]], int]:
    """How each recording ended, and how many workers were lost, where some recordings are poisonous."""
    ends: Counter[tuple[str, str]] = Counter()
    lost = 0
    while backlog:
        batch = backlog.take()
        met = [faults[name] for name in names(batch) if name in faults]
        done: list[Done] = []
        if not met:
            ends.update((name, "text") for name in names(batch))
            backlog.came_back()
        elif met[0] == "fail":
            backlog.came_back()
            done = list(backlog.spoiled(batch, "cannot cope"))
        else:
            lost += 1
            done = list(backlog.lost(batch, "gone", hung=met[0] == "hang"))
        ends.update((row.digest, "failed") for each in done for row in each.rows)
    return ends, lost


def expected(count: int, faults: dict[str, str]) -> Counter[tuple[str, str]]:
    return Counter((item.digest, "failed" if item.digest in faults else "text") for item in items(count))


@given(
    st.integers(1, 30),
    st.integers(1, 6),
    st.dictionaries(st.integers(0, 29), st.sampled_from(["die", "hang", "fail"]), max_size=3),
)
def test_whatever_recordings_do_each_comes_to_one_end(count, batch_size, poison):
    faults = {f"{number:03}": what for number, what in poison.items() if number < count}
    ends, lost = run(Backlog(plan(items(count), batch_size, 1e9), 1), faults)
    assert ends == expected(count, faults)
    assert lost <= 4 * len(faults)


@pytest.mark.parametrize("what", ["die", "hang"])
def test_losses_are_only_counted_in_a_row(what):
    """Far more poisonous recordings than the run takes in a row, here and there."""
    faults = {f"{number:03}": what for number in range(0, 400, 8)}
    ends, lost = run(Backlog(plan(items(400), 4, 1e9), 1), faults)
    assert ends == expected(400, faults)
    assert lost == (4 if what == "die" else 3) * len(faults)


@pytest.mark.parametrize(("what", "workers", "most"), [("die", 1, 20), ("die", 8, 32), ("hang", 1, 6), ("hang", 8, 16)])
@pytest.mark.parametrize("batch_size", [1, 4])
def test_when_nothing_comes_back_the_run_ends(what, workers, most, batch_size):
    faults = {item.digest: what for item in items(100)}
    with pytest.raises(MeasurementError, match=f"{most} times in a row"):
        run(Backlog(plan(items(100), batch_size, 1e9), workers), faults)


def test_a_lost_batch_goes_last_and_its_recordings_one_by_one_next():
    backlog = Backlog([Batch(tuple(items(2))), Batch(tuple(items(4)[2:]))], 1)
    first = backlog.take()
    assert list(backlog.lost(first, "gone", hung=False)) == []
    assert names(backlog.take()) == ["002", "003"]
    assert list(backlog.lost(backlog.take(), "gone", hung=False)) == []
    assert [names(backlog.take()) for _ in range(2)] == [["000"], ["001"]]
    assert not backlog
