"""docs/options.md against the code: every option with its ini key and default, every command with its options."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from doc_commands import flags_of, subparsers
from doc_pages import ROOT

from asr_regress.cli import main
from asr_regress.corpus.audio import MAX_SECONDS
from asr_regress.corpus.selection import DEFAULT_SEED
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.thresholds_keys import RUN_KEYS
from asr_regress.options import OPTIONS, STORE, Option, Options
from asr_regress.pytest_support import summary
from asr_regress.setup import THRESHOLDS, request_of
from asr_regress.text.rules import DEFAULT_RULES
from asr_regress.transcription.settings import DTYPES

TEXT = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
GATE, COMMANDS = TEXT.split("\n## asr-regress\n")
REQUEST = request_of(Options(), Thresholds())
DEFAULTS = {
    "asr_thresholds": THRESHOLDS,
    "asr_seed": DEFAULT_SEED,
    "asr_max_duration": MAX_SECONDS,
    "asr_task": REQUEST.task,
    "asr_num_beams": REQUEST.num_beams,
    "asr_dtype": REQUEST.dtype,
    "asr_device": REQUEST.device,
    "asr_engine": REQUEST.engine,
    "asr_cache_dir": STORE,
    "asr_keep_runs": summary.KEPT,
    "asr_samples": summary._SAMPLES,
}


def rows(text: str) -> Iterator[list[str]]:
    """The cells of tables, without their heads."""
    for line in text.splitlines():
        if line.startswith("| `-"):
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def flag(cell: str) -> str:
    return re.split("[`=]", cell)[1]


ROWS = {flag(row[0]): row for row in rows(GATE)}


def command_sections() -> dict[str, str]:
    found = re.split(r"\n### `asr-regress (\w+)[^`]*`\n", COMMANDS)
    return dict(zip(found[1::2], found[2::2], strict=True))


SECTIONS = command_sections()


def test_every_option_of_the_gate_is_there_and_no_other():
    assert sorted(ROWS) == sorted(option.flag for option in OPTIONS)
    assert len(list(rows(GATE))) == len(OPTIONS)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.flag)
def test_an_option_of_the_gate(option: Option):
    written, key, default, does = ROWS[option.flag]
    assert written == f"`{option.flag}{'' if option.switch else f'={option.metavar}'}`"
    assert key == ("" if option.name == "model" else f"`{option.name}`")
    assert ("may be repeated" in does) == option.repeatable
    of_file = option.name.removeprefix("asr_")
    assert (f"`{of_file}:`" in default) == (of_file in RUN_KEYS)
    own = [text for text in re.findall("`([^`]+)`", default) if not text.endswith(":")]
    assert own == [str(DEFAULTS[option.name])] if option.name in DEFAULTS else not own
    assert bool(default) == (not option.switch) or option.name in (
        "model", "asr_save_baseline", "asr_report", "asr_export",
    )  # fmt: skip


def test_all_types_are_there():
    assert set(DTYPES) - {"auto"} == set(re.findall("`([^`]+)`", ROWS["--asr-dtype"][3]))


def test_every_command_is_there_and_no_other():
    assert list(SECTIONS) == list(subparsers())


@pytest.mark.parametrize("name", subparsers())
def test_the_options_of_a_command(name: str):
    parser, section = subparsers()[name], SECTIONS[name]
    actions = {option: action for action in parser._actions for option in action.option_strings}
    found = {flag(part): row for row in rows(section) for part in row[0].split(", ")}
    of_gate = {option.flag for option in OPTIONS} if "Takes the gate's options" in section else set()
    left_out = of_gate - flags_of(parser)
    also = {
        other for action in actions.values() if of_gate & set(action.option_strings) for other in action.option_strings
    }
    assert set(found) == flags_of(parser) - of_gate - also - {"-h", "--help"}
    if of_gate:
        assert set(re.findall("`(--asr-[^`]+)`", section.split("but for")[1].split(".")[0])) == left_out
    for option, row in found.items():
        action = actions[option]
        metavar = "" if action.nargs == 0 else f"={action.metavar}"
        assert f"`{option}{metavar}`" in row[0].split(", ")
        default = re.fullmatch("`([^`:]+)`", row[1])
        assert (default and default[1]) == (str(action.default) if action.default not in (None, False, []) else None)
        assert ("may be repeated" in row[2]) == isinstance(action, argparse._AppendAction)
        if "`normalize:`, else" in row[1]:
            assert row[1].endswith(f"`{DEFAULT_RULES}`")


@pytest.mark.parametrize("name", subparsers())
def test_what_a_command_is_given_without_an_option(name: str):
    (heading,) = re.findall(rf"### `asr-regress {name}((?: [^`]*)?)`", TEXT)
    positional = [action for action in subparsers()[name]._actions if not action.option_strings]
    names = [str(action.metavar or action.dest).upper() for action in positional]
    written = [f"[{each}]" if action.nargs == "?" else each for each, action in zip(names, positional, strict=True)]
    assert heading.split() == written


def test_init_writes_what_the_page_says(tmp_path: Path):
    assert main(["init", str(tmp_path)]) == 0
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 3
    for path in written:
        assert f"`{path}`" in SECTIONS["init"] or f"`{path.name}`" in SECTIONS["init"]


def test_the_exit_codes_are_those_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    codes = re.findall(r"^\| ([\d, ]+) \|", readme, re.MULTILINE)
    assert codes
    assert re.findall(r"^\| ([\d, ]+) \|", GATE, re.MULTILINE) == codes
