"""A project in which the commands of the documentation can be run: what they name is there, tiny models among it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from doc_commands import simple_commands
from doc_pages import ROOT
from serving import serving

CHECKPOINT = "path/to/checkpoint"
DATA = "data/validation"
BASELINE = "baselines/released.json"
THRESHOLDS = """\
version: 1
data: {data}
language: en
baseline: {baseline}
defaults:
  cer: {{max: 10.0, max_regression: 0.3}}
"""
_CATEGORIES = {"D01": 3, "D02": 2}
_SERVED = re.compile(r"https?://[\w.]+:\d+(?=/v1)")
_SECONDS = 240
_GATES = ("pytest", "calibrate", "doctor")
# What must not reach the commands from the machine that runs these tests.
_FOREIGN = ("GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "PYTEST_XDIST_WORKER", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")
_LEAN = "-p no:hypothesispytest -p no:pytest_cov -p no:anyio"
_STATE = ".state"


@dataclass
class Stage:
    """A folder that commands are run in, one after another as in one shell.

    Attributes:
        folder: Where the first command is run.
        open: What is to be closed at the end.
    """

    folder: Path
    open: ExitStack = field(default_factory=ExitStack)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return kept | {
            "PATH": programs,
            "EDITOR": "true",
            "COLUMNS": "100",
            "HF_HUB_OFFLINE": "1",
            "PYTEST_ADDOPTS": _LEAN,
        }

    def prepare(self, texts: Iterable[str]) -> None:
        """Make what commands name and none of them makes."""
        for text in texts:
            for words in simple_commands(text):
                self._stand_in(words)

    def run(self, text: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as it stands in a page, but for the address of a server, which becomes a real one's."""
        if _SERVED.search(text):
            text = _SERVED.sub(self._server(text), text)
        state = self.folder / _STATE
        script = f'. "{state}"\n{text}\ncode=$?\n{{ export -p; printf "cd %q\\n" "$PWD"; }} > "{state}"\nexit $code\n'
        state.touch()
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def _server(self, text: str) -> str:
        names = re.findall(r"/v1#([\w.-]+)", text)
        return self.open.enter_context(serving(models=tuple(names) or ("tiny",))).root

    def _stand_in(self, words: list[str]) -> None:
        """Make what a command names."""
        gate = any(Path(word).name in _GATES for word in words[:3])
        for word in words:
            flag, _, value = word.partition("=")
            if flag == "--model" and gate:
                self._model(re.sub(r"^[\w.-]+=", "", value).split("#")[0])
            elif flag in ("--asr-data", "--data", "--train"):
                self._copy(value, self.folder / DATA)
            elif flag in ("--asr-thresholds", "--thresholds"):
                self._write(value, THRESHOLDS.format(data=self.folder / DATA, baseline=self.folder / BASELINE))
            elif flag == "--asr-baseline" and value.endswith(".json"):
                self._copy(value, self.folder / BASELINE)

    def _model(self, path: str) -> None:
        if re.match(r"\w+:", path):
            return
        if "*" in path:
            for step in ("500", "1000"):
                self._model(path.replace("*", step))
        elif path.endswith((".json", ".jsonl")):
            rows = [{"id": id, "hypothesis": text} for id, text in self._said()]
            self._write(path, "".join(json.dumps(row) + "\n" for row in rows))
        elif path.endswith((".tsv", ".csv")):
            mark = "\t" if path.endswith(".tsv") else ","
            self._write(path, "\n".join([mark.join(("id", "hypothesis")), *map(mark.join, self._said())]) + "\n")
        else:
            self._copy(path, self.folder / CHECKPOINT)

    def _said(self) -> Iterator[tuple[str, str]]:
        for line in (self.folder / DATA / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield row["id"], row["text"]

    def _copy(self, path: str, source: Path) -> None:
        target = self.folder / path
        if "://" in path or target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=os.link)
        else:
            shutil.copy(source, target)

    def _write(self, path: str, text: str) -> None:
        target = self.folder / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")


def build(folder: Path, checkpoint: Path, write_data: Callable[..., Path]) -> None:
    """Make the project: a model that is right in all it says, its baseline, its report, and two runs that were kept."""
    stage = Stage(folder)
    shutil.copytree(checkpoint, folder / CHECKPOINT)
    for name in ("examples", "benchmarks"):
        (folder / name).symlink_to(ROOT / name)
    data = write_data(folder / DATA, {name: ["text"] * count for name, count in _CATEGORIES.items()})
    gate = f"pytest --model=whisper-base={CHECKPOINT} --asr-report=report"
    first = stage.run(f"asr-regress init && {gate} --asr-data={DATA} --asr-language=en")
    assert first.returncode == 1, first.stdout + first.stderr
    texts = _hypotheses(folder / "report" / "utterances.parquet")
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    rows = [{**row, "text": texts[row["id"]], "speaker": f"s{number}"} for number, row in enumerate(rows)]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "thresholds.yaml").write_text(THRESHOLDS.format(data=DATA, baseline=BASELINE), encoding="utf-8")
    shutil.rmtree(folder / ".asr_regress" / "runs")
    for options in (f" --asr-save-baseline={BASELINE}", ""):
        done = stage.run(gate + options)
        assert done.returncode == 0, done.stdout + done.stderr
    (folder / _STATE).unlink()


def _hypotheses(path: Path) -> dict[str, str]:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path, columns=["id", "hypothesis"]).to_pydict()
    return dict(zip(table["id"], table["hypothesis"], strict=True))
