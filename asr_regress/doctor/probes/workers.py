"""One of the gate's worker processes, started and asked for nothing."""

import multiprocessing
import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from asr_regress.doctor.probes import Given
from asr_regress.transcription.engines.worker import begin


def start_one(given: Given) -> Mapping[str, Any]:
    """Start a process as the local engine does: it needs semaphores, which lie in /dev/shm on Linux."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=begin) as pool:
        return {"pid": pool.submit(os.getpid).result()}
