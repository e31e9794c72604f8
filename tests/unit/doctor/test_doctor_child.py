"""Probes run where they may crash, hang, exit or talk without harm."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.doctor.child import ask

SECONDS = 120.0
HERE = Path.cwd()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Writes a module and gives the probe that imports it."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, code: str) -> str:
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
        return f"import {name}"

    return write


def test_one_process_answers_several(module: Callable[[str, str], str]):
    pid = "import os; __version__ = os.getpid()"
    first, second = ask([module("one", pid), module("two", pid)], {}, SECONDS, HERE).values()
    assert first.values["version"] == second.values["version"]
    assert first.trouble is None


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import ctypes; ctypes.string_at(0)", "the process died: SIGSEGV"),
        ("import os; os.abort()", "the process died: SIGABRT"),
        ("import os; os._exit(3)", "the process died: it ended with exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "the process died: SIGKILL"),
    ],
)
def test_a_death_is_told_and_the_rest_asked(module: Callable[[str, str], str], code: str, what: str):
    probes = [module("calm", "__version__ = '1'"), module("deadly", code), module("later", "__version__ = '2'")]
    before, deadly, after = ask(probes, {}, SECONDS, HERE).values()
    assert before.values == {"version": "1"}
    assert deadly.trouble is not None
    assert (deadly.trouble.kind, deadly.trouble.what) == ("died", what)
    assert after.values == {"version": "2"}


def test_whose_code_crashed_is_told(module: Callable[[str, str], str]):
    module("inner", "import ctypes; ctypes.string_at(0)")
    (answer,) = ask([module("outer", "import inner")], {}, SECONDS, HERE).values()
    assert answer.trouble is not None
    assert answer.trouble.through[:2] == ("importlib", "outer")
    assert answer.trouble.brief == "the process died: SIGSEGV in inner"


@pytest.mark.parametrize("deafness", ["", "signal.signal(signal.SIGABRT, signal.SIG_IGN)\n"], ids=["plain", "deaf"])
def test_what_hangs_is_ended_with_all_it_started(module: Callable[[str, str], str], deafness: str):
    # A child that holds the same pipes: whoever waited for their end alone would wait on.
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
    code = f"import signal, subprocess, sys, time\n{deafness}{child}time.sleep(1000)\n"
    (answer,) = ask([module("sleepy", code)], {}, 1, HERE).values()
    assert answer.trouble is not None
    assert (answer.trouble.kind, answer.trouble.what) == ("hung", "no answer within 1 s")


@pytest.mark.parametrize(
    ("code", "what", "kind"),
    [
        ("raise ImportError('no numpy')", "ImportError: no numpy", "ImportError"),
        ("import sys; sys.exit('good bye')", "SystemExit: good bye", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise OSError('\\udcff\\x1b[31m')", "OSError: \udcff\x1b[31m", "OSError"),
        ("class Odd(Exception):\n    __str__ = None\nraise Odd", "Odd", "Odd"),
    ],
)
def test_what_a_module_raises_is_told(module: Callable[[str, str], str], code: str, what: str, kind: str):
    (answer,) = ask([module("odd", code)], {}, SECONDS, HERE).values()
    assert answer.trouble is not None
    assert (answer.trouble.what, answer.trouble.kind) == (what, kind)


def test_what_stands_behind_an_exception_is_told(module: Callable[[str, str], str]):
    module("inner", "try:\n    open('/nowhere')\nexcept OSError as error:\n    raise RuntimeError('inner') from error")
    (answer,) = ask([module("outer", "import inner")], {}, SECONDS, HERE).values()
    assert answer.trouble is not None
    assert answer.trouble.brief == "FileNotFoundError: [Errno 2] No such file or directory: '/nowhere'"
    assert [name for name in answer.trouble.through if name in ("outer", "inner")] == ["outer", "inner"]


def test_what_a_module_prints_is_no_answer(module: Callable[[str, str], str]):
    code = """
        import os, sys
        line = '{"probe": "import chatty", "values": {"version": "forged"}}\\n'
        print(line); sys.__stdout__.write(line); os.write(1, line.encode()); os.write(2, b"\\xff" * 1_000_000)
        __version__ = "true"
    """
    probe = module("chatty", "\n".join(line.strip() for line in code.splitlines()))
    (answer,) = ask([probe], {}, SECONDS, HERE).values()
    assert answer.values == {"version": "true"}


def test_an_unknown_probe_is_trouble_too():
    (answer,) = ask(["no such probe"], {}, SECONDS, HERE).values()
    assert answer.trouble is not None
    assert answer.trouble.kind == "KeyError"
