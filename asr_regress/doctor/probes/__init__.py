"""What runs in a process of its own. Adding a probe is one function and one line in `_PROBES`.

A probe takes what it is told and gives values that JSON can carry; whatever it raises is reported, with the
packages it came through. The probe "import NAME" imports a module.
"""

import contextlib
import faulthandler
import importlib
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TextIO

Given = Mapping[str, Any]
Probe = Callable[[Given], Mapping[str, Any]]

_HERE = "asr_regress.doctor.probes"
_PROBES = {
    "pytest": "asr_regress.pytest_support.probe:look",
    "worker": f"{_HERE}.workers:start_one",
    "audio": f"{_HERE}.audio:formats",
    "thresholds": f"{_HERE}.project:thresholds",
    "data": f"{_HERE}.project:data",
    "baseline": f"{_HERE}.project:baseline",
    "store": f"{_HERE}.store:health",
    "weights": f"{_HERE}.models:weights",
    "torch": f"{_HERE}.libraries:torch",
    "transformers": f"{_HERE}.libraries:transformers",
    "torchaudio": f"{_HERE}.libraries:torchaudio",
    "decoding": f"{_HERE}.models:decoding",
    "arithmetic": f"{_HERE}.models:arithmetic",
    "load": f"{_HERE}.models:load",
}
_MOST_CAUSES = 8
_MOST_WORDS = 2_000


def run(task: Mapping[str, Any]) -> None:
    """Run probes in order; a line of JSON on what was standard output as each ends.

    Args:
        task: "probes", by name, and "given", which they are told. Under "answers" there, they find what came before.
    """
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what libraries print must not pass for an answer
    faulthandler.enable()
    _leave_no_core()
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    given = {**task["given"], "answers": dict(task["given"].get("answers", {}))}
    for name in task["probes"]:
        try:
            values = find(name)(given)
            given["answers"][name] = values
            _write(out, {"probe": name, "values": values})
        except BaseException as error:  # a module may raise SystemExit, too
            _write(out, {"probe": name, "trouble": described(error)})


def described(error: BaseException) -> dict[str, Any]:
    """An exception as JSON: what, why, and through whose code. Without a trace of lines."""
    from asr_regress.errors import AsrRegressError

    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain and len(chain) < _MOST_CAUSES:
        chain.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    ours = isinstance(error, AsrRegressError)
    through = dict.fromkeys(name for each in chain for name in _packages(each.__traceback__))
    return {
        "what": _words(error, bare=ours),
        "kind": type(error).__name__,
        "causes": [] if ours else [_words(each) for each in chain[1:]],
        "through": [name for name in through if name != "asr_regress"],
    }


def find(name: str) -> Probe:
    """The probe of a name."""
    if name.startswith("import "):
        return lambda given: _import(name.removeprefix("import "))
    module, _, function = _PROBES[name].partition(":")
    found: Probe = getattr(importlib.import_module(module), function)
    return found


def _import(name: str) -> Mapping[str, Any]:
    return {"version": str(getattr(importlib.import_module(name), "__version__", ""))}


def _words(error: BaseException, *, bare: bool = False) -> str:
    try:
        text = str(error).strip()[:_MOST_WORDS]
    except Exception:  # an exception of another's making
        text = ""
    return text if bare and text else f"{type(error).__name__}: {text}" if text else type(error).__name__


def _packages(trace: TracebackType | None) -> list[str]:
    names = []
    while trace is not None:
        names.append(str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0])
        trace = trace.tb_next
    return names


def _write(out: TextIO, line: Mapping[str, Any]) -> None:
    print(json.dumps(line, default=str), file=out, flush=True)


def _follow(parent: int) -> None:
    """End with the doctor, however that ends: nobody else would end a probe that hangs."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _leave_no_core() -> None:
    """A crash here is expected: it must not fill the disk."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
