from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from asr_regress.transcription.plan import Batch, WorkItem, plan

WINDOW = 30.0
items = st.lists(
    st.builds(
        WorkItem,
        digest=st.integers(0, 10**6).map("{:06x}".format),
        audio=st.just("x.wav"),
        seconds=st.one_of(st.floats(0.01, 40.0), st.sampled_from([5.0, WINDOW, 30.001])),
    ),
    max_size=40,
    unique_by=lambda item: item.digest,
)


@given(items, st.integers(1, 9), st.randoms())
def test_the_plan_holds_every_recording_once_whatever_the_order(items, batch_size, random):
    batches = plan(items, batch_size, WINDOW)
    shuffled = list(items)
    random.shuffle(shuffled)
    assert plan(shuffled, batch_size, WINDOW) == batches
    assert Counter(item for batch in batches for item in batch.items) == Counter(items)


@given(items, st.integers(1, 9))
def test_recordings_go_longest_first_in_full_batches_and_long_ones_alone(items, batch_size):
    batches = plan(items, batch_size, WINDOW)
    lengths = [item.seconds for batch in batches for item in batch.items]
    assert lengths == sorted(lengths, reverse=True)
    long = [batch for batch in batches if batch.items[0].seconds > WINDOW]
    assert all(len(batch.items) == 1 for batch in long)
    sizes = [len(batch.items) for batch in batches[len(long) :]]
    assert all(size == batch_size for size in sizes[:-1])
    assert all(1 <= size <= batch_size for size in sizes[-1:])


def test_a_batch_falls_apart_into_its_recordings():
    one, other = WorkItem("a", "a.wav", 1.0), WorkItem("b", "b.wav", 2.5)
    batch = Batch((one, other), tries=2)
    assert batch.seconds == 3.5
    assert batch.alone() == [Batch((one,)), Batch((other,))]
