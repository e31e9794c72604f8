"""What workers of a cluster are given; no cluster is needed for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.errors import ConfigurationError, MeasurementError
from asr_regress.transcription.engines.ray_shape import Needs, Node, shape

H200, A100 = "cuda (NVIDIA H200)", "cuda (NVIDIA A100-SXM4-80GB)"


def machine(cpus: float, gpus: float = 0, kind: str | None = None) -> Node:
    return Node("m", cpus, gpus, kind)


def test_what_ray_says_of_a_machine():
    resources = {"CPU": 16.0, "GPU": 8.0, "accelerator_type:H200": 1.0, "node:10.0.0.1": 1.0, "memory": 1e9}
    assert Node.of("a", resources) == Node("a", 16.0, 8.0, "H200")
    assert Node.of("b", {"memory": 1e9}) == Node("b")


@pytest.mark.parametrize(
    ("nodes", "workers", "cpus", "count"),
    [
        ([machine(2)], None, 2, 1),  # one process with all cores, as without Ray
        ([machine(2)], 2, 1, 2),
        ([machine(2)], 5, 1, 5),  # three wait for room
        ([machine(16), machine(16), machine(0)], None, 16, 2),
        ([machine(4), machine(64)], None, 4, 17),
        ([machine(16), machine(16)], 8, 4, 8),
        ([machine(16), machine(16)], 3, 8, 3),
        ([], 4, 1, 4),  # a cluster that grows when something is asked for
    ],
)
def test_workers_on_cpus(nodes, workers, cpus, count):
    found = shape(nodes, "auto", workers)
    assert (found.needs, found.device, found.workers) == (Needs(cpus), "cpu", count)


@given(
    st.lists(st.integers(1, 128).map(float), min_size=1, max_size=6),
    st.integers(1, 64) | st.none(),
)
def test_as_many_workers_fit_as_are_wanted_where_there_are_so_many_cpus(sizes, workers):
    nodes = [machine(cpus) for cpus in sizes]
    found = shape(nodes, "cpu", workers)
    assert found.workers >= 1
    assert found.needs.cpus >= 1
    if workers is None or workers <= sum(sizes):
        assert found.needs.room(nodes) >= found.workers


def test_a_worker_a_gpu_wherever_there_are_gpus():
    nodes = [machine(64), machine(64, 8, "H200"), machine(4, 8, "H200")]
    found = shape(nodes, "auto")
    assert (found.needs, found.device, found.workers, found.notes) == (Needs(0, 1, "H200"), "cuda:0", 16, ())
    assert shape(nodes, "cpu").device == "cpu"
    assert shape(nodes, "cuda", 3).workers == 3


def test_gpus_of_one_kind_alone_are_used():
    nodes = [machine(64, 8, "A100"), machine(64, 4, "H200"), machine(64, 1)]
    found = shape(nodes, "cuda")
    assert (found.needs.kind, found.workers) == ("A100", 8)
    assert found.notes == (
        "the cluster has GPUs of several kinds, which round differently: 8 x A100 are used, 4 x H200, 1 x unknown are "
        "not",
    )
    assert shape(nodes, "cuda:0", like=H200).needs.kind == "H200"  # what the settings are for
    assert shape(nodes, "cuda:0", like=A100).needs.kind == "A100"


def test_a_model_over_all_gpus_of_a_machine():
    nodes = [machine(64, 8, "H200"), machine(64, 8, "H200"), machine(64, 4, "H200")]
    found = shape(nodes, "shard")
    assert (found.needs, found.device, found.workers) == (Needs(0, 8, "H200"), "shard", 2)
    assert found.notes == ("1 machines have fewer than the 8 GPUs that a worker gets, and are not used",)


def test_no_such_devices():
    with pytest.raises(ConfigurationError, match=r"no GPU \(1 machine with 4 CPUs and 0 GPUs\).*--asr-workers=N"):
        shape([machine(4)], "cuda")
    assert shape([machine(0)], "cuda", 4).workers == 4  # they may come when they are asked for
    with pytest.raises(MeasurementError, match="no CPU to run on"):
        shape([machine(0)], "auto")
