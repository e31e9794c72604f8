"""Whisper behind a server says what it says here, and judging it so comes to the same counts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from serving import serving

from asr_regress.basics.progress import Quiet
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.session import Session


@pytest.mark.parametrize("language", ["en", None])
def test_a_server_gives_the_transcripts_of_the_same_model_run_here(
    real_checkpoint: Callable[[str], Path],
    speech: list[dict[str, Any]],
    tmp_path: Path,
    common_store: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str | None,
) -> None:
    for name in ("ASR_REGRESS_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    manifest = tmp_path / "manifest.jsonl"
    rows = speech[::8] if language else speech[1::24]
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    checkpoint = real_checkpoint("whisper-base")
    with serving(models=(f"whisper-base={checkpoint}",)) as server:
        models = (f"here={checkpoint}", f"served={server.url}#whisper-base")
        options = Options(model=models, asr_data=manifest, asr_language=language, asr_dtype="float32", asr_device="cpu")
        place = Place(start=tmp_path, root=tmp_path, store=common_store, run=tmp_path.name)
        with Session(options, place, Quiet) as session:
            run = session.run_outcome(("here", "served"))
    here, served = run.models
    assert here.error is None
    assert served.error is None
    assert [each.hypothesis for each in served.utterances] == [each.hypothesis for each in here.utterances]
    assert all(each.hypothesis for each in served.utterances)
    assert [each.counts for each in served.utterances] == [each.counts for each in here.utterances]
    assert served.timing.transcribed == len(rows)
