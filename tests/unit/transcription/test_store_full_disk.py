"""A disk that fills up under the store, for real: what was written before is kept, and it says what to do."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import own_mounts
import pytest

from asr_regress.transcription.store.known import Stored
from asr_regress.transcription.store.store import Store

ROWS = 400
TEXT = "text " * 50
DIGESTS = [f"{n:064}" for n in range(ROWS)]
# In a process of its own: where the disk is mounted, or the limit set. Prints the value of `said`.
BEGIN = f"""
import json, os, resource, sys
from pathlib import Path
sys.path.append({str(Path(own_mounts.__file__).parent)!r})
from own_mounts import fill
from asr_regress.errors import AsrRegressError
from asr_regress.transcription.store.store import Store

disk, digests, text = Path(sys.argv[1]), {DIGESTS}, {TEXT!r}

def add_all(store):
    done = 0
    try:
        for digest in digests:
            store.add("model", "settings", [(digest, text, None)])
            done += 1
    except AsrRegressError as error:
        return done, f"{{type(error).__name__}}: {{error}}"
    return done, None

def known(store):
    return len(store.hypotheses("model", "settings", digests))
"""
END = "\nprint(json.dumps(said), flush=True)\n"
FILL = "store = Store(disk)\ndone, error = add_all(store)\nsaid = done, error, known(store)"


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Runs code on a small disk: `inside(code)`."""
    mounts = own_mounts.open_own_mounts()
    disk = mounts.small_disk(tmp_path / "disk", 16_000_000)
    filler = own_mounts.fill(disk, 1_200_000)

    def run(code: str, *, code_after: str = "") -> Any:
        command = [sys.executable, "-c", BEGIN + code + END + code_after, tmp_path / "disk"]
        result = mounts.run(command, tmp_path)
        assert not result.stderr, result.stderr
        return json.loads(result.stdout)

    run.make_room = filler.unlink  # type: ignore[attr-defined]
    yield run
    mounts.close()


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"], ids=["closed", "killed"])
def test_a_disk_that_fills_up(inside: Callable[..., Any], end: str):
    done, error, known = inside('fill(disk, 600_000, "more")\n' + FILL, code_after=end)
    assert error.startswith("MeasurementError")
    assert "the disk is full. What it holds is kept: make room and run again" in error
    assert 0 < done == known < ROWS
    inside.make_room()
    again = "store = Store(disk)\nbefore = known(store)\nsaid = before, *add_all(store), known(store), store.notes"
    assert inside("(disk / 'more').unlink()\n" + again) == [done, ROWS, None, ROWS, []]


def test_how_a_run_ended_is_recorded_on_a_disk_without_any_room(inside: Callable[..., Any]):
    """What the ballast is for: other processes of the run learn of it."""
    record = """
store = Store(disk)
filler = fill(disk, 0, "more")
store.record_run("run", "model", "x" * 100_000)
said = [len(store.run_record("run", "model")), (disk / "ballast").exists()]
filler.unlink()
Store(disk)
said.append((disk / "ballast").exists())
"""
    assert inside(record) == [100_000, False, True]


def test_a_disk_without_room_is_known_at_once(inside: Callable[..., Any]):
    refused = "fill(disk, 0, 'more')\ntry: Store(disk / 'store')\nexcept AsrRegressError as error: said = str(error)"
    said = inside(refused)
    assert "No space left on device. Choose another place with --asr-cache-dir=DIR" in said


def test_a_damaged_store_stays_where_it_is_until_there_is_room_for_a_new_one(inside: Callable[..., Any]):
    damage = """
store = Store(disk)
store.add("model", "settings", [(digest, text, None) for digest in digests])
store.close()
file = disk / "store.sqlite"
damaged = file.read_bytes()[:60] + bytes(4) + file.read_bytes()[64:]  # without its version
file.write_bytes(damaged)
filler = fill(disk, 100_000, "more")
try: Store(disk)
except AsrRegressError as error: said = [str(error)]
said += [file.read_bytes() == damaged, len(list(disk.glob("*.damaged-*[0-9]")))]
filler.unlink()
said += [known(Store(disk)), len(list(disk.glob("*.damaged-*[0-9]")))]
"""
    error, *then = inside(damage)
    assert "the disk is full" in error
    assert then == [True, 0, ROWS, 1]


def test_a_limit_on_the_size_of_files(tmp_path: Path):
    """Where no disk can be mounted: the system refuses to let a file grow, as under a quota."""
    limit = "Store(disk).close()\nresource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
    command = [sys.executable, "-c", BEGIN + limit + FILL + END, tmp_path / "store"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    done, error, known = json.loads(result.stdout)
    assert error.startswith("MeasurementError")
    assert "What it holds is kept: mend that and run again" in error
    assert 0 < done == known < ROWS
    with closing(Store(tmp_path / "store")) as store:
        found = store.hypotheses("model", "settings", DIGESTS)
        assert found == dict.fromkeys(DIGESTS[:done], Stored(TEXT, None))
