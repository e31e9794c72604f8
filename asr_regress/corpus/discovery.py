"""From a path that the user gave to a manifest: which format it is, by looking."""

import difflib
import os
import posixpath
from collections import Counter
from pathlib import Path

from asr_regress.basics.garbage import uncollected
from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.confinement import Confinement
from asr_regress.corpus.files import readable, reason_of
from asr_regress.corpus.readers import READERS, Reader
from asr_regress.corpus.readers.nia import tree_around
from asr_regress.corpus.readers.parquet import is_split
from asr_regress.corpus.remote import url_in, without_file_scheme
from asr_regress.corpus.utterance import Manifest
from asr_regress.errors import DataError

MANIFEST_STEM = "manifest"
"""A file of this name at the top of a data folder (manifest.jsonl, manifest.csv, ...) speaks for the folder."""

_SHOWN_PROBLEMS = 3


def read_manifest(path: Path, *, confine: bool = False) -> Manifest:
    """Reads a data folder or a manifest file, whatever its format.

    Recordings are neither opened nor looked for where a manifest file names them.

    Args:
        path: What the user named; its own place may lie behind links. A URL of a manifest file, too.
        confine: Refuse, as a broken entry, whatever leads out of the data folder: an absolute path in a manifest,
            one whose ``..`` leave it, and links to elsewhere.

    Raises:
        DataError: There is no such path, nothing understands it, it is too large, or it has no utterance at all.
    """
    if (url := url_in(Path(path))) is not None:
        if not url.startswith("file://"):
            return _read_remote(url, confine=confine)
        path = Path(without_file_scheme(url))
    source = Path(os.path.abspath(path))  # noqa: PTH100 (".." goes, links stay)
    if not _exists(source) and not is_split(str(source)):
        raise DataError(f"{readable(str(path))}: no such file or folder{_nearest(source)}")
    given = source
    if source.is_dir():
        source = _manifest_in(source) or source
    root = source if source.is_dir() else source.parent
    confinement = Confinement(str(root)) if confine else None
    if confinement is not None and source != given and (fault := confinement.fault(str(source))):
        raise DataError(f"{readable(str(source))}: the manifest {fault}")
    return _read(str(source), ManifestBuilder(str(root), str(source), confinement))


def _read_remote(url: str, *, confine: bool) -> Manifest:
    """Reads a manifest file behind a URL; what it names is relative to the URL's folder."""
    root = posixpath.dirname(url)
    return _read(url, ManifestBuilder(root, url, Confinement(root) if confine else None))


def _read(source: str, builder: ManifestBuilder) -> Manifest:
    reader = _find_reader(source)
    with uncollected():
        reader.read(source, builder)
        manifest = builder.build(reader.name)
    if not manifest.utterances:
        raise DataError(f"{readable(source)}: {_nothing_found(reader, manifest)}{_meant(source)}")
    return manifest


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise DataError(f"{readable(str(path))}: cannot be read: {reason_of(error)}") from None
    return True


def _nearest(path: Path) -> str:
    """Names the entry that was probably meant in the deepest folder of the path that exists."""
    missing, parent = path, path.parent
    while not parent.is_dir():
        missing, parent = parent, parent.parent
    try:
        names = [entry.name for entry in parent.iterdir()]
    except OSError:
        names = []
    if close := difflib.get_close_matches(missing.name, names, n=1):
        return f"; did you mean {readable(str(parent / close[0]))}?"
    return f"; there is no {readable(missing.name)} in {readable(str(parent))}"


def _manifest_in(folder: Path) -> Path | None:
    suffixes = {suffix for reader in READERS for suffix in reader.suffixes}
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DataError(f"{readable(str(folder))}: cannot be read: {reason_of(error)}") from None
    if not entries:
        raise DataError(f"{readable(str(folder))}: the folder is empty. {_layouts()}")
    manifests = {MANIFEST_STEM + suffix for suffix in suffixes}
    found = [path for path in entries if path.name.lower() in manifests]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise DataError(f"{readable(str(folder))}: which of {names} is meant? Give that file instead of the folder")
    return found[0] if found else None


def _find_reader(source: str) -> Reader:
    for reader in READERS:
        if reader.recognizes(source):
            return reader
    raise DataError(f"{readable(source)}: not a manifest that is understood. {_layouts()}")


def _nothing_found(reader: Reader, manifest: Manifest) -> str:
    looked = f"looked for {reader.layout} and found no utterance"
    if not manifest.problems:
        return f"{looked}. {_layouts()}"
    counts = Counter(problem.kind for problem in manifest.problems)
    counted = ", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items()))
    shown = "".join(f"\n  {problem}" for problem in manifest.problems[:_SHOWN_PROBLEMS])
    return f"{looked} ({counted}). {_layouts()}\nThe first that could not be used:{shown}"


def _meant(source: str) -> str:
    """Half of a pair of trees was given, or a part of it."""
    whole = tree_around(source)
    return "" if whole is None else f"\nRecordings and labels lie in two trees here: did you mean {readable(whole)}?"


def _layouts() -> str:
    return "What is understood:" + "".join(f"\n  {reader.layout}" for reader in READERS)
