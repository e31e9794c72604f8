"""Every command of the documentation is run, but for those named here, which are held against the real parsers."""

import ast
import configparser
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from doc_commands import (
    PROGRAMS,
    SHELLS,
    Command,
    commands,
    complaint,
    flags_of,
    gate_flags,
    logged,
    simple_commands,
    subparsers,
)
from doc_pages import ROOT, Block, blocks, name_of, pages, spans
from doc_stage import Stage

from asr_regress.gate.thresholds import read_thresholds
from asr_regress.options import OPTIONS
from asr_regress.scoring.metrics import available_metrics
from asr_regress.transcription.settings import DTYPES

NOT_RUN = {
    "pip install": "changes the environment that the tests run in; the packaging tests install the wheel",
    "uv pip install": "as above",
    ". .venv/bin/activate": "the environment that the tests run in is another one",
    "pytest tests/": "are tests of this repository themselves",
    'pytest -m "not slow"': "as above: all but the slow ones",
    "make": "makes environments, fetches models or runs the tests; CI does that",
    "python examples/build_korean.py": "downloads 170 MB",
    "python tests/fuzz/fuzz.py": "needs atheris, and ten minutes; tests/fuzz runs the same targets",
    "s3://": "needs a bucket",
}
"""Commands that can't be run here, by how they begin or what they contain."""

REAL_OUTPUT = {
    "docs/get-started.md": "of real models on real speech",
}
"""Pages whose output is not that of the tiny models that stand in here."""

LOGS = "docs/walkthroughs/"
"""What was once typed, with what came of it: nothing to be run again."""

OWN_TESTS = {"docs/how-to-add.md": "tests/docs/test_how_to_add.py"}
"""Pages whose code is run by tests of their own."""

NO_THRESHOLDS = {"name", "jobs", "stages", "on", "apiVersion", "repos", "steps"}
"""Keys at the top of YAML that is for other programs."""

PAGES = pages()
BLOCKS = [block for page in PAGES for block in blocks(page)]
each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def those(*languages: str) -> Sequence[Block]:
    return [block for block in BLOCKS if block.language in languages]


def each_block(*languages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", those(*languages), ids=lambda block: block.where)


def is_log(page: Path) -> bool:
    return name_of(page).startswith(LOGS)


def has_other_tests(page: Path) -> bool:
    return is_log(page) or name_of(page) in OWN_TESTS


HERE = [page for page in PAGES if not has_other_tests(page)]


def why_not_run(command: Command) -> str | None:
    text = " ".join(command.text.split()).removeprefix("$ ")
    return next(
        (why for name, why in NOT_RUN.items() if text.startswith(name) or ("://" in name and name in text)), None
    )


def test_there_is_something_to_test():
    assert len(PAGES) > 15
    assert sum(len(commands(block)) for block in those(*SHELLS)) > 15
    assert len(those("yaml")) > 30


@pytest.mark.parametrize("path", OWN_TESTS.values())
def test_other_tests_are_there(path: str):
    assert (ROOT / path).is_file()


def test_commands_that_are_not_run_are_there():
    told = {why_not_run(command) for block in those(*SHELLS) for command in commands(block)}
    assert set(NOT_RUN.values()) <= told


@each_block(*SHELLS)
def test_the_programs_know_what_is_given_to_them(block: Block):
    if name_of(block.page) in OWN_TESTS:
        return
    for command in commands(block):
        for words in simple_commands(command.text):
            assert not complaint(words), f"{command.where}: {command.text}: {complaint(words)}"


def test_the_programs_know_what_logs_give_to_them():
    typed = [command for block in BLOCKS if is_log(block.page) for command in logged(block)]
    for command in typed:
        if any(re.match("usage:|.*error:", line) for line in command.shown):
            continue  # a mistake that the log is about
        for words in simple_commands(command.text):
            assert not complaint(words), f"{command.where}: {command.text}: {complaint(words)}"


@pytest.mark.parametrize("page", HERE, ids=name_of)
def test_every_command_can_be_run(page: Path, stage: Stage):
    typed = [each for block in blocks(page) if block.language in SHELLS for each in commands(block)]
    typed = [command for command in typed if not why_not_run(command)]
    stage.prepare(command.text for command in typed)
    failed = []
    for command in typed:
        done = stage.run(command.text)
        if done.returncode not in expected_codes(page, command):
            failed.append(f"{command.where}: {command.text}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
        elif any(map(str.strip, command.shown)) and name_of(page) not in REAL_OUTPUT:
            missing = missing_lines(command.shown, done.stdout)
            if missing:
                failed.append(f"{command.where}: {command.text}\ndoes not print {missing}\nbut\n{done.stdout}")
    assert not failed, "\n\n".join(failed)


def test_every_command_within_a_sentence_can_be_run(stage: Stage):
    within = [Command(name_of(page), span) for page in HERE for span in spans(page)]
    runnable = re.compile(r"(pytest .*--model=|asr-regress )[^\[\]…A-Z]*(D01)?")
    typed = {each.text: each for each in within if runnable.fullmatch(each.text) and "..." not in each.text}
    for name in ("compare", "calibrate"):  # named without what they need
        typed.pop(f"asr-regress {name}", None)
    assert len(typed) > 8
    stage.prepare(typed)
    for command in typed.values():
        done = stage.run(command.text)
        assert done.returncode in expected_codes(ROOT, command), f"{command}\n{done.stdout}{done.stderr}"


def expected_codes(page: Path, command: Command) -> Sequence[int]:
    """What a command may end with: what is found of tiny models and tones is not the page's, a refusal is a mistake."""
    if "pytest " in command.text and name_of(page) in REAL_OUTPUT:
        return (0, 1, 10)
    return (0, 1) if re.search("http://|asr-regress (lint|doctor)", command.text) else (0,)


def missing_lines(shown: Sequence[str], printed: str) -> list[str]:
    """Lines of a page that were not printed in this order; `...` stands for any."""
    lines = iter([" ".join(line.split()) for line in printed.splitlines()])
    wanted = [" ".join(line.split()) for line in shown if line.strip() not in ("", "...", "…")]
    return [line for line in wanted if line not in lines]


@pytest.mark.parametrize("page", HERE, ids=name_of)
def test_every_option_in_the_text_exists(page: Path):
    ours = {"asr-regress": set().union(*map(flags_of, subparsers().values())), "pytest": set(gate_flags())}
    scripts = "".join(
        path.read_text("utf-8") for name in ("examples", "benchmarks") for path in (ROOT / name).glob("*.py")
    )
    for span in spans(page):
        text = span.removeprefix("$ ")
        program = text.split(" ")[0]
        if program in PROGRAMS and not re.search(r"[…\"]", text):
            for words in simple_commands(re.sub(r"[|](?=[A-Z])", "_", text)):
                assert not complaint(words, values=False), f"{span}: {complaint(words, values=False)}"
        elif text.startswith("--"):
            for flag in re.findall(r"(?<![\w-])--[a-z][\w-]*", text):
                assert any(flag in known for known in ours.values()) or f'"{flag}"' in scripts, f"{span}: no {flag}"


@each_page
def test_every_ini_key_in_the_text_exists(page: Path):
    known = {option.name for option in OPTIONS}
    named = {found[1] for span in spans(page) if (found := re.match(r"(asr_[a-z_]+) =", span))}
    assert named <= known


@each_block("yaml", "yml")
def test_thresholds_can_be_read(block: Block, tmp_path: Path):
    if name_of(block.page) in OWN_TESTS:
        return
    keys = set(yaml.safe_load(block.text) or {})
    if keys & NO_THRESHOLDS or {True} & keys:  # `on:` is true to YAML 1.1
        return
    path = tmp_path / "thresholds.yaml"
    path.write_text(block.text if "version" in keys else "version: 1\n" + block.text, encoding="utf-8")
    read_thresholds(path, available_metrics(), {"dtype": DTYPES})


@each_block("json", "jsonl")
def test_json_can_be_read(block: Block):
    try:
        json.loads(block.text)
    except ValueError:
        for line in block.text.splitlines():
            json.loads(line)


@each_block("toml")
def test_toml_can_be_read(block: Block):
    known = {option.name for option in OPTIONS}
    options = tomllib.loads(block.text).get("tool", {}).get("pytest", {}).get("ini_options", {})
    assert {name for name in options if name.startswith("asr_")} <= known


@each_block("ini")
def test_ini_can_be_read(block: Block):
    parser = configparser.ConfigParser()
    parser.read_string(block.text)
    known = {option.name for option in OPTIONS}
    assert {name for section in parser.sections() for name in parser[section] if name.startswith("asr_")} <= known


@each_block("python", "py")
def test_python_can_be_run(block: Block, stage: Stage):
    tree = ast.parse(block.text)
    if has_other_tests(block.page):
        return
    values = [(node, comment_of(block.text, node)) for node in tree.body if isinstance(node, ast.Expr)]
    checks = [f"assert ({ast.unparse(node.value)}) == {comment}\n" for node, comment in values if comment is not None]
    script = stage.folder / "block.py"
    (stage.folder / "words.txt").write_text("yes\nno\n", encoding="utf-8")
    script.write_text(block.text + "\n" + "".join(checks), encoding="utf-8")
    done = subprocess.run([sys.executable, script], cwd=stage.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def comment_of(source: str, node: ast.stmt) -> str | None:
    """The value that a comment behind an expression says it has."""
    line = source.splitlines()[(node.end_lineno or node.lineno) - 1]
    _, mark, comment = line.partition("  # ")
    try:
        return repr(ast.literal_eval(comment.strip())) if mark else None
    except (ValueError, SyntaxError):
        return None


@each_block("", "text")
def test_commands_do_not_hide_in_other_blocks(block: Block):
    if has_other_tests(block.page):
        return
    first = [line.split()[0] for line in block.text.splitlines() if line.strip() and not line.startswith(" ")]
    assert not {"$", *PROGRAMS} & set(first), f"{block.where}: name it console or sh"


def test_every_kind_of_block_is_tested():
    looked_at = {*SHELLS, "yaml", "yml", "json", "jsonl", "toml", "ini", "python", "py", "", "text"}
    others = {
        "groovy": "held to examples/ci",
        "mermaid": "a diagram",
        "diff": "",
        "html": "",
        "xml": "",
        "dockerfile": "",
    }
    assert {block.language for block in BLOCKS} <= looked_at | set(others)


def test_the_stage_has_the_programs(stage: Stage):
    assert shutil.which("pytest", path=stage.environment["PATH"])
    assert shutil.which("asr-regress", path=stage.environment["PATH"])
