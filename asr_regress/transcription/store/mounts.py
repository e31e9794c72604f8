"""Which folders lie on another machine: processes there cannot share memory through a file, locks may be missing."""

import mmap
import re
import tempfile
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_OVER_A_NETWORK = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "fakeowner", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"),
        *("ocfs2", "orangefs", "smb3", "smbfs", "vboxsf", "virtiofs"),
    }
)
_FUSE = "fuse"  # what stands behind it nobody can tell: sshfs, s3fs, gcsfuse, glusterfs


def can_share_memory(folder: Path) -> bool:
    """Whether processes can share memory through a file in a folder, which has to be there."""
    if network_file_system(folder) is not None:
        return False
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.truncate(mmap.PAGESIZE)
            mmap.mmap(file.fileno(), mmap.PAGESIZE).close()
    except (OSError, ValueError):
        return False
    return True


def network_file_system(path: Path, mounts: str | None = None) -> str | None:
    """The kind of file system that a path lies on where that is, or may be, another machine's; None elsewhere.

    Args:
        path: Need not exist.
        mounts: What the kernel says is mounted, as in /proc/self/mounts; read there by default. Where nothing says
            so, every folder passes for a local one.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None
    lies_in = {path.resolve(), *path.resolve().parents}
    kind, depth = "", -1
    for line in mounts.splitlines():
        _, point, found, *_ = (*line.split(" "), "", "")
        folder = Path(_unescaped(point))
        if folder in lies_in and len(folder.parts) >= depth:  # of two on one folder the later one is seen
            kind, depth = found, len(folder.parts)
    is_fuse = kind.split(".")[0].startswith(_FUSE) and kind != "fuseblk"  # fuseblk: a local disk
    return kind if kind in _OVER_A_NETWORK or is_fuse else None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
