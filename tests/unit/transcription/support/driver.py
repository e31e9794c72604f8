"""A process of its own that measures one model and prints what came of it, as JSON.

Spawned workers import the main module anew, and so they know the rehearsed backend too.
"""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path

import rehearsed_backend

from asr_regress.basics.progress import Lines, Quiet
from asr_regress.errors import DataError
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.engines.registry import ENGINES, Asked
from asr_regress.transcription.inspection import inspect_files
from asr_regress.transcription.measure import Transcriber
from asr_regress.transcription.plan import WorkItem, plan
from asr_regress.transcription.settings import Request
from asr_regress.transcription.store.store import Store


def main() -> None:
    task = json.loads(sys.argv[1])
    checkpoint = open_checkpoint(task["checkpoint"], Path.cwd())
    if (checkpoint.folder / "rehearsal.json").exists():
        checkpoint = rehearsed_backend.rehearsed(checkpoint)
    request, store = Request(**task["request"]), Store(Path(task["store"]))
    with closing(store):
        said = close_early if task["action"] == "close early" else measure
        print(json.dumps(said(task, checkpoint, request, store)))


def engine_of(task):
    return ENGINES[task["engine"]](Asked(Limits(*task["limits"]), task["cluster"], task["request"].get("workers")))


def measure(task, checkpoint, request, store):
    def check(digests):
        if task["refuse"]:
            raise DataError(f"{len(digests)} recordings of other data")

    transcriber = Transcriber(store, task["run"], partial(engine_of, task), Lines)
    if task["action"] == "recall":
        found = transcriber.recall(checkpoint, task["audio"])
    else:
        found = transcriber.measure(checkpoint, request, task["audio"], check)
    return {
        "texts": dict(found.texts),
        "record": asdict(found.record),
        "digests": dict(found.digests),
        "seconds": dict(found.seconds),
        "torch": sorted({"torch", "transformers"} & set(sys.modules)),
        "children": _children(),
        "notes": list(store.notes),
    }


def close_early(task, checkpoint, request, store):
    """Stops after the first batch that came back."""
    facts, _ = inspect_files(task["audio"], store, Quiet)
    items = [WorkItem(fact.digest, path, fact.seconds) for path, fact in facts.items()]
    engine = engine_of(task)
    resolution = engine.resolve(request, checkpoint)
    events = engine.run(checkpoint, resolution, plan(items, resolution.settings.batch_size, 30.0))
    seen = [type(next(events)).__name__ for _ in range(3)]
    before = _children()
    events.close()
    engine.close()
    return {"seen": seen, "before": before, "after": _children()}


def _children() -> int:
    import psutil

    # multiprocessing's resource tracker stays as long as this process does; it is no worker.
    commands = [child.cmdline() for child in psutil.Process().children(recursive=True)]
    return sum("spawn_main" in " ".join(command) for command in commands)


if __name__ == "__main__":
    main()
