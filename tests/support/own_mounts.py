"""Small and read-only disks, mounted for real where only one process and those it is told to run see them."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

_WAYS = (("--mount",), ("--user", "--map-root-user", "--mount"))  # as root; else as root of a namespace of users


class OwnMounts:
    """A namespace of mounts, held open by a process that waits for its standard input to end."""

    def __init__(self) -> None:
        for way in _WAYS:
            self._holder = subprocess.Popen(
                ["unshare", *way, "sh", "-c", "mount -t tmpfs none /mnt && echo ready && read end"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            if self._holder.stdout and self._holder.stdout.readline() == "ready\n":
                break
            _, self.problem = self._holder.communicate()
        else:
            raise OSError(f"nothing can be mounted here: {self.problem.strip()}")
        users = ["--user", "--preserve-credentials"] if "--user" in way else []
        self._enter = ["nsenter", f"--target={self._holder.pid}", "--mount", *users]

    def close(self) -> None:
        """Let the namespace go, and with it what was mounted."""
        self._holder.communicate("end\n")

    def run(self, command: Sequence[str | Path], folder: Path, **more: object) -> "subprocess.CompletedProcess[str]":
        """Run a command that sees the mounts, in a folder; like subprocess.run."""
        given = [*self._enter, f"--wd={folder}", *map(str, command)]
        return subprocess.run(given, text=True, capture_output=True, check=False, timeout=240, **more)  # type: ignore[call-overload]

    def small_disk(self, folder: Path, size: int) -> Path:
        """Mount an empty disk of that many bytes over a folder; the same folder as this process can look into it."""
        folder.mkdir(exist_ok=True)
        self._mount("-t", "tmpfs", "-o", f"size={size}", "none", folder)
        return self.seen(folder)

    def read_only(self, folder: Path) -> None:
        """Make a folder and all below it read-only, to root too."""
        self._mount("--bind", folder, folder)
        self._mount("-o", "remount,ro,bind", folder)

    def seen(self, path: Path) -> Path:
        """A path inside, for this process, which is outside."""
        return Path(f"/proc/{self._holder.pid}/root{path}")

    def _mount(self, *arguments: str | Path) -> None:
        self.run(["mount", *arguments], Path("/")).check_returncode()


def fill(disk: Path, leave: int, name: str = "filler") -> Path:
    """Write a file onto a disk until only so many bytes are free; removing it makes room."""
    filler = disk / name
    status = os.statvfs(disk)
    filler.write_bytes(bytes(max(0, status.f_bavail * status.f_frsize - leave)))
    return filler


def open_own_mounts() -> OwnMounts:
    """A namespace of mounts; skips the test where nobody may have one."""
    try:
        return OwnMounts()
    except OSError as error:
        pytest.skip(f"needs a disk of its own: {error}")
