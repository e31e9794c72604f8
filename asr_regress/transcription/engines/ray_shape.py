"""What workers of a Ray cluster are given: GPUs or CPUs, how many each and of what kind, and how many there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from asr_regress.errors import ConfigurationError, MeasurementError
from asr_regress.transcription.settings import AUTO

_KIND = "accelerator_type:"  # how Ray names the resource of a kind of GPU


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of a cluster, as Ray counts it.

    Attributes:
        kind: Of its GPUs, such as "H200"; None where it has none, or Ray does not know.
    """

    address: str
    cpus: float = 0.0
    gpus: float = 0.0
    kind: str | None = None

    @classmethod
    def of(cls, address: str, resources: "dict[str, float]") -> "Node":
        """From what Ray says of it."""
        kinds = sorted(name.removeprefix(_KIND) for name in resources if name.startswith(_KIND))
        return cls(address, resources.get("CPU", 0.0), resources.get("GPU", 0.0), kinds[0] if kinds else None)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one worker is given.

    Attributes:
        gpus: Whole ones; 0 for a worker on CPUs.
        kind: Only GPUs of this kind; None for any.
    """

    cpus: int
    gpus: int = 0
    kind: str | None = None

    def fit_on(self, node: Node) -> int:
        """How many workers a machine has room for."""
        if self.gpus:
            return int(node.gpus // self.gpus) if self.kind in (None, node.kind) else 0
        return int(node.cpus // self.cpus)

    def room(self, nodes: Sequence[Node]) -> int:
        """How many workers a cluster has room for."""
        return sum(map(self.fit_on, nodes))

    def __str__(self) -> str:
        if not self.gpus:
            return f"{self.cpus} CPU{'s' * (self.cpus != 1)}"
        return f"{self.gpus} GPU{'s' * (self.gpus != 1)}{f' of kind {self.kind}' if self.kind else ''}"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a plan is spread over a cluster.

    Attributes:
        device: What a worker calls its own: "cpu", "cuda:0" or "shard".
        workers: How many there are to begin with.
        threads: CPU threads of each.
        notes: What a person should know about it, one sentence each.
    """

    needs: Needs
    device: str
    workers: int
    notes: tuple[str, ...] = ()

    @property
    def threads(self) -> int:
        """CPU threads of a worker."""
        return max(1, self.needs.cpus)


def shape(nodes: Sequence[Node], device: str, workers: int | None = None, like: str = "") -> Shape:
    """How to spread a plan over a cluster.

    Args:
        nodes: Its machines.
        device: "auto", "cpu", "cuda" or "shard"; as asked for, or as settled on ("cuda:0").
        workers: How many; None for as many as there is room for.
        like: The kind of device that was settled on before, as `DecodingSettings.device` says it; "" for none.

    Raises:
        ConfigurationError: There are no such devices.
        MeasurementError: There is nothing at all.
    """
    gpus = [node for node in nodes if node.gpus >= 1]
    if device == "cpu" or (device == AUTO and not gpus):
        return _on_cpus(nodes, workers)
    if not gpus and workers is None:
        raise ConfigurationError(
            f"--asr-device={device}: the Ray cluster has no GPU ({described(nodes)}); where it gets some once they are "
            "asked for, say how many with --asr-workers=N"
        )
    kinds: Counter[str | None] = Counter()
    for node in gpus:
        kinds[node.kind] += int(node.gpus)
    chosen = min(kinds, key=lambda kind: (not _is_like(kind, like), -kinds[kind], str(kind)), default=None)
    of_kind = [node for node in gpus if node.kind == chosen]
    each = max((int(node.gpus) for node in of_kind), default=1) if device == "shard" else 1
    needs = Needs(0, each, chosen)
    notes = _left_out(kinds, chosen) + _too_small(of_kind, each)
    return Shape(needs, "shard" if device == "shard" else "cuda:0", workers or needs.room(nodes), notes)


def described(nodes: Sequence[Node]) -> str:
    """What a cluster has, in words."""
    cpus, gpus = sum(node.cpus for node in nodes), sum(node.gpus for node in nodes)
    return f"{len(nodes)} machine{'s' * (len(nodes) != 1)} with {cpus:g} CPUs and {gpus:g} GPUs"


def _on_cpus(nodes: Sequence[Node], workers: int | None) -> Shape:
    sizes = sorted(int(node.cpus) for node in nodes if node.cpus >= 1)
    if not sizes and workers is None:
        raise MeasurementError(
            f"the Ray cluster has no CPU to run on ({described(nodes)}); where it gets some once they are asked for, "
            "say for how many workers with --asr-workers=N"
        )
    # One a machine, as without Ray; more, where so many are wanted. What is left of a machine stays idle.
    fitting = (cpus for cpus in range(sizes[-1] if sizes else 1, 0, -1) if Needs(cpus).room(nodes) >= (workers or 0))
    needs = Needs(sizes[0] if workers is None else next(fitting, 1))
    return Shape(needs, "cpu", workers or needs.room(nodes))


def _is_like(kind: str | None, device: str) -> bool:
    words = device.replace("-", " ")
    return kind is not None and bool(device) and f" {kind.replace('-', ' ')} " in f" {words.replace(')', ' ')} "


def _left_out(kinds: "Counter[str | None]", chosen: str | None) -> tuple[str, ...]:
    others = [f"{count} x {kind or 'unknown'}" for kind, count in sorted(kinds.items(), key=str) if kind != chosen]
    if not others:
        return ()
    return (
        f"the cluster has GPUs of several kinds, which round differently: {kinds[chosen]} x {chosen or 'unknown'} are "
        f"used, {', '.join(others)} are not",
    )


def _too_small(nodes: Sequence[Node], each: int) -> tuple[str, ...]:
    small = sum(node.gpus < each for node in nodes)
    return (f"{small} machines have fewer than the {each} GPUs that a worker gets, and are not used",) if small else ()
