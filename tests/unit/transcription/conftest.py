"""Recordings, rehearsed checkpoints and processes that measure them."""

import contextlib
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parent / "support"
FIRST = 4_000


@pytest.fixture
def recordings(tmp_path: Path, tone: Callable[..., Path]) -> Callable[[int], list[str]]:
    """Paths of that many recordings, of 4000, 4100, 4200 ... samples: no two say the same."""

    def make(count: int) -> list[str]:
        lengths = range(FIRST, FIRST + 100 * count, 100)
        return [str(tone(tmp_path / "audio" / f"{n}.wav", 200 + n / 50, n / 16_000)) for n in lengths]

    return make


@dataclass(frozen=True)
class Bench:
    """A checkpoint, a store, and processes that measure it."""

    checkpoint: Path
    store: Path
    request: Mapping[str, Any] = field(default_factory=dict)

    def start(
        self,
        audio: Sequence[str],
        *,
        action: str = "measure",
        run: str = "a run",
        refuse: bool = False,
        limits: Sequence[float | None] = (),
        engine: str = "local",
        cluster: str | None = None,
        **request: Any,
    ) -> "subprocess.Popen[str]":
        task = {
            "action": action,
            "checkpoint": str(self.checkpoint),
            "store": str(self.store),
            "audio": list(audio),
            "run": run,
            "refuse": refuse,
            "limits": limits,
            "engine": engine,
            "cluster": cluster,
            "request": {**self.request, **request},
        }
        return subprocess.Popen(
            [sys.executable, str(SUPPORT / "driver.py"), json.dumps(task)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def measure(self, audio: Sequence[str], **options: Any) -> dict[str, Any]:
        return result_of(self.start(audio, **options))

    @property
    def heard(self) -> list[tuple[int, int, list[int]]]:
        """What workers were given: process id, batch size, lengths; a load is one with no lengths."""
        log = self.checkpoint / "heard.jsonl"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    @property
    def lengths_heard(self) -> list[int]:
        return sorted(length for _, _, lengths in self.heard for length in lengths)


def result_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What it printed, with what it said on standard error under "said"."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return {**json.loads(out), "said": err}


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    """A rehearsed checkpoint: `bench(die=[4000])`; see support/rehearsed_backend.py."""

    def make(**rehearsal: Any) -> Bench:
        folder = tmp_path / "rehearsed"
        folder.mkdir()
        (folder / "config.json").write_text('{"model_type": "whisper"}')
        (folder / "model.safetensors").write_bytes(b"weights")
        (folder / "tokenizer.json").write_text("{}")
        (folder / "rehearsal.json").write_text(json.dumps(rehearsal))
        return Bench(folder, tmp_path / "store")

    return make


@pytest.fixture(name="result_of")
def result_of_fixture() -> Callable[["subprocess.Popen[str]"], dict[str, Any]]:
    """Waits for a started measurement."""
    return result_of


@pytest.fixture
def kept() -> Callable[[Path], int]:
    """How many hypotheses a store holds, whoever else has it open."""

    def count(store: Path) -> int:
        with contextlib.closing(sqlite3.connect(store / "store.sqlite")) as connection:
            return int(connection.execute("SELECT count(*) FROM hypotheses").fetchone()[0])

    return count


@pytest.fixture
def wait_for() -> Callable[[Callable[[], Any]], None]:
    """Waits until something is so, a minute at most."""

    def wait(so: Callable[[], Any]) -> None:
        end = time.monotonic() + 60
        while not so():
            assert time.monotonic() < end, "it never came to be"
            time.sleep(0.01)

    return wait
