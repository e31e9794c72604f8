"""What a recognizer says where nobody speaks: sounds made here, and real speech with nothing behind it.

    python benchmarks/silence_probes.py models/whisper-base --language ko --language en

Prints a table for docs/metrics.md: each probe, what was said, the words a minute and the hallucination metrics.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_regress.basics.progress import Quiet
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.metrics import available_metrics, get_metric
from asr_regress.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000
SECONDS = 12.0
_BATCH = 2  # A recognizer in a loop takes as long as it may: the others of its batch wait for it.
ROOT = Path(__file__).resolve().parent.parent
SPEECH = ROOT / "examples" / "speech"
NOBODY, SOMEBODY = "nobody", "somebody"
"""Categories of the probes: without speech, and with speech before the silence."""

_DTMF = {"1": (697, 1209), "2": (697, 1336), "5": (770, 1336), "9": (852, 1477), "0": (941, 1336)}


def tones(*frequencies: float, seconds: float = SECONDS, level: float = 0.1) -> NDArray[Any]:
    """Some sines together, of so many seconds."""
    import numpy as np

    time = np.arange(int(seconds * RATE)) / RATE
    waves = [np.sin(2 * np.pi * frequency * time) for frequency in frequencies]
    return level * np.mean(waves, axis=0)  # type: ignore[no-any-return]


def pink(seconds: float, level: float, seed: int = 1) -> NDArray[Any]:
    """Noise with as much power in every octave."""
    import numpy as np

    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(int(seconds * RATE)))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), int(seconds * RATE))
    return level * noise / noise.std()  # type: ignore[no-any-return]


def silences() -> dict[str, NDArray[Any]]:
    """Sounds in which nobody speaks, by name: mono, 16 kHz."""
    import numpy as np

    draw = np.random.default_rng(0)
    length = int(SECONDS * RATE)
    nothing = np.zeros(length)
    gap = np.zeros(RATE // 10)
    on_off = (np.arange(length) % (3 * RATE)) < RATE
    beat = (np.arange(length) % (RATE // 2)) < RATE // 50
    chords = [(262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)] * 3
    keyed = np.concatenate([part for key in "0152" * 4 for part in (tones(*_DTMF[key], seconds=0.2), gap)])
    fading = np.concatenate([tones(*chord, seconds=1.0) * np.linspace(1, 0.2, RATE) for chord in chords])
    return {
        "digital silence": nothing,
        "quiet white noise, -60 dBFS": 0.001 * draw.standard_normal(length),
        "white noise, -20 dBFS": 0.1 * draw.standard_normal(length),
        "pink noise, -40 dBFS": pink(SECONDS, 0.01),
        "pink noise, -20 dBFS": pink(SECONDS, 0.1),
        "hum of 60 Hz": tones(60, 120, 180, 300),
        "chords, one a second": fading,
        "chords and a beat": fading + 0.2 * beat * draw.standard_normal(length),
        "keys of a telephone": np.concatenate([keyed, nothing])[:length],
        "ringing tone": tones(440, 480) * on_off,
        "clicks": 0.3 * beat * draw.standard_normal(length),
        "rising tone": 0.1 * np.sin(2 * np.pi * (100 + 80 * np.arange(length) / RATE) * np.arange(length) / RATE),
    }


def speech_and_silence() -> dict[str, tuple[NDArray[Any], str]]:
    """A real recording followed by silence and by noise, with its transcript, by name."""
    import numpy as np
    import soundfile

    row = json.loads((SPEECH / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[0])
    sound, rate = soundfile.read(SPEECH / row["audio_filepath"])
    sound = sound if sound.ndim == 1 else sound.mean(axis=1)
    places = np.arange(int(len(sound) * RATE / rate)) * rate / RATE
    said = np.interp(places, np.arange(len(sound)), sound)
    return {
        "speech, 15 s of silence": (np.concatenate([said, np.zeros(15 * RATE)]), row["text"]),
        "speech, 15 s of pink noise": (np.concatenate([said, pink(15, 0.03)]), row["text"]),
    }


def write_probes(folder: Path) -> None:
    """Recordings, manifest and thresholds.yaml of all probes."""
    import soundfile

    rows = []
    spoken = speech_and_silence()
    sounds = {**silences(), **{name: sound for name, (sound, _) in spoken.items()}}
    for number, (name, sound) in enumerate(sounds.items()):
        path = folder / f"{number:02}.wav"
        soundfile.write(path, sound, RATE, subtype="PCM_16")
        text, category = (spoken[name][1], SOMEBODY) if name in spoken else ("", NOBODY)
        rows.append({"id": f"{number:02} {name}", "audio_filepath": path.name, "text": text, "category": category})
    (folder / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    kinds = ", ".join(f"{name}: {{max: 0}}" for name in available_metrics() if name.startswith("hallucination"))
    (folder / "thresholds.yaml").write_text(
        "version: 1\ndata: manifest.jsonl\nnormalize: basic\n"
        f"categories:\n  {SOMEBODY}: {{{kinds}}}\n"
        f"  {NOBODY}: {{non_speech: true, {INSERTED_WORDS}: {{max: 1.0}}}}\n",
        encoding="utf-8",
    )


def probe(model: Path, language: str, folder: Path, store: Path) -> ModelOutcome:
    """The gate's outcome of a model on the probes in a folder."""
    options = Options(
        model=(f"probed={model.resolve()}",), asr_language=language, asr_device="cpu", asr_batch_size=_BATCH
    )
    place = Place(start=folder, root=folder, store=store, run=f"probes {language}")
    with Session(options, place, Quiet) as session:
        return session.outcome("probed")


@dataclass(frozen=True)
class Row:
    """What was said of a probe, and what the metrics say of that."""

    name: str
    said: str
    words: int
    kinds: tuple[str, ...]


def rows_of(outcome: ModelOutcome) -> list[Row]:
    """A row a probe, in order."""
    kinds = [name for name in available_metrics() if name.startswith("hallucination_")]
    found = []
    for each in outcome.utterances:
        pair = each.normalized_reference, each.normalized_hypothesis
        flagged = tuple(name.removeprefix("hallucination_") for name in kinds if get_metric(name).count(*pair).errors)
        found.append(Row(each.id[3:], each.hypothesis or "", each.counts["wer"].insertions, flagged))
    return found


def table(rows: Mapping[str, list[Row]]) -> str:
    """Markdown: a line a probe and language."""
    lines = ["| probe | language | said | words inserted | kinds |", "| --- | --- | --- | --- | --- |"]
    for several in zip(*rows.values(), strict=True):
        for language, row in zip(rows, several, strict=True):
            text = row.said if len(row.said) <= 60 else f"{row.said[:60]}…"
            lines.append(f"| {row.name} | {language} | {text} | {row.words} | {', '.join(row.kinds)} |")
    return "\n".join(lines)


def main() -> None:
    """Probe a model and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a checkpoint")
    parser.add_argument("--language", action="append", help="as the model is told; several times for several")
    parser.add_argument("--store", type=Path, help="folder that keeps what was transcribed")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_probes(folder)
        outcomes = {
            language: probe(given.model, language, folder, given.store or folder / "store")
            for language in given.language or ["ko"]
        }
        print(table({language: rows_of(outcome) for language, outcome in outcomes.items()}))
        for language, outcome in outcomes.items():
            nobody = outcome.categories[NOBODY]
            print(language, nobody.non_speech, nobody.metrics[INSERTED_WORDS].judgement)


if __name__ == "__main__":
    main()
