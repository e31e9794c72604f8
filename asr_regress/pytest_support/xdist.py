"""pytest-xdist: workers learn which run they belong to, the controller learns which cases they selected."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import pytest

_KEY = "asr_regress"


@dataclass(frozen=True, slots=True)
class Shared:
    """What the processes of one run share.

    Attributes:
        run: Names the run.
        store: Folder of the store.
        temporary: Whether the store goes with the run.
    """

    run: str
    store: str
    temporary: bool


class _Chooses(Protocol):
    def choose(self, ids: Sequence[str]) -> None: ...

    @property
    def selected_ids(self) -> list[str]: ...


def shared_with_workers(config: pytest.Config) -> Shared | None:
    """What the controller handed to this worker; None in any other process."""
    given = getattr(config, "workerinput", {}).get(_KEY)
    return None if given is None else Shared(**given)


class XdistHooks:
    """Registered only where pytest-xdist is: its hooks are unknown elsewhere."""

    def __init__(self, config: pytest.Config, shared: Shared, gate: _Chooses) -> None:
        self._config, self._shared, self._gate = config, shared, gate

    def pytest_configure_node(self, node: Any) -> None:
        """On the controller: hand a new worker what it needs."""
        node.workerinput[_KEY] = asdict(self._shared)

    def pytest_sessionfinish(self) -> None:
        """On a worker: tell the controller which cases were selected."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_KEY] = self._gate.selected_ids

    def pytest_testnodedown(self, node: Any) -> None:
        """On the controller: every worker has collected the same, so any one's word will do."""
        ids = (getattr(node, "workeroutput", None) or {}).get(_KEY)
        if ids is not None:
            self._gate.choose(ids)
