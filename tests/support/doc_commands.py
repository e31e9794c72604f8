"""The commands that the documentation names, and whether the programs know what is given to them."""

import argparse
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doc_pages import ROOT, Block

from asr_regress.cli import _COMMANDS
from asr_regress.options import OPTIONS

SHELLS = ("console", "sh", "bash", "shell")
_OPERATORS = {"|", "||", "&&", ";", "&", ">", ">>", "<", "2>", "<<", "<<<"}
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")


@dataclass(frozen=True)
class Command:
    """A command of a page.

    Attributes:
        text: As it is typed; more than one line where it goes on.
        shown: What the page shows of its output, line by line; nothing where it shows none.
    """

    where: str
    text: str
    shown: tuple[str, ...] = ()


def commands(block: Block) -> list[Command]:
    """The commands of a block for a shell; in `console`, what does not begin with a prompt is output."""
    lines = block.text.splitlines()
    if block.language == "console":
        return list(_typed(block, lines))
    whole = [line for line in _joined(lines) if line.strip() and not line.lstrip().startswith("#")]
    return [Command(block.where, line) for line in whole]


def logged(block: Block) -> list[Command]:
    """The commands of a log, whose prompts may name a folder: `~/project $ command`."""
    return list(_typed(block, [re.sub(r"^[~/\w.-]+ \$ ", "$ ", line) for line in block.text.splitlines()]))


def _typed(block: Block, lines: Sequence[str]) -> Iterator[Command]:
    text, shown = "", list[str]()
    rest = list(lines)
    while rest:
        line = rest.pop(0)
        if line.startswith("$ "):
            if text:
                yield Command(block.where, text, tuple(shown))
            text, shown = line[2:], []
            while text.endswith("\\") and rest:
                text += "\n" + rest.pop(0).removeprefix("> ")
        else:
            shown.append(line)
    if text:
        yield Command(block.where, text, tuple(shown))


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Commands that go on over lines as one: after a backslash, in a here-document, in a loop, in quotes."""
    text, until = "", ""
    for line in lines:
        text = f"{text}\n{line}" if text else line
        if until:
            until = "" if line.strip() == until else until
        elif found := _HEREDOC.search(line):
            until = found[2]
        if not until and not line.endswith("\\") and _is_whole(text):
            yield text
            text = ""
    assert not text, f"a command without an end: {text}"


def _is_whole(text: str) -> bool:
    return subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False).returncode == 0


def simple_commands(text: str) -> Iterator[list[str]]:
    """The words of each command of a line, without what redirects it and the variables set for it."""
    text = re.sub(r"(?m)(^|\s)#.*$", "", _HEREDOC.sub("", text.split("\n<<")[0]))
    lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars="();<>|&")
    lexer.commenters, lexer.whitespace_split = "", True
    words: list[str] = []
    redirected = False
    for word in lexer:
        if word in _OPERATORS:
            redirected = word.strip("2") in (">", ">>", "<")
            if not redirected:
                if words:
                    yield words
                words = []
        elif redirected:
            redirected = False
        elif words or not re.fullmatch(r"\w+=.*", word):
            words.append(word)
    if words:
        yield words


@cache
def gate_flags() -> dict[str, str]:
    """The options of pytest with this plugin, from its own help."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True, cwd="/"
    )
    head = done.stdout.split("[pytest] configuration options")[0]
    return {flag: flag for flag in re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", head)}


@cache
def our_parser() -> argparse.ArgumentParser:
    """The parser of `asr-regress`."""
    parser = argparse.ArgumentParser(prog="asr-regress", exit_on_error=False)
    parser.add_argument("--version", action="store_true")
    subcommands = parser.add_subparsers(dest="command")
    for command in _COMMANDS:
        command.add(subcommands)
    return parser


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each subcommand."""
    (action,) = (each for each in our_parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(action.choices)


def flags_of(parser: argparse.ArgumentParser) -> set[str]:
    """What a parser knows."""
    return {flag for action in parser._actions for flag in action.option_strings}


def complaint(words: Sequence[str], *, values: bool = True) -> str:
    """What is wrong with a command; nothing where nothing is, or where its program is not looked at.

    Args:
        words: Of the command.
        values: Whether it is as one would type it; else placeholders stand in places of values, and only options are
            looked at.
    """
    program, given = Path(words[0]).name, list(words[1:])
    if program in ("python", "python3") and given[:2] == ["-m", "pytest"]:
        program, given = "pytest", given[2:]
    check = _CHECKS.get(program)
    return check(given, values) if check else ""


def _flags(given: Sequence[str]) -> list[str]:
    return [re.split(r"[=\[]", word.lstrip("["))[0].rstrip("]") for word in given if re.match(r"\[?--?[a-zA-Z]", word)]


def _pytest(given: Sequence[str], values: bool) -> str:
    known = gate_flags()
    unknown = [flag for flag in _flags(given) if flag not in known and flag[:2] not in known]
    if unknown:
        return f"pytest knows no {', '.join(unknown)}"
    by_flag = {option.flag: option for option in OPTIONS}
    for word in given if values else ():
        flag, equals, value = word.partition("=")
        if equals and flag in by_flag:
            try:
                by_flag[flag].parse(value)
            except argparse.ArgumentTypeError as error:
                return f"{flag}: {error}"
    return ""


def _asr_regress(given: Sequence[str], values: bool) -> str:
    parsers = subparsers()
    if given[:1] == ["--version"] or not given:
        return ""
    if given[0] not in parsers:
        return f"asr-regress has no command {given[0]}"
    unknown = set(_flags(given)) - flags_of(parsers[given[0]])  # argparse would take the beginning of one, too
    if unknown or not values:
        return f"asr-regress {given[0]} knows no {', '.join(unknown)}" if unknown else ""
    try:
        our_parser().parse_args(list(given))
    except (SystemExit, argparse.ArgumentError) as error:
        return f"asr-regress {given[0]}: {error}"
    return ""


def _python(given: Sequence[str], values: bool) -> str:
    if not given or given[0] in ("-c", "-"):
        return ""
    if given[0] == "-m":
        return "" if given[1:] else "python -m: which module?"
    script = ROOT / given[0]
    if not script.is_file():
        return f"there is no {given[0]}"
    source = script.read_text(encoding="utf-8")
    unknown = [flag for flag in _flags(given[1:]) if f'"{flag}"' not in source]
    return f"{given[0]} knows no {', '.join(unknown)}" if unknown else ""


def _make(given: Sequence[str], values: bool) -> str:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    unknown = [word for word in given if "=" not in word and not word.startswith("-") and word not in targets]
    return f"the Makefile has no {', '.join(unknown)}" if unknown else ""


def _pip(given: Sequence[str], values: bool) -> str:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = re.findall(r"(?:asr[-_]regress|^\.|clone)\S*?\[([^\]]+)\]", " ".join(given))
    unknown = {extra.strip() for names in named for extra in names.split(",")} - set(known)
    return f"there is no extra {', '.join(unknown)}" if unknown else ""


def _files(given: Sequence[str], values: bool) -> str:
    missing = [word for word in given if word.startswith(("examples/", "docs/")) and not (ROOT / word).exists()]
    return f"there is no {', '.join(missing)}" if missing else ""


_CHECKS = {
    "pytest": _pytest,
    "asr-regress": _asr_regress,
    "python": _python,
    "python3": _python,
    "make": _make,
    "pip": _pip,
    "sbatch": _files,
    "kubectl": _files,
    "docker": _files,
}
PROGRAMS = tuple(_CHECKS)
