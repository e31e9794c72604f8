"""whisper-base in CTranslate2's format, beside the checkpoint: in float32 the same words, in int8 a verdict."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asr_regress.basics.progress import Quiet
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.session import Session

pytest.importorskip("ctranslate2")


def test_an_export_says_what_the_checkpoint_says_and_in_int8_almost(
    real_checkpoint: Callable[[str], Path], speech: list[dict[str, Any]], tmp_path: Path, common_store: Path
) -> None:
    checkpoint, some = real_checkpoint("whisper-base"), speech[::4]
    export = checkpoint.parent / "ct2" / "whisper-base"
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("".join(json.dumps(row) + "\n" for row in some), encoding="utf-8")
    models = (f"hf={checkpoint}#dtype=float32", f"whole={export}#dtype=float32", f"int8={export}#dtype=int8")
    options = Options(
        model=models, asr_data=manifest, asr_language="en", asr_device="cpu", asr_baseline=tmp_path / "hf"
    )
    with Session(options, Place(tmp_path, tmp_path, common_store, tmp_path.name), Quiet) as session:
        run = session.run_outcome(("hf", "whole", "int8"))
    assert {model.name: model.error for model in run.models} == {"hf": None, "whole": None, "int8": None}
    texts = {model.name: [each.hypothesis for each in model.utterances] for model in run.models}
    assert len(set(texts["hf"])) == len(some)
    assert texts["whole"] == texts["hf"]
    assert sum(a != b for a, b in zip(texts["int8"], texts["hf"], strict=True)) < len(texts["hf"]) / 3


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_predictions_do_not_depend_on_workers_order_or_company(
    real_checkpoint: Callable[[str], Path], gate: Callable[..., Any], speech: list[dict[str, Any]], dtype: str
) -> None:
    export = real_checkpoint("whisper-base").parent / "ct2" / "whisper-tiny.en"

    def predict(rows: list[dict[str, Any]], workers: int) -> dict[str, str]:
        outcome = gate(export, rows, asr_dtype=dtype, asr_workers=workers, asr_batch_size=workers)
        return {each.id: each.hypothesis for each in outcome.utterances}

    some = speech[::3][:10]
    whole = predict(some, 1)
    assert len(set(whole.values())) > 8
    shuffled = random.Random(7).sample(some, len(some))
    assert predict(shuffled, 2) == whole
    subset = shuffled[::3]
    assert predict(subset, 1) == {row["id"]: whole[row["id"]] for row in subset}


def test_long_form_decoding_is_that_of_transformers(
    real_checkpoint: Callable[[str], Path], speech: list[dict[str, Any]]
) -> None:
    import numpy as np

    from asr_regress.corpus.audio import load_audio
    from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
    from asr_regress.transcription.recognizers import backend
    from asr_regress.transcription.settings import Request

    long = np.concatenate([load_audio(row["audio_filepath"]) for row in speech[:24]])
    assert len(long) > 75 * 16_000
    checkpoint = real_checkpoint("whisper-tiny.en")
    said = []
    for folder in (checkpoint, checkpoint.parent / "ct2" / checkpoint.name):
        opened = open_checkpoint(str(folder), folder)
        reader = backend(opened.backend)
        settings = reader.resolve(Request(language="en", dtype="float32", device="cpu"), opened).settings
        said.append(reader.load(opened, settings, "cpu", None).transcribe([long]))
    assert said[0] == said[1]
    assert len(said[0][0].split()) > 100
