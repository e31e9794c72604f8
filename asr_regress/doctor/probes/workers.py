"""One of the gate's worker processes, started and asked for nothing much."""

import os
from collections.abc import Mapping
from typing import Any

from asr_regress.basics.worker_process import WorkerProcess
from asr_regress.doctor.probes import Given


def start_one(given: Given) -> Mapping[str, Any]:
    """Start a process as the local engine does."""
    process = WorkerProcess()
    try:
        process.ask(os.getpid)
        return {"pid": process.answer()}
    finally:
        process.kill()
