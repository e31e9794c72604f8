"""Sounds in which nobody speaks, through a real recognizer: what it says there is counted, in minutes of real audio."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.gate.verdict import Verdict
from asr_regress.scoring.inserted_words import INSERTED_WORDS

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))


def test_what_whisper_says_where_nobody_speaks(real_checkpoint: Callable[[str], Path], tmp_path: Path) -> None:
    from silence_probes import NOBODY, SECONDS, probe, rows_of, silences, write_probes

    model = real_checkpoint("whisper-base")
    write_probes(tmp_path)
    manifest = tmp_path / "manifest.jsonl"
    some = manifest.read_text(encoding="utf-8").splitlines(keepends=True)[::4]
    manifest.write_text("".join(some), encoding="utf-8")
    nobody = list(silences())[::4]
    outcome = probe(model, "ko", tmp_path, tmp_path / "store")
    assert outcome.error is None
    found = outcome.categories[NOBODY]
    rows = [row for row in rows_of(outcome) if row.name in nobody]
    assert found.non_speech is not None
    assert found.accounting.empty_reference == found.non_speech.recordings == len(rows) == len(nobody) == 3
    assert found.non_speech.seconds == pytest.approx(SECONDS * len(rows))
    assert found.non_speech.words == sum(row.words for row in rows)
    words = found.metrics[INSERTED_WORDS]
    assert words.counts.percent == pytest.approx(found.non_speech.words / (found.non_speech.seconds / 60))
    assert (words.judgement.verdict is Verdict.PASS) == ((words.counts.percent or 0.0) <= 1.0)
