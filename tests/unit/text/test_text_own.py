"""Text rules of one's own: found, bound to their source, and never a traceback."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_regress.errors import ConfigurationError, TextRuleError
from asr_regress.text.rules import get_rules
from asr_regress.text.survey import try_out
from asr_regress.text.text_rules import TextRules

_NUMBER = itertools.count()


class Project:
    """A folder with modules under names that no other test uses; what was imported from it can be forgotten."""

    def __init__(self, root: Path) -> None:
        self.root, self.name = root, f"own_{next(_NUMBER)}"

    def write(self, source: str, name: str = "") -> None:
        path = self.root / f"{name or self.name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.replace("OWN", self.name))

    def rules(self, function: str = "clean") -> TextRules:
        self.forget()
        return get_rules(f"{self.name}:{function}", self.root)

    def forget(self) -> None:
        for name in [name for name in sys.modules if name.startswith(self.name)]:
            del sys.modules[name]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a source changed within a second would look unchanged
    made = Project(tmp_path)
    yield made
    made.forget()


def test_a_function_of_the_project(project: Project):
    project.write(
        'def clean(text):\n    """Shout.\n\n    Loudly.\n    """\n    return text.upper() + "  \\u1100\\u1161 "\n'
    )
    rules = project.rules()
    assert rules(" a\tb") == " A\tB".strip().replace("\t", " ") + " 가"
    assert rules.does == "Shout."
    assert str(rules).startswith(f"{project.name}:clean (source ")


def test_anything_callable_in_a_package(project: Project):
    project.write(
        "class Clean:\n    version = 'two'\n    def __call__(self, text):\n        return text[:1]\nclean = Clean()\n"
    )
    assert (str(project.rules()), project.rules()("ab")) == (f"{project.name}:clean vtwo", "a")


def test_a_module_inside_a_package(project: Project):
    project.write("", f"{project.name}/__init__")
    project.write("def clean(text):\n    return text\n", f"{project.name}/rules")
    project.forget()
    assert get_rules(f"{project.name}.rules:clean", project.root)("x") == "x"


def test_an_installed_module(project: Project):
    rules = get_rules("textwrap:dedent", project.root)
    assert rules("  a") == "a"
    assert "source" in str(rules)


def test_the_project_goes_before_what_is_installed_while_it_is_imported(project: Project):
    (project.root / "textwrap.py").write_text("def clean(text):\n    return 'mine'\n")
    before = list(sys.path)
    known = sys.modules.pop("textwrap")
    try:
        assert get_rules("textwrap:clean", project.root)("x") == "mine"
        assert sys.path == [*before, str(project.root)]
    finally:
        sys.modules["textwrap"] = known


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("def clean(text):\n    return text\n", "def clean(text):\n    return text.lower()\n"),
        ("X = 1\ndef clean(text):\n    return text\n", "X = 2\ndef clean(text):\n    return text\n"),
    ],
)
def test_it_is_bound_to_its_module(project: Project, source: str, changed: str):
    project.write(source)
    before = str(project.rules())
    assert str(project.rules()) == before
    (project.root / f"{project.name}.py").write_bytes(source.replace("\n", "\r\n").encode())
    assert str(project.rules()) == before
    project.write(changed)
    assert str(project.rules()) != before


@pytest.mark.parametrize(
    "importing",
    [
        "from OWN_words import WORDS\ndef clean(text): return text",
        "import OWN_words as words\ndef clean(text): return text",
        "def clean(text):\n    from OWN_words import WORDS\n    return text",
        "from OWN_between import anything\ndef clean(text): return text",
    ],
)
def test_it_is_bound_to_what_it_imports_from_the_project(project: Project, importing: str):
    project.write(importing)
    project.write("import OWN_words\nanything = 1\n", f"{project.name}_between")
    project.write("WORDS = 1\n", f"{project.name}_words")
    before = str(project.rules())
    project.write("WORDS = 2\n", f"{project.name}_words")
    assert str(project.rules()) != before


def test_relative_imports_are_followed(project: Project):
    project.write("from . import words\nfrom .more import X\ndef clean(text): return text", f"{project.name}/__init__")
    project.write("", f"{project.name}/words")
    project.write("X = 1", f"{project.name}/more")
    seen = [str(project.rules())]
    for name in ("words", "more"):
        project.write("X = 3", f"{project.name}/{name}")
        seen.append(str(project.rules()))
    assert len(set(seen)) == 3


def test_a_version_says_it_all(project: Project):
    project.write("import re\ndef clean(text): return text\nclean.version = 3\n")
    before = str(project.rules())
    assert before == f"{project.name}:clean v3"
    project.write("import re\ndef clean(text): return text.lower()\nclean.version = 3\n")
    assert str(project.rules()) == before


def test_one_that_uses_the_packages_rules_is_bound_to_them(project: Project):
    project.write(
        "from asr_regress.text.rules import get_rules\ndef clean(text):\n    return get_rules('korean')(text) + '!'\n"
    )
    rules = project.rules()
    assert rules("어/ 네") == "어 네!"
    assert "asr_regress's rules" in str(rules)


@pytest.mark.parametrize(
    ("source", "function", "said"),
    [
        (None, "clean", "there is no module 'OWN'.*such as text_rules:clean"),
        ("def clear(text): return text", "clean", "OWN.py: unknown function 'clean'; did you mean 'clear'"),
        ("clean = 5", "clean", "clean is no function but int"),
        ("import surely_not_there_1", "clean", "cannot be imported: ModuleNotFoundError.*surely_not_there_1"),
        ("1 / 0", "clean", r"cannot be imported: ZeroDivisionError: division by zero \(OWN.py:1\)"),
        ("def clean(text:", "clean", "cannot be imported: SyntaxError"),
        ("raise SystemExit(3)", "clean", "cannot be imported: SystemExit"),
        (
            "def clean(text): return text\nclean.version = [1]",
            "clean",
            "its version has to be a number or a short text",
        ),
        ("def clean(text): return text\nclean.version = True", "clean", "its version has to be"),
    ],
)
def test_what_cannot_be_used_is_said(project: Project, source: str | None, function: str, said: str):
    if source is not None:
        project.write(source)
    with pytest.raises(ConfigurationError, match=said.replace("OWN", project.name)):
        project.rules(function)


@pytest.mark.parametrize("name", [":", "a:", ":b", "a b:c", "a:b:c", "../x:y", "a:b.c", "a:b()", "a\x1b:b"])
def test_a_name_of_another_form(name: str, tmp_path: Path):
    with pytest.raises(ConfigurationError, match="is not of the form module:function"):
        get_rules(name, tmp_path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def clean(text):\n    return text[3]\n", r"failed: IndexError: string index out of range \(OWN.py:2\)"),
        ("def clean(text):\n    return text.encode()\n", "gave bytes and not text"),
        ("def clean(text):\n    pass\n", "gave NoneType and not text"),
        ("def clean():\n    pass\n", "failed: TypeError"),
        ("import random\ndef clean(text):\n    return str(random.random())\n", "gave two different texts for one"),
        ("def clean(text):\n    raise ValueError('\\x1b[31m')\n", r"ValueError: \\x1b\[31m"),
    ],
)
def test_one_that_fails_names_the_utterance(project: Project, source: str, said: str):
    project.write(source)
    with pytest.raises(TextRuleError, match=f"{said.replace('OWN', project.name)}.*, on utterance D01/b") as failed:
        try_out(project.rules(), [("D01/b\x1b", "x")])
    assert failed.value.text == "x"
    assert "\x1b" not in str(failed.value)


def test_each_text_is_normalized_once(project: Project):
    project.write("calls = []\ndef clean(text):\n    calls.append(text)\n    return text\n")
    rules = project.rules()
    for _ in range(5):
        rules("x")
    assert sys.modules[project.name].calls == ["x", "x"]  # twice, to see whether it gives the same


def test_a_source_that_cannot_be_read_asks_for_a_version(project: Project):
    with pytest.raises(
        ConfigurationError, match=r"its source cannot be read.*give the function a version, as in `len.ver"
    ):
        str(get_rules("builtins:len", project.root))
