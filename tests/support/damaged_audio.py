"""Some hundreds of damaged and odd recordings, the same ones each time, and what is to come of each."""

import os
import random
import stat
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import soundfile

RATE = 16_000
SECONDS = 0.25
ANY = "."

Write = Callable[[Path], object]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """A recording that is not as it should be, or is rare.

    Attributes:
        name: The file's name; unique.
        write: Puts it there.
        reason: Pattern of the reason why it cannot be used; None where it can.
        either: It may be used as well: what a flipped byte does is libsndfile's affair.
        seconds: Its length, where it can be used and is known.
    """

    name: str
    write: Write
    reason: str | None = None
    either: bool = False
    seconds: float | None = None


def cases() -> list[Case]:
    """All of them."""
    return [
        *_wav_headers(),
        *_wav_chunks(),
        *_samples(),
        *_rates_and_channels(),
        *_kinds(),
        *_streams(),
        *_truncated(),
        *_flipped(),
        *_no_sound(),
        *_names(),
        *_file_system(),
    ]


def wav(
    data: bytes = b"\0\1" * 4000,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = RATE,
    byte_rate: int | None = None,
    align: int | None = None,
    bits: int = 16,
    extra: bytes = b"",
    fmt_size: int | None = None,
    data_size: int | None = None,
    riff_size: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A WAV file in which any field may lie."""
    align = channels * bits // 8 if align is None else align
    byte_rate = rate * align if byte_rate is None else byte_rate
    head = struct.pack("<HHIIHH", tag, channels, rate, byte_rate & 0xFFFFFFFF, align & 0xFFFF, bits) + extra
    body = b"WAVE" + chunk(b"fmt ", head, fmt_size) + before + chunk(b"data", data, data_size) + after
    return b"RIFF" + struct.pack("<I", len(body) if riff_size is None else riff_size) + body


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    """A RIFF chunk whose size may lie."""
    return name + struct.pack("<I", len(content) if size is None else size) + content


def tone(rate: int = RATE, seconds: float = SECONDS, channels: int = 1) -> Samples:
    """A sine tone of shape (samples, channels)."""
    mono = 0.4 * np.sin(2 * np.pi * 300 * np.arange(round(rate * seconds)) / rate)
    return np.repeat(mono[:, None], channels, axis=1).astype(np.float32)


def encoded(samples: Samples, rate: int = RATE, format: str = "WAV", subtype: str | None = None) -> bytes:
    """The samples as a file of some format."""
    with BytesIO() as file:
        soundfile.write(file, samples, rate, format=format, subtype=subtype)
        return file.getvalue()


def _bytes(data: bytes) -> Write:
    return lambda path: path.write_bytes(data)


_PCM = 0.25
_HEADERS: dict[str, tuple[dict[str, int], str | None]] = {
    "riff size 0": ({"riff_size": 0}, None),
    "riff size 8": ({"riff_size": 8}, None),
    "riff size too small": ({"riff_size": 100}, None),
    "riff size too large": ({"riff_size": 1 << 30}, None),
    "riff size 4 GiB": ({"riff_size": 0xFFFFFFFF}, None),
    "fmt size 0": ({"fmt_size": 0}, ANY),
    "fmt size 1": ({"fmt_size": 1}, ANY),
    "fmt size 15": ({"fmt_size": 15}, ANY),
    "fmt size 4 GiB": ({"fmt_size": 0xFFFFFFFF}, ANY),
    "fmt size beyond the file": ({"fmt_size": 1 << 20}, ANY),
    "no channels": ({"channels": 0}, "libsndfile"),
    "1025 channels": ({"channels": 1025}, "libsndfile"),
    "65535 channels": ({"channels": 65535}, "libsndfile"),
    "0 Hz": ({"rate": 0}, "libsndfile|sample rate"),
    "1 Hz": ({"rate": 1}, "sample rate of 1 Hz"),
    "999 Hz": ({"rate": 999}, "sample rate of 999 Hz"),
    "768001 Hz": ({"rate": 768_001}, "sample rate of 768001 Hz"),
    "2 GHz": ({"rate": 0x7FFFFFFF}, "sample rate of 2147483647 Hz"),
    "4 GHz": ({"rate": 0xFFFFFFFF}, "libsndfile|sample rate"),
    "byte rate 0": ({"byte_rate": 0}, None),
    "byte rate 4 GB": ({"byte_rate": 0xFFFFFFFF}, None),
    "block align 0": ({"align": 0}, ANY),
    "block align 3": ({"align": 3}, ANY),
    "block align 65535": ({"align": 65535}, ANY),
    "0 bits": ({"bits": 0}, ANY),
    "1 bit": ({"bits": 1}, ANY),
    "7 bits": ({"bits": 7}, ANY),
    "12 bits": ({"bits": 12}, ANY),
    "65535 bits": ({"bits": 65535}, ANY),
    "float of 16 bits": ({"tag": 3}, ANY),
    "format tag 0": ({"tag": 0}, "libsndfile"),
    "format tag 65535": ({"tag": 0xFFFF}, "libsndfile"),
    "Windows Media": ({"tag": 0x161}, "libsndfile"),
    "MPEG without its fields": ({"tag": 0x50}, "libsndfile"),
    "MP3 without its fields": ({"tag": 0x55}, ANY),
    "ADPCM without its fields": ({"tag": 2, "bits": 4}, "libsndfile"),
    "IMA ADPCM without its fields": ({"tag": 0x11, "bits": 4}, "libsndfile"),
    "GSM without its fields": ({"tag": 0x31, "bits": 0}, "libsndfile"),
    "extensible without its fields": ({"tag": 0xFFFE}, "libsndfile"),
    "data size 0": ({"data_size": 0}, "the recording is empty"),
    "data size 1": ({"data_size": 1}, "the recording is empty"),
    "data size half": ({"data_size": 4000}, None),
    "data size double": ({"data_size": 16_000}, r"it breaks off: only 50\.0% of what the header promises is there"),
    "data size 1 GiB": ({"data_size": 1 << 30}, "it breaks off"),
    "data size with the header": ({"data_size": 8044}, None),
    "data size as ffmpeg pipes it": ({"data_size": 0xFFFFFFFF, "riff_size": 0xFFFFFFFF}, None),
    "data size as arecord pipes it": ({"data_size": 0x80000000, "riff_size": 0x80000024}, None),
    "data size as sox pipes it": ({"data_size": 0x7FFFF000, "riff_size": 0x7FFFF024}, None),
    "never closed": ({"data_size": 0, "riff_size": 8}, None),
}


def _wav_headers() -> Iterator[Case]:
    for name, (fields, reason) in _HEADERS.items():
        seconds = _PCM if reason is None and not name.startswith("data size half") else None
        yield Case(f"header {name}.wav", _bytes(wav(**fields)), reason, either=reason == ANY, seconds=seconds)


def _wav_chunks() -> Iterator[Case]:
    junk, sound = chunk(b"junk", b"\0" * 64), chunk(b"data", b"\0\1" * 4000)
    nested = b""
    for _ in range(2000):
        nested = chunk(b"LIST", b"INFO" + nested)
    head = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    notes = b"".join(chunk(b"note", b"data : 9000000 (should be 1)\0\0"[:32]) for _ in range(3))
    text = chunk(b"LIST", b"INFO" + chunk(b"ICMT", b"\ndata : 16000 (should be 8000)\n\0\0"))
    riff = b"RIFF" + struct.pack("<I", 0)
    for name, data, reason, either in (
        ("chunks nested 2000 deep", wav(before=nested), None, True),
        ("chunks nested behind", wav(after=nested), None, True),
        ("10000 chunks", wav(before=chunk(b"junk", b"") * 10_000), None, True),
        ("a chunk of 4 GiB", wav(before=chunk(b"junk", b"", 0xFFFFFFFF)), ANY, True),
        ("a chunk of 2 GiB", wav(before=chunk(b"LIST", b"INFO", 0x7FFFFFFF)), ANY, True),
        ("a chunk of 4 GiB behind", wav(after=chunk(b"LIST", b"INFO", 0xFFFFFFFF)), None, True),
        ("a chunk of odd size", wav(before=chunk(b"junk", b"abc")), ANY, True),
        ("notes", wav(before=notes), None, True),
        ("a comment that reads like a log", wav(before=text), ANY, True),
        ("data twice", wav(after=sound), ANY, True),
        ("data before fmt", riff + b"WAVE" + sound + chunk(b"fmt ", head), ANY, False),
        ("no fmt", riff + b"WAVE" + sound, ANY, False),
        ("no data", riff + b"WAVE" + chunk(b"fmt ", head) + junk, ANY, False),
        ("little-endian called big-endian", b"RIFX" + wav()[4:], ANY, False),
        ("cue points without end", wav(before=chunk(b"cue ", struct.pack("<I", 0xFFFFFFFF))), ANY, True),
        ("broadcast chunk of nothing", wav(before=chunk(b"bext", b"")), ANY, True),
        ("broadcast chunk of 64 KiB", wav(before=chunk(b"bext", b"x" * 65_000)), ANY, True),
        ("a WAV within its data", wav(data=wav()), None, False),
    ):
        yield Case(f"{name}.wav", _bytes(data), reason, either=either)


def _samples() -> Iterator[Case]:
    def with_value(value: float, at: int, channels: int = 1) -> bytes:
        samples = tone(channels=channels)
        samples[at, -1] = value
        return encoded(samples, subtype="FLOAT")

    for name, value, said in (
        ("NaN", np.nan, "NaN"),
        ("infinity", np.inf, "an infinite sample"),
        ("minus infinity", -np.inf, "an infinite sample"),
        ("1e30", 1e30, r"a sample of 1e\+30"),
        ("the largest float", float(np.finfo(np.float32).max), r"a sample of 3.4e\+38"),
    ):
        for at, second in ((0, "0.000"), (2000, "0.125"), (3999, "0.250")):
            yield Case(f"{name} at {at}.wav", _bytes(with_value(value, at)), f"it holds {said} at {second} s")
        yield Case(f"{name} in one channel.wav", _bytes(with_value(value, 2000, 2)), f"it holds {said} at 0.125 s")
    double = np.full((4000, 1), 1e300)
    with BytesIO() as file:
        soundfile.write(file, double, RATE, format="WAV", subtype="DOUBLE")
        yield Case("1e300 in doubles.wav", _bytes(file.getvalue()), "it holds an infinite sample at 0.000 s")
    integers = (tone() * 32767).astype(np.float32)
    for name, samples in (
        ("silence", np.zeros((4000, 1), np.float32)),
        ("a constant", np.full((4000, 1), 0.7, np.float32)),
        ("clipped", np.sign(tone())),
        ("subnormal", np.full((4000, 1), 1e-40, np.float32)),
        ("integers as floats", integers),
        ("over full scale", tone() * 8),
        ("a single click", np.eye(4000, 1, dtype=np.float32)),
    ):
        yield Case(f"{name}.wav", _bytes(encoded(samples, subtype="FLOAT")), seconds=SECONDS)
    for count in (1, 2, 3, 100):
        yield Case(f"{count} samples.wav", _bytes(encoded(tone()[:count])), seconds=count / RATE)
    yield Case("no samples.wav", _bytes(encoded(tone()[:0])), "the recording is empty")
    yield Case("one sample at 192 kHz.wav", _bytes(encoded(tone()[1:2], 192_000)), "it is too short")


def _rates_and_channels() -> Iterator[Case]:
    for rate in (1_000, 8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000, 768_000):
        yield Case(f"{rate} Hz.wav", _bytes(encoded(tone(rate), rate)), seconds=SECONDS)
    for channels in (2, 3, 4, 5, 6, 7, 8, 255, 1024):
        yield Case(f"{channels} channels.wav", _bytes(encoded(tone(channels=channels))), seconds=SECONDS)
    for rate, channels in ((8_000, 2), (48_000, 6), (192_000, 8)):
        data = encoded(tone(rate, channels=channels), rate, "FLAC")
        yield Case(f"{rate} Hz {channels} channels.flac", _bytes(data), seconds=SECONDS)


_FORMATS = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC", "OGG", "MP3", "NIST", "IRCAM", "VOC", "SDS")


def _kinds() -> Iterator[Case]:
    for format in _FORMATS:
        for subtype in soundfile.available_subtypes(format):
            try:
                data = encoded(tone(), RATE, format, subtype)
            except soundfile.LibsndfileError:  # named by libsndfile, but it cannot write it, or not at this rate
                continue
            reason = "MIDI sample dump" if format == "SDS" else None
            yield Case(f"{subtype}.{format.lower()}", _bytes(data), reason)
    with BytesIO() as file:
        soundfile.write(file, tone(), RATE, format="WAV", subtype="PCM_16", endian="BIG")
        yield Case("big-endian.wav", _bytes(file.getvalue()), seconds=SECONDS)


def _streams() -> Iterator[Case]:
    """What does not tell how long it is, tells it wrong, or goes on after its end."""

    def changed(data: bytes, at: int, to: bytes) -> bytes:
        return data[:at] + to + data[at + len(to) :]

    au, aiff, caf = (encoded(tone(), format=format) for format in ("AU", "AIFF", "CAF"))
    flac = encoded(tone(), format="FLAC")
    ssnd, comm = aiff.index(b"SSND") + 4, aiff.index(b"COMM") + 10
    yield Case("size unknown.au", _bytes(changed(au, 8, b"\xff" * 4)), seconds=SECONDS)
    yield Case("size 0.au", _bytes(changed(au, 8, bytes(4))), "the recording is empty")
    yield Case("size unknown.caf", _bytes(changed(caf, caf.index(b"data") + 4, b"\xff" * 8)), ANY, either=True)
    yield Case("size unknown.aiff", _bytes(changed(aiff, ssnd, b"\xff" * 4)), seconds=SECONDS)
    yield Case("no samples claimed.aiff", _bytes(changed(aiff, comm, bytes(4))), seconds=SECONDS)
    unknown = changed(flac, 21, bytes([flac[21] & 0xF0]) + bytes(4))
    yield Case("samples unknown.flac", _bytes(unknown), seconds=SECONDS)
    yield Case("twice.flac", _bytes(flac * 2), "lost sync")
    for subtype in ("VORBIS", "OPUS"):
        ogg = encoded(tone(), format="OGG", subtype=subtype)
        yield Case(f"{subtype} twice.ogg", _bytes(ogg * 2), "it is a chain of Ogg streams")
        yield Case(f"{subtype} and something behind.ogg", _bytes(ogg + b"something"), "it breaks off")
    # libsndfile writes a changing bit rate, and the length into a first frame of silence.
    mp3 = encoded(tone(seconds=3.0), format="MP3")
    bare = mp3[mp3.index(mp3[:2], 2) :]
    filled = 86 * 576 / RATE  # whole frames: how many samples were added to fill them is told in the first one, too
    tag = b"ID3\x03\0\0" + bytes([0, 6, 13, 32]) + b"TIT2" + bytes(99_996)
    yield Case("length unknown.mp3", _bytes(bare), seconds=filled)
    yield Case("length unknown, twice.mp3", _bytes(bare * 2), seconds=2 * filled)
    yield Case("length unknown behind a tag.mp3", _bytes(tag + bare), seconds=filled)
    yield Case("behind a tag.mp3", _bytes(tag + mp3), seconds=3.0)


def _truncated() -> Iterator[Case]:
    whole = encoded(tone(seconds=1.0))
    for size in (0, 1, 3, 4, 8, 11, 12, 16, 20, 24, 30, 36, 40, 43, 44, 45):
        reason = "the file is empty" if size == 0 else ANY
        yield Case(f"header cut at {size}.wav", _bytes(whole[:size]), reason)
    yield Case("one sample short.wav", _bytes(whole[:-2]), seconds=1.0 - 1 / RATE)
    for format, subtype in (
        ("WAV", "PCM_16"), ("WAV", "ULAW"), ("WAV", "GSM610"), ("WAV", "IMA_ADPCM"), ("WAVEX", "PCM_24"),
        ("RF64", "PCM_16"), ("W64", "PCM_24"), ("AIFF", "PCM_16"), ("AU", "PCM_16"), ("CAF", "PCM_16"),
        ("CAF", "ALAC_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"),
    ):  # fmt: skip
        data = encoded(tone(seconds=3.0), RATE, format, subtype)
        for share in (0.05, 0.5, 0.9):
            name = f"{subtype} cut at {share:.0%}.{format.lower()}"
            yield Case(name, _bytes(data[: int(len(data) * share)]), "cannot read it|breaks off|is empty")


def _flipped() -> Iterator[Case]:
    for format in ("WAV", "FLAC", "OGG", "MP3", "AIFF", "W64", "AU", "CAF"):
        whole = encoded(tone(), format=format)
        for number in range(8):
            rng, data = random.Random(f"{format} {number}"), bytearray(whole)
            reach = 64 if number < 4 else len(data)
            for _ in range(1 + number):
                data[rng.randrange(reach)] = rng.randrange(256)
            yield Case(f"flipped {number}.{format.lower()}", _bytes(bytes(data)), ANY, either=True)


_LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"0" * 64)
_NO_SOUND = {
    "text": b"this is only text\n" * 50,
    "UTF-16": "텍스트".encode("utf-16") * 50,
    "HTML": b"<!DOCTYPE html><html><title>404 Not Found</title></html>",
    "JSON": b'{"error": "not found"}',
    "zeros": b"\0" * 4096,
    "ones": b"\xff" * 4096,
    "noise": random.Random(0).randbytes(4096),
    "PNG": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "ZIP": b"PK\x03\x04" + b"\0" * 100,
    "gzip": b"\x1f\x8b\x08" + b"\0" * 100,
    "ELF": b"\x7fELF\x02\x01\x01" + b"\0" * 100,
    "AVI": b"RIFF\x64\0\0\0AVI LIST" + b"\0" * 100,
    "M4A": b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom" + b"\0" * 100,
    "WMA": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\0" * 100,
    "Matroska": b"\x1a\x45\xdf\xa3" + b"\0" * 100,
    "ID3 alone": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\0" * 100,
    "OggS alone": b"OggS" + b"\0" * 100,
    "fLaC alone": b"fLaC" + b"\0" * 100,
    "FORM alone": b"FORM" + b"\xff" * 100,
    "caff alone": b"caff\0\1\0\0" + b"\xff" * 100,
    "snd alone": b".snd" + b"\xff" * 100,
    "MATLAB": b"MATLAB 5.0 MAT-file" + b" " * 105 + b"\0\1IM" + b"\xff" * 100,
}


def _no_sound() -> Iterator[Case]:
    for name, data in _NO_SOUND.items():
        yield Case(f"{name}.wav", _bytes(data), "libsndfile cannot read it|the recording is empty|sample rate")
    yield Case("an LFS pointer.wav", _bytes(_LFS), "a Git LFS pointer")


ODD_NAMES = (
    "a\nnewline.wav", "a\rreturn.wav", "a\ttab.wav", "an escape \x1b[31m.wav", "a bell\x07.wav",
    "bidi \u202e\u2066.wav", "line \u2028.wav", " spaces  .wav", "-leading-dash.wav", "quote '\".wav",
    "glob *?[x].wav", "<b>markup & |pipe|`tick`.wav", "=cmd().wav", "%s %n {x}.wav", "back\\slash.wav",
    "emoji 🎙️.wav", normalize("NFC", "발화.wav"), normalize("NFD", "녹음.wav"), "b" * 251 + ".wav",
    os.fsdecode(b"latin-1 \xe4\xff.wav"), os.fsdecode(b"half a character \xed\x95.wav"),
)  # fmt: skip


def _names() -> Iterator[Case]:
    for name in ODD_NAMES:
        yield Case(name, _bytes(encoded(tone())), seconds=SECONDS)


def _file_system() -> Iterator[Case]:
    def link(to: str) -> Write:
        return lambda path: path.symlink_to(to)

    def loop(path: Path) -> None:
        path.symlink_to(path.name)

    def linked(path: Path) -> None:
        target = path.with_name("target of a link")
        target.write_bytes(encoded(tone()))
        path.symlink_to(target.name)

    def sparse(path: Path) -> None:
        path.write_bytes(wav())
        os.truncate(path, 1 << 40)

    yield Case("nowhere.wav", lambda path: None, "there is no such file")
    yield Case("a folder.wav", lambda path: path.mkdir(), "not a regular file")
    yield Case("a pipe.wav", lambda path: os.mkfifo(path), "not a regular file")
    yield Case("a socket.wav", lambda path: os.mknod(path, stat.S_IFSOCK | 0o600), "the file cannot be read")
    yield Case("a device.wav", link("/dev/zero"), "not a regular file")
    yield Case("a loop.wav", loop, "too many levels of symbolic links")
    yield Case("a link to nothing.wav", link("nothing"), "it links to a file that is not there")
    yield Case("a link.wav", linked, seconds=SECONDS)
    yield Case("a terabyte of nothing behind.wav", sparse, r"claims only 4,000 samples in a file of 1,099,511,627,776")
    yield Case("c" * 300 + ".wav", lambda path: None, "file name too long")
