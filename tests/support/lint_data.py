"""Data with nothing amiss, to plant defects into."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

RATE = 8_000
SECONDS_A_SYLLABLE = 0.2
_WORDS = (
    "오늘 내일 날씨 바람 하늘 구름 사람 친구 학교 회사 점심 저녁 "
    "음악 노래 버스 기차 도로 가게 전화 시간 나무 바다 강물 마을"
).split()


def noise(seconds: float, seed: int, amplitude: float = 0.1) -> np.ndarray:
    """Different with each seed, and as loud as speech."""
    return np.random.default_rng(seed).uniform(-amplitude, amplitude, round(seconds * RATE))


def sentence(seed: int, words: int = 6) -> str:
    return " ".join(random.Random(seed).sample(_WORDS, words))


def usual_seconds(text: str, seed: int = 0) -> float:
    syllables = len(text.replace(" ", ""))
    return syllables * SECONDS_A_SYLLABLE * random.Random(seed).uniform(0.8, 1.25)


class NiaTree:
    """Recordings and transcripts in two trees."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seed = 0

    def add(self, id: str, text: str | bytes | None = None, samples: np.ndarray | None = None, **how: Any) -> str:
        """One utterance, good where nothing else is said; bytes are written as they are."""
        self._seed += 1
        written = sentence(self._seed) if text is None else text
        label = self.label(id)
        label.write_bytes(written if isinstance(written, bytes) else written.encode())
        if samples is None:
            known = written if isinstance(written, str) and written else "가나다라마바사아자차"
            samples = noise(usual_seconds(known, self._seed), self._seed)
        soundfile.write(self.audio(id), samples, RATE, **how)
        return f"원천데이터/{id}.wav"

    def audio(self, id: str) -> Path:
        return self._path("원천데이터", f"{id}.wav")

    def label(self, id: str) -> Path:
        return self._path("라벨링데이터", f"{id}.txt")

    def _path(self, tree: str, name: str) -> Path:
        path = self.root / tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def where(found: dict[str, Any]) -> dict[str, set[str]]:
    """Where each check found something."""
    return {each["check"]: {example["where"] for example in each["examples"]} for each in found["findings"]}


def write_manifest(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """A JSONL manifest; a row's ``samples`` are written as its recording."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for row in rows:
        fields = {key: value for key, value in row.items() if key != "samples"}
        if "samples" in row:
            fields.setdefault("audio_filepath", f"{row['id']}.wav")
            soundfile.write(folder / fields["audio_filepath"], row["samples"], RATE)
        lines.append(json.dumps(fields, ensure_ascii=False))
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
