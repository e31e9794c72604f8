"""Starts `speech_server` in a process of its own, for as long as a test needs it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("speech_server.py")


@dataclass(frozen=True)
class Serving:
    """A server that runs.

    Attributes:
        url: Of its API.
        root: Of the server, without /v1.
    """

    port: int
    log: Path
    process: "subprocess.Popen[str]"

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def requests(self, kind: str = "/audio/") -> list[dict[str, Any]]:
        """What it was asked for transcripts so far, in order."""
        if not self.log.exists():
            return []
        rows = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [row for row in rows if kind in row["path"] and ("fields" in row or kind != "/audio/")]

    def stop(self) -> None:
        """End it as if it had crashed."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(*arguments: str, models: tuple[str, ...] = ("tiny",)) -> Iterator[Serving]:
    """A server that listens on a free port of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        named = [f"--model={model}" for model in models]
        command = [sys.executable, str(SERVER), *named, f"--log={log}", *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin, process.stdout:
            try:
                word, _, port = process.stdout.readline().partition(" ")
                assert word == "ready", "the server did not start"
                yield Serving(int(port), log, process)
            finally:
                process.kill()
                process.wait()
