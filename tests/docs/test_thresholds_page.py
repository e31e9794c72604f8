"""docs/thresholds.md against the code: each key, its values, default and example, and what is said of a mistake."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
from doc_pages import ROOT, Block, blocks

from asr_regress.corpus.audio import MAX_SECONDS
from asr_regress.corpus.selection import DEFAULT_SEED
from asr_regress.errors import AsrRegressError
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.policy import PolicyChoice
from asr_regress.gate.thresholds import Thresholds, read_thresholds
from asr_regress.gate.thresholds_keys import CATEGORY_KEYS, LIMIT_KEYS, POLICY_KEYS, RUN_KEYS, VERSION, Key, Kind
from asr_regress.gate.verdict import Limit
from asr_regress.options import Options
from asr_regress.scoring.metrics import available_metrics
from asr_regress.setup import request_of, set_up
from asr_regress.text.rules import DEFAULT_RULES, available_rules
from asr_regress.transcription.settings import DTYPES

PAGE = ROOT / "docs" / "thresholds.md"
KEYS: dict[str, Key] = {**RUN_KEYS, **POLICY_KEYS, **CATEGORY_KEYS, **LIMIT_KEYS}
BLOCKS = list(blocks(PAGE))


@dataclass(frozen=True)
class Section:
    """What the page says of one key."""

    name: str
    text: str
    blocks: Sequence[Block]

    @property
    def prose(self) -> str:
        return " ".join(self.text.split("```")[0].split())

    @property
    def value(self) -> str:
        return self._behind("Value")

    @property
    def default(self) -> str | None:
        """What the page says could be written; None where it says that nothing could."""
        found = re.match(r"`([^`]+)`", self._behind("Default"))
        return found and found[1]

    def _behind(self, word: str) -> str:
        found = re.search(rf"\*\*{word}:\*\* (.*?)(?= \*\*|$)", self.prose)
        assert found, f"{self.name}: no line {word}"
        return found[1]

    def block(self, language: str) -> str:
        (found,) = (block for block in self.blocks if block.language == language)
        return found.text


def sections() -> Iterator[Section]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if re.match("##+ ", line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        if found := re.fullmatch("### `(.+)`", lines[start]):
            own = [block for block in BLOCKS if start < block.line <= end]
            yield Section(found[1], "\n".join(lines[start + 1 : end]), own)


SECTIONS = {section.name: section for section in sections()}
each_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all that the examples name is there."""
    folder = tmp_path_factory.mktemp("project")
    rows = [
        {"text": "" if category == "hold_music" else "some words", "category": category, "call": "c1", "speaker": "s1"}
        for category in ("D01", "D02", "hold_music")
    ]
    data = folder / "data" / "validation"
    data.mkdir(parents=True)
    rows = [{"audio_filepath": f"{n}.wav", "id": str(n), **row} for n, row in enumerate(rows)]
    (data / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = "".join(json.dumps({"id": row["id"], "hypothesis": "words"}) + "\n" for row in rows)
    (folder / "said.jsonl").write_text(said)
    return folder


def read(project: Path, text: str) -> Thresholds:
    whole = text if re.search("^version:", text, re.MULTILINE) else f"version: {VERSION}\n{text}"
    path = project / "thresholds.yaml"
    path.write_text(whole)
    return read_thresholds(path, available_metrics(), {"dtype": DTYPES})


def problem(project: Path, text: str) -> str:
    """What a run says of a file; nothing where it could begin."""
    try:
        thresholds = read(project, text)
        if thresholds.data is None:
            with (project / "thresholds.yaml").open("a") as file:
                file.write("data: data/validation\n")
        set_up(Options(model=("m=said.jsonl",)), start=project, root=project)
    except AsrRegressError as error:
        return str(error)
    return ""


def test_the_page_has_every_key_and_no_other():
    assert set(SECTIONS) == set(KEYS)
    assert len(SECTIONS) == len(list(sections()))


def test_every_field_that_a_file_sets_has_a_key():
    made_of_others = {"path", "lines", "policy", "category_policies", "total_policy", NON_SPEECH_FIELD}
    assert {entry.name for entry in fields(Thresholds)} - made_of_others == set(RUN_KEYS) - {*POLICY_KEYS, "version"}
    assert {entry.name for entry in fields(PolicyChoice)} == {key.field for key in POLICY_KEYS.values()}
    assert {entry.name for entry in fields(Limit)} == set(LIMIT_KEYS)


NON_SPEECH_FIELD = "non_speech"


@each_key
def test_what_a_key_does_is_said_in_the_same_words(key: Key):
    assert SECTIONS[key.name].prose.startswith(key.does)


@each_key
def test_what_may_stand_behind_a_key(key: Key):
    said = SECTIONS[key.name].value
    words = [f"`{word}`" for word in key.words]
    expected = {
        Kind.PATH: "a path, relative to the file.",
        Kind.FLAG: "`true` or `false`.",
        Kind.COUNT: f"a whole number from {key.least:g}",
        Kind.DECIMAL: f"a number from {key.least:g}" + (f" to {key.most:g}." if key.most else "."),
        Kind.WORD: f"{', '.join(words[:-1])} or {words[-1]}." if words else "",
        Kind.TEXT: "text",
    }
    if key.name == "version":
        assert said == f"a whole number: {VERSION}."
    else:
        assert said.startswith(expected.get(key.kind, ""))
    assert ("or nothing" in said) == (key.may_be_nothing or key.name == "slices")


@pytest.mark.parametrize(
    ("name", "known"),
    [("dtype", DTYPES), ("normalize", available_rules()), ("categories", (*POLICY_KEYS, *CATEGORY_KEYS))],
)
def test_names_that_may_stand_behind_a_key_are_all_there(name: str, known: Sequence[str]):
    assert set(re.findall("`([^`]+)`", SECTIONS[name].value)) == {
        *known,
        *(["module:function"] * (name == "normalize")),
    }


def test_metrics_are_all_there():
    (listed,) = re.findall(r"behind the name of a metric: (.*?)\n\(", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert set(re.findall("`([^`]+)`", listed)) == set(available_metrics())


def in_effect(thresholds: Thresholds) -> dict[str, Any]:
    """What a file comes to, wherever its defaults are."""
    plain = replace(thresholds, lines={}, path=None, policy=PolicyChoice())
    return {
        **{entry.name: getattr(plain, entry.name) for entry in fields(plain)},
        **{entry.name: getattr(thresholds.policy_for(TOTAL), entry.name) for entry in fields(PolicyChoice)},
        **asdict(request_of(Options(), plain)),
        "normalize": thresholds.normalize or DEFAULT_RULES,
        "seed": DEFAULT_SEED if thresholds.seed is None else thresholds.seed,
        "max_duration": thresholds.max_duration or MAX_SECONDS,
    }


@each_key
def test_a_default_is_what_holds_where_nothing_is_said(key: Key, project: Path):
    assert SECTIONS[key.name].default == key.default
    if key.default is None:
        return
    line = f"{key.name}: {key.default}\n"
    if key.name in CATEGORY_KEYS:
        with_it, without = (f"categories: {{D01: {{{text}}}}}" for text in (line.strip(), ""))
    else:
        with_it, without = line, ""
    assert in_effect(read(project, with_it)) == in_effect(read(project, without))


@pytest.mark.parametrize("block", [each for each in BLOCKS if each.language == "yaml"], ids=lambda block: block.where)
def test_an_example_can_be_used(block: Block, project: Path):
    said = problem(project, block.text)
    assert not said or ("baseline" in block.text and "no such baseline" in said)


@each_key
def test_an_example_uses_its_key(key: Key):
    assert re.search(rf"\b{key.name}:", SECTIONS[key.name].block("yaml"))


@each_key
def test_what_is_said_of_a_mistake(key: Key, project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(project)
    wrong, _, said = SECTIONS[key.name].block("text").partition("\nthresholds.yaml:")
    told, end, _ = said.rstrip("\n").partition("…")
    found = problem(project, wrong + "\n").removeprefix("thresholds.yaml:")
    assert found[: len(told) if end else None] == told
