"""Build a small Korean set in the layout of NIA / AI Hub: joined human digits and synthetic sentences.

    python examples/build_korean.py            # writes build/korean
    pytest --model=models/whisper-base --asr-thresholds=build/korean/thresholds.yaml

D01 is human (single digits, and strings of digits joined from them), D02 is eSpeak NG, which is no speech, D03 the same
through a telephone band, and in D04 nobody speaks. Names are NFC and NFD, labels UTF-8, UTF-8 with a BOM and CP949.
Needs pip, Debian's apt-get and dpkg-deb (no root), Linux on x86-64, and downloads 170 MB.
"""

from __future__ import annotations

import argparse
import ctypes
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import normalize

from korean_catalog import (
    DIGIT_CLIP,
    DIGIT_STRINGS,
    DIGITS,
    ESPEAK,
    SENTENCES,
    THRESHOLDS,
    TUXPAINT,
    VOICES,
)
from packages import FetchError, fetch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[Any]

Form = Literal["NFC", "NFD"]

OUT = Path(__file__).resolve().parent.parent / "build" / "korean"
RATE, TELEPHONE_RATE = 16_000, 8_000
TELEPHONE_BAND = (300, 3400)
GAP_SECONDS = 0.25
SILENT_SECONDS = 8.0
ENCODINGS = ("utf-8", "cp949", "utf-8-sig")
FORMS: tuple[tuple[Form, Form], ...] = (("NFC", "NFC"), ("NFD", "NFC"), ("NFD", "NFD"))
"""Unicode form of a recording's name and of its label's: archives made on macOS are NFD."""

# Of espeak-ng/speak_lib.h.
_SYNCHRONOUS, _UTF8, _RATE_PARAMETER, _WORDS_PER_MINUTE = 2, 1, 1, 150
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def say(message: str) -> None:
    """Report progress: one line on standard error."""
    print(f"build_korean: {message}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Entry:
    """One recording with its label, before it is written.

    Attributes:
        category: the domain, D01 and so on.
        name: file name without suffix, NFC.
        samples: mono, between -1 and 1.
        rate: samples a second.
        label: what is written in the label file.
        subtype: libsndfile's name of the coding.
    """

    category: str
    name: str
    samples: Samples
    rate: int
    label: str
    subtype: str = "PCM_16"


class Synthesizer:
    """eSpeak NG, from its shared library; the process keeps it loaded."""

    def __init__(self, folder: Path) -> None:
        self._library = ctypes.CDLL(str(folder / "libespeak-ng.so"))
        self._heard: list[Samples] = []
        self._callback = _CALLBACK(self._listen)
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, str(folder / "espeak-ng-data").encode(), 0)
        if self._rate <= 0:
            raise OSError(f"{ESPEAK}: espeak_Initialize gave {self._rate}")
        self._library.espeak_SetSynthCallback(self._callback)

    def _listen(self, samples: Any, count: int, _: Any) -> int:
        import numpy as np

        if samples and count > 0:
            self._heard.append(np.ctypeslib.as_array(samples, (count,)) / 32768)
        return 0

    def speak(self, text: str, voice: str) -> Samples:
        """The text as samples at 16 kHz."""
        import numpy as np
        import soxr

        self._heard.clear()
        data = text.encode()
        failed = (
            self._library.espeak_SetVoiceByName(voice.encode())
            or self._library.espeak_SetParameter(_RATE_PARAMETER, _WORDS_PER_MINUTE, 0)
            or self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
            or self._library.espeak_Synchronize()
        )
        if failed or not self._heard:
            raise OSError(f"{ESPEAK}: no sound for {text!r} in voice {voice} (error {failed})")
        pause = np.zeros(round(GAP_SECONDS * RATE))
        return np.concatenate([pause, soxr.resample(np.concatenate(self._heard), self._rate, RATE), pause])


def digits_of(root: Path) -> Iterator[Entry]:
    """D01: each digit, and strings joined from the ten clips with pauses between, all of one speaker."""
    import numpy as np
    import soundfile
    import soxr

    pause = np.zeros(round(GAP_SECONDS * RATE))
    clips = []
    for digit in range(len(DIGITS)):
        channels, rate = soundfile.read(root / DIGIT_CLIP.format(digit=digit), dtype="float64", always_2d=True)
        samples = soxr.resample(channels.mean(axis=1), rate, RATE)
        clips.append(samples / (2 * np.abs(samples).max()))  # alike loud, or a joined string would jump
    for number, string in enumerate([*map(str, range(len(DIGITS))), *DIGIT_STRINGS], start=1):
        parts = [part for digit in string for part in (clips[int(digit)], pause)]
        dual = number % 2 == 0
        words = [f"({digit})/({DIGITS[int(digit)]})" if dual else DIGITS[int(digit)] for digit in string]
        kind = "숫자" if len(string) == 1 else "이어붙인숫자"
        yield Entry("D01", f"{kind}_{number:02}", np.concatenate([pause, *parts]), RATE, " ".join(words))


def sentences_of(synthesizer: Synthesizer) -> Iterator[Entry]:
    """D02: sentences by a synthesizer; D03: the same samples through a telephone band."""
    for number, sentence in enumerate(SENTENCES, start=1):
        samples = synthesizer.speak(sentence.spoken, VOICES[number % len(VOICES)])
        yield Entry("D02", f"합성_{number:02}", samples, RATE, sentence.label)
        yield Entry("D03", f"합성전화_{number:02}", telephone(samples), TELEPHONE_RATE, sentence.label, "ULAW")


def telephone(samples: Samples) -> Samples:
    """16 kHz samples as 8 kHz ones between 300 and 3400 Hz."""
    import soxr
    from scipy.signal import butter, sosfilt

    band = butter(4, TELEPHONE_BAND, btype="bandpass", fs=TELEPHONE_RATE, output="sos")
    filtered: Samples = sosfilt(band, soxr.resample(samples, RATE, TELEPHONE_RATE)).clip(-1, 1)
    return filtered


def nobody() -> Iterator[Entry]:
    """D04: silence with an empty label, noise and a dial tone with tags alone."""
    import numpy as np

    time = np.arange(round(SILENT_SECONDS * TELEPHONE_RATE)) / TELEPHONE_RATE
    noise = np.random.default_rng(4).normal(scale=0.01, size=time.size)
    tone = 0.1 * (np.sin(2 * np.pi * 350 * time) + np.sin(2 * np.pi * 440 * time))
    yield Entry("D04", "무음_01", np.zeros_like(time), TELEPHONE_RATE, "")
    yield Entry("D04", "잡음_02", noise, TELEPHONE_RATE, "n/")
    yield Entry("D04", "발신음_03", tone, TELEPHONE_RATE, "n/ b/")


def write(entry: Entry, number: int, out: Path) -> None:
    """Write recording and label; name forms and encodings take turns, so that each meets each."""
    import soundfile

    audio_form, label_form = FORMS[number % len(FORMS)]
    encoding = ENCODINGS[number // len(FORMS) % len(ENCODINGS)]
    # An archive's folders have one form, too: NFD with the recordings, NFC with the labels.
    audio = out / "원천데이터_230316" / normalize("NFD", "전화망") / entry.category
    label = out / "라벨링데이터_230316" / "전화망" / entry.category
    for folder in (audio, label):
        folder.mkdir(parents=True, exist_ok=True)
    path = audio / f"{normalize(audio_form, entry.name)}.wav"
    soundfile.write(path, entry.samples, entry.rate, format="WAV", subtype=entry.subtype)
    text = f"{entry.label}\r\n" if entry.label else ""
    (label / f"{normalize(label_form, entry.name)}.txt").write_bytes(text.encode(encoding) if text else b"")


def build(out: Path, downloads: Path) -> int:
    """Write the set below ``out``, in place of what an earlier run wrote there; the number of recordings.

    Raises:
        packages.FetchError: a package could not be had, or is not the pinned one.
    """
    with tempfile.TemporaryDirectory() as folder:
        stamps, espeak = Path(folder) / "stamps", Path(folder) / "espeak"
        subprocess.run(["dpkg-deb", "-x", str(fetch(TUXPAINT, downloads, say)), str(stamps)], check=True)
        with zipfile.ZipFile(fetch(ESPEAK, downloads, say)) as wheel:
            wheel.extractall(espeak)
        entries = [*digits_of(stamps), *sentences_of(Synthesizer(espeak / "espeakng_loader")), *nobody()]
    for name in ("원천데이터_230316", "라벨링데이터_230316"):
        shutil.rmtree(out / name, ignore_errors=True)
    for number, entry in enumerate(entries):
        write(entry, number, out)
    (out / "thresholds.yaml").write_text(THRESHOLDS, encoding="utf-8")
    return len(entries)


def main(argv: list[str] | None = None) -> int:
    """Build the set; 0 when done, 1 with a message when not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write (default: build/korean)")
    parser.add_argument("--downloads", type=Path, help="keep the packages there (default: a folder thrown away)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        downloads = options.downloads.resolve() if options.downloads else Path(folder)
        try:
            count = build(options.out, downloads)
        except (FetchError, OSError, subprocess.CalledProcessError) as error:
            say(f"error: {error}")
            return 1
    say(f"{count} recordings in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
