"""A Python that has imported what a gate imports, and forks into a pytest for whoever asks.

A script, whose argument is the number of its end of a socket. warm_pytest.py is who asks.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import struct
import sys
import time

import numpy

# Nothing that reads the environment as it is imported, as huggingface_hub does, and none of pytest's plugins that are
# not part of it: pytest wants to see to the import of those itself.
_LIBRARIES = ("execnet", "jinja2", "numpy.random", "pdb", "pyarrow.parquet", "rapidfuzz.distance", "sqlite3", "yaml")
_LEFT_OUT = ("__main__", "exporters", "html.assets", "ray_", "recognizers")
_LARGEST = 1 << 18


def serve(asked: socket.socket) -> None:
    """Fork for each message until nobody can ask any more. Whoever asked gets a process id, and later how it ended.

    Returns in the process that served; what was forked leaves with pytest's SystemExit.
    """
    path = sys.path[1 + len(_python_path()) :]  # after the folder of this script
    _import_ahead()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the tests, and for what they run
    while True:
        message, files, *_ = socket.recv_fds(asked, _LARGEST, 4)
        if not message:
            return _wait_for_all()
        if not os.fork():
            asked.close()
            _become(json.loads(message), files, path)
        for number in files:
            os.close(number)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _wait_for_all() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _import_ahead() -> None:
    from _pytest.assertion import install_importhook
    from _pytest.config import get_config

    # Pytest rewrites the assertions of plugins as they are imported, and warns of plugins that were imported before.
    hook = install_importhook(get_config())
    hook.mark_rewrite("asr_regress")
    import asr_regress

    for module in pkgutil.walk_packages(asr_regress.__path__, "asr_regress."):
        if not any(each in module.name for each in _LEFT_OUT):
            importlib.import_module(module.name)
    sys.meta_path.remove(hook)
    for name in _LIBRARIES:
        importlib.import_module(name)
    # What is there by now is never garbage; looked at, it would have to be copied.
    gc.collect()
    gc.freeze()


def _python_path() -> list[str]:
    return [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]


def _become(wanted: dict[str, object], files: list[int], path: list[str]) -> None:
    """What `python -m pytest` would be, in a child: this process tells whoever asked how that ends."""
    answer = socket.socket(fileno=files.pop(0))
    child = os.fork()
    if child:
        answer.sendall(struct.pack("q", child))
        _, status = os.waitpid(child, 0)
        with contextlib.suppress(BrokenPipeError):
            answer.sendall(struct.pack("q", os.waitstatus_to_exitcode(status)))
        os._exit(0)
    answer.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    # As `python -m` has it: the folder that it is started in, then PYTHONPATH.
    sys.path[:] = [wanted["folder"], *_python_path(), *path]
    sys.argv[1:] = wanted["arguments"]
    numpy.random.seed()
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
