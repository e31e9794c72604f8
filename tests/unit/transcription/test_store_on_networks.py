"""Stores on file systems without shared memory or locks, as network mounts are; the kernel refuses the calls."""

import subprocess
import sys
from pathlib import Path

import failing_calls
import pytest

from asr_regress.transcription.store.known import Stored
from asr_regress.transcription.store.mounts import network_file_system
from asr_regress.transcription.store.store import Store

SUPPORT = Path(failing_calls.__file__).parent
OPEN = f"""
import sys
from pathlib import Path
sys.path.append({str(SUPPORT)!r})
from failing_calls import refuse
from asr_regress.errors import AsrRegressError
from asr_regress.transcription.store.store import Store

if len(sys.argv) > 3:
    store = Store(Path(sys.argv[1]))
    store.add("model", "settings", [("before", "text", None)])
    if sys.argv[3] == "killed":
        Path(sys.argv[1] + "/kept").write_bytes(Path(sys.argv[1] + "/store.sqlite-wal").read_bytes())
    store.close()
    if sys.argv[3] == "killed":
        Path(sys.argv[1] + "/kept").rename(sys.argv[1] + "/store.sqlite-wal")
refuse(*sys.argv[2].split())
try:
    store = Store(Path(sys.argv[1]))
    store.add("model", "settings", [("a", "text", None)])
    print(sorted(store.hypotheses("model", "settings", ["a", "before"])))
    store.close()
except AsrRegressError as error:
    print(error)
"""
WRITE = f"""
import sys
from pathlib import Path
sys.path.append({str(SUPPORT)!r})
from failing_calls import refuse
from asr_regress.transcription.store.store import Store

refuse("mmap", "ENODEV")
store = Store(Path(sys.argv[1]))
for n in range(20):
    store.add("model", "settings", [(f"{{sys.argv[2]}}-{{n}}", "text", None)])
"""
pytestmark = pytest.mark.skipif(not failing_calls.KNOWN, reason="system calls are refused on Linux only")


def opened(folder: Path, refused: str, *before: str) -> str:
    result = subprocess.run([sys.executable, "-c", OPEN, folder, refused, *before], capture_output=True, text=True)
    if "seccomp is not to be had" in result.stderr:
        pytest.skip("seccomp is not to be had")
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize("call", ["flock ENOLCK", "flock ENOSYS", "fcntl ENOLCK", "fcntl EIO", "flock EOPNOTSUPP"])
def test_where_locks_do_not_work_it_says_so_at_once(tmp_path: Path, call: str):
    said = opened(tmp_path / "store", call)
    assert "file locks do not work in this folder" in said
    assert "as on some network mounts" in said
    assert "--asr-cache-dir=DIR" in said


@pytest.mark.parametrize("before", [(), ("closed",), ("killed",)], ids=" ".join)
def test_where_memory_cannot_be_shared_it_works_without(tmp_path: Path, before: tuple[str, ...]):
    folder = tmp_path / "store"
    assert opened(folder, "mmap ENODEV", *before) == str(["a", "before"] if before else ["a"])
    store = Store(folder)
    assert store.hypotheses("model", "settings", ["a"]) == {"a": Stored("text", None)}
    assert store.notes == ()
    store.close()


def test_processes_at_once_write_without_shared_memory(tmp_path: Path):
    digests = {f"{writer}-{n}" for writer in range(3) for n in range(20)}
    command = [sys.executable, "-c", WRITE, tmp_path]
    writers = [subprocess.Popen([*command, str(writer)], stderr=subprocess.PIPE, text=True) for writer in range(3)]
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        if "seccomp is not to be had" in errors:
            pytest.skip("seccomp is not to be had")
        assert errors == ""
    store = Store(tmp_path)
    assert set(store.hypotheses("model", "settings", sorted(digests))) == digests
    store.close()


MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
tmpfs /dev/shm tmpfs rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/local ext4 rw 0 0
//nas/models /mnt/my\\040models cifs rw 0 0
gcs /mnt/bucket fuse.gcsfuse rw 0 0
/dev/sdc1 /mnt/usb fuseblk rw 0 0
host /mnt/shared 9p rw 0 0
tmpfs /mnt/shared tmpfs rw 0 0
nonsense
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/x", None),
        ("/home", "nfs4"),
        ("/home/me/.asr_regress", "nfs4"),
        ("/homestead", None),
        ("/home/local/x", None),
        ("/mnt/my models/x", "cifs"),
        ("/mnt/bucket/x", "fuse.gcsfuse"),
        ("/mnt/usb/x", None),
        ("/mnt/shared/x", None),
    ],
)
def test_mounts_of_other_machines_are_told_from_local_ones(path: str, kind: str | None):
    assert network_file_system(Path(path), MOUNTS) == kind


def test_here_it_is_one_or_the_other(tmp_path: Path):
    assert network_file_system(tmp_path, "") is None
    assert network_file_system(Path("/proc")) is None
