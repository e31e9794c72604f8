"""The same forty utterances in every format: one fingerprint, the same recordings, the same verdict."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_formats import SEGMENT_WRITERS, WRITERS, audio_of, forty, jsonl

from asr_regress.basics.progress import Quiet
from asr_regress.corpus.audio import inspect_audio, load_audio
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.fingerprint import data_fingerprint
from asr_regress.corpus.utterance import Manifest
from asr_regress.gate.verdict import Verdict
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.session import Session

ROWS = forty()
EVERY = pytest.mark.parametrize("format", [*WRITERS, *SEGMENT_WRITERS])
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes a format once."""
    made: dict[str, Path] = {}

    def write(format: str) -> Path:
        if format not in made:
            made[format] = (WRITERS | SEGMENT_WRITERS)[format](tmp_path_factory.mktemp(format) / "data", ROWS)
        return made[format]

    return write


@pytest.fixture(scope="module")
def expected(written: Callable[[str], Path]) -> Manifest:
    return read_manifest(written("jsonl"))


@EVERY
def test_one_fingerprint(written: Callable[[str], Path], expected: Manifest, format: str) -> None:
    manifest = read_manifest(written(format))
    assert manifest.problems == ()
    assert len(manifest.utterances) == len(ROWS)
    assert data_fingerprint(manifest.utterances) == data_fingerprint(expected.utterances)


@EVERY
def test_the_same_samples(written: Callable[[str], Path], format: str) -> None:
    """And, but for parts of longer recordings, the same digest: what was transcribed once is known in any format."""
    originals = {row["id"]: str(audio_of(row)) for row in ROWS}
    for each in read_manifest(written(format)).utterances[::5]:
        facts, original = inspect_audio(each.audio), inspect_audio(originals[each.id])
        assert facts.seconds == pytest.approx(original.seconds, abs=1e-6)
        assert (facts.digest == original.digest) == (format in WRITERS)
        assert np.array_equal(load_audio(each.audio, digest=facts.digest), load_audio(originals[each.id]))


@EVERY
def test_the_same_in_a_confined_folder(written: Callable[[str], Path], expected: Manifest, format: str) -> None:
    manifest = read_manifest(written(format), confine=True)
    assert manifest.problems == ()
    assert data_fingerprint(manifest.utterances) == data_fingerprint(expected.utterances)


@pytest.fixture(scope="module")
def judged(written: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """What the gate says of hypotheses with a few mistakes."""
    folder = tmp_path_factory.mktemp("judged")
    texts = {row["id"]: row["text"] if number % 3 else row["text"][3:] for number, row in enumerate(ROWS)}
    (folder / "hyps.jsonl").write_text(
        "".join(json.dumps({"id": id, "text": text}) + "\n" for id, text in texts.items()), encoding="utf-8"
    )
    limits = "version: 1\ngroup: none\ndefaults: {cer: {max: 3.2}}\n"  # not every format says who speaks
    (folder / "thresholds.yaml").write_text(limits, encoding="utf-8")

    def judge(format: str) -> Any:
        place = Place(start=folder, root=folder, store=folder / "store", run=format)
        options = Options(model=("m=hyps.jsonl",), asr_data=written(format))
        with Session(options, place, Quiet) as session:
            return session.run_outcome()

    return judge


@EVERY
def test_one_verdict(judged: Callable[[str], Any], format: str) -> None:
    run, wanted = judged(format), judged("jsonl")
    assert run.data.fingerprint == wanted.data.fingerprint
    assert run.verdict is wanted.verdict is Verdict.REGRESSED
    (model,), (other,) = run.models, wanted.models
    assert (model.categories, model.total) == (other.categories, other.total)
    verdicts = {each.metrics["cer"].judgement.verdict for each in model.categories.values()}
    assert len(verdicts) > 1, "one verdict everywhere would tell nothing"


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("format", ["parquet", "kaldi_segments"])
def test_a_model_says_the_same(
    written: Callable[[str], Path], tiny_checkpoint: Path, tmp_path: Path, format: str
) -> None:
    """Through inspection, worker processes and store; what only lies elsewhere is not transcribed again."""

    def run(data: Path, name: str) -> Any:
        place = Place(start=tmp_path, root=tmp_path, store=tmp_path / "store", run=name)
        options = Options(model=(f"tiny={tiny_checkpoint}",), asr_data=data, asr_category=("commands",))
        with Session(options, place, Quiet) as session:
            return session.run_outcome().models[0]

    first, second = run(written("jsonl"), "first"), run(written(format), "second")
    assert [(each.id, each.hypothesis) for each in first.utterances] == [
        (each.id, each.hypothesis) for each in second.utterances
    ]
    assert all(each.hypothesis for each in second.utterances)
    assert (first.timing.transcribed, second.timing.transcribed) == (10, 0 if format in WRITERS else 10)


def test_trees_differ_in_their_ids_alone(tmp_path: Path) -> None:
    """There an id is the path below the data folder; other formats that give the same ids have the same fingerprint."""
    rows = [{**row, "id": row["audio_filepath"]} for row in ROWS]
    for row in ROWS:
        text = tmp_path / "tree" / Path(row["audio_filepath"]).with_suffix(".txt")
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(row["text"], encoding="utf-8")
        text.with_suffix(".flac").write_bytes(b"")
    tree, lines = read_manifest(tmp_path / "tree"), read_manifest(jsonl(tmp_path / "lines", rows))
    assert data_fingerprint(tree.utterances) == data_fingerprint(lines.utterances)
