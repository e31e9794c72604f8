"""Reads recordings in a process with little memory to spare, and prints what came of each, as JSON.

Standard input: {"paths": [...], "megabytes": how much more memory may be asked for than is taken before the first}.
"""

import json
import resource
import sys
from pathlib import Path

import numpy as np
import soundfile  # noqa: F401 - not counted as the recordings' doing
import soxr  # noqa: F401

from asr_regress.corpus.audio import inspect_audio, load_audio
from asr_regress.errors import AudioError


def main() -> None:
    task = json.load(sys.stdin)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    allowed = taken + task["megabytes"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    before = _peak()
    found = [(_inspected(path), _loaded(path)) for path in task["paths"]]
    print(json.dumps({"found": found, "megabytes": _peak() - before}))


def _inspected(path):
    try:
        return {"seconds": inspect_audio(path).seconds}
    except AudioError as error:
        return {"reason": str(error)}


def _loaded(path):
    try:
        samples = load_audio(path)
    except AudioError as error:
        return {"reason": str(error)}
    sane = samples.dtype == np.float32 and samples.ndim == 1 and bool(np.isfinite(samples).all())
    return {"seconds": len(samples) / 16_000, "sane": sane}


def _peak():
    # ru_maxrss would count what the process that started this one had taken.
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
