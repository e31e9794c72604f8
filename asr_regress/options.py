"""The command line as data: every option with its parser, its ini key and its help. Knows nothing of pytest."""

import argparse
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from asr_regress.basics.typed_paths import typed_path
from asr_regress.transcription.settings import DTYPES

ANSWERS = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}

STORE = ".asr_regress"
"""Folder of the store, below rootdir."""


def positive(text: str) -> int:
    """A whole number of 1 or more."""
    return _at_least(text, 1)


def natural(text: str) -> int:
    """A whole number of 0 or more."""
    return _at_least(text, 0)


def _at_least(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if number < least:
        raise argparse.ArgumentTypeError(f"{text} is less than {least}")
    return number


def seconds(text: str) -> float:
    """A number of seconds of 0 or more."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds from 0 on")
    return number


def one_of(*names: str) -> Callable[[str], str]:
    """One of some names."""

    def parse(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(names)}")
        return text

    return parse


def device(text: str) -> str:
    """A kind of device, with the numbers of GPUs where it is cuda."""
    kind, colon, numbers = text.partition(":")
    listed = all(part.isdecimal() for part in numbers.split(","))
    if kind not in ("auto", "cpu", "cuda", "shard") or (colon and (kind != "cuda" or not listed)):
        raise argparse.ArgumentTypeError(f"{text!r} is none of auto, cpu, cuda, cuda:0,1 or shard")
    return text


def ray_address(text: str) -> str:
    """Where a Ray cluster is joined: auto, or host and port of its head."""
    host, _, port = text.rpartition(":")
    number = int(port) if port.isdecimal() and port.isascii() and len(port) < 6 else 0
    if text != "auto" and (not re.fullmatch(r"[\w.-]+|\[[\da-fA-F:.]+\]", host) or not 0 < number < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is neither auto nor HOST:PORT of a cluster's head, as in head:6379")
    return text


def some_text(text: str) -> str:
    """Any text but none."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


@dataclass(frozen=True, slots=True)
class Option:
    """One option of the command line.

    Attributes:
        flag: As typed.
        help: What it does, in a line.
        metavar: What stands for its value in the help; None for a switch.
        parse: Turns the text into a value, or raises argparse.ArgumentTypeError naming the accepted forms.
        repeatable: May be given several times; its value is then a list.
        switch: Takes no value.
        path: A relative value resolves against the folder pytest was started in (in an ini file: against it).
    """

    flag: str
    help: str
    parse: Callable[[str], Any] = some_text
    metavar: str | None = None
    repeatable: bool = False
    switch: bool = False
    path: bool = False

    @property
    def name(self) -> str:
        """Name of the value, and, where it begins with asr_, of the ini key."""
        return self.flag.lstrip("-").replace("-", "_")


OPTIONS = (
    Option(
        "--model",
        "what to judge: a checkpoint (a folder or a hub id), a file of hypotheses, or a server's model "
        "(http://host:port/v1#name); may be repeated",
        metavar="[NAME=]PATH",
        repeatable=True,
    ),
    Option("--asr-data", "a data folder or a manifest file", metavar="PATH", path=True),
    Option("--asr-thresholds", "limits (default: thresholds.yaml in rootdir)", metavar="FILE", path=True),
    Option("--asr-baseline", "compare with this baseline, or with a model of this run", metavar="FILE|NAME", path=True),
    Option("--asr-save-baseline", "write this run as a baseline", metavar="FILE", path=True),
    Option("--asr-force", "save a baseline even of a partial, failed or incomplete run", switch=True),
    Option("--asr-category", "only this category; may be repeated", metavar="NAME", repeatable=True),
    Option("--asr-limit", "at most N utterances a category, always the same ones", positive, "N"),
    Option("--asr-seed", "what selections and samples are drawn with (default 42)", natural, "N"),
    Option("--asr-max-duration", "a longer recording fails (default 14400: 4 hours)", positive, "SECONDS"),
    Option("--asr-language", "language spoken, such as ko", metavar="CODE"),
    Option("--asr-task", "transcribe or translate", one_of("transcribe", "translate"), "TASK"),
    Option("--asr-num-beams", "beams (default 1: greedy)", positive, "N"),
    Option("--asr-batch-size", "utterances a batch (default by device)", positive, "N"),
    Option("--asr-dtype", "precision (default auto)", one_of(*DTYPES), "TYPE"),
    Option("--asr-device", "auto, cpu, cuda, cuda:0,1 or shard (one model over all GPUs)", device, "DEVICE"),
    Option(
        "--asr-workers", "processes (default: one a GPU, or one); for a server, requests in flight (8)", positive, "N"
    ),
    Option(
        "--asr-batch-timeout",
        "seconds after which a worker that has not come back from a batch counts as hung and is replaced; a recording "
        "of several 30 s windows may take so long for each. 0: no limit, nor one on loading the model (default: by "
        "model, device and batch size, 5 minutes at least)",
        seconds,
        "SECONDS",
    ),
    Option("--asr-engine", "what runs the workers: local (default) or ray", metavar="NAME"),
    Option(
        "--asr-ray-address",
        "the Ray cluster to join: auto (the one of this machine) or HOST:PORT (default: one of its own for the run)",
        ray_address,
        "ADDRESS",
    ),
    Option(
        "--asr-backend", "what reads the model (default: found by looking; see `asr-regress backends`)", metavar="NAME"
    ),
    Option("--asr-allow-pickle", "load pickled weights, which can run any code", switch=True),
    Option("--asr-no-cache", "neither use nor keep transcripts", switch=True),
    Option("--asr-cache-dir", "where the store lies (default .asr_regress in rootdir)", metavar="DIR", path=True),
    Option("--asr-keep-runs", "finished runs kept in the store for `asr-regress history` (default 100)", natural, "N"),
    Option(
        "--asr-report", "write report.html, report.json, report.md and utterances.parquet", metavar="DIR", path=True
    ),
    Option(
        "--asr-export",
        "hand the finished report to mlflow, wandb, an entry point of asr_regress.exporters, or MODULE:FUNCTION; "
        "may be repeated",
        metavar="NAME",
        repeatable=True,
    ),
    Option("--asr-samples", "sample predictions to print (default 10)", natural, "N"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line and in ini files; None where nothing was.

    `OPTIONS` says what each means.
    """

    model: tuple[str, ...] = ()
    asr_data: Path | None = None
    asr_thresholds: Path | None = None
    asr_baseline: Path | None = None
    asr_save_baseline: Path | None = None
    asr_force: bool = False
    asr_category: tuple[str, ...] = ()
    asr_limit: int | None = None
    asr_seed: int | None = None
    asr_max_duration: int | None = None
    asr_language: str | None = None
    asr_task: str | None = None
    asr_num_beams: int | None = None
    asr_batch_size: int | None = None
    asr_dtype: str | None = None
    asr_device: str | None = None
    asr_workers: int | None = None
    asr_batch_timeout: float | None = None
    asr_engine: str | None = None
    asr_ray_address: str | None = None
    asr_backend: str | None = None
    asr_allow_pickle: bool = False
    asr_no_cache: bool = False
    asr_cache_dir: Path | None = None
    asr_keep_runs: int | None = None
    asr_report: Path | None = None
    asr_export: tuple[str, ...] = ()
    asr_samples: int | None = None


def read_options(
    given: Mapping[str, Any], ini: Mapping[str, str | list[str]], start: Path, ini_folder: Path
) -> Options:
    """Command line over ini.

    Args:
        given: Parsed command-line values by name; None, False or [] where absent.
        ini: Text by key; "" or [] where absent.
        start: Folder that relative paths of the command line resolve against.
        ini_folder: The same for ini files.

    Raises:
        argparse.ArgumentTypeError: An ini value cannot be read; the message names the key.
    """
    values: dict[str, Any] = {}
    for option in OPTIONS:
        value: Any = given.get(option.name)
        folder = start
        if _absent(value) and ini.get(option.name):
            value, folder = _from_ini(option, ini[option.name]), ini_folder
        if _absent(value):
            continue
        if option.path:
            values[option.name] = folder / typed_path(value)
        else:
            values[option.name] = tuple(value) if option.repeatable else value
    return Options(**values)


def _absent(value: Any) -> bool:
    return value is None or value is False or value == []  # 0 is a value


def _from_ini(option: Option, text: str | list[str]) -> Any:
    try:
        if option.repeatable:
            return [option.parse(part) for part in text]
        if option.switch:
            if str(text).lower() not in ANSWERS:
                raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")
            return ANSWERS[str(text).lower()]
        return option.parse(str(text))
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"ini key {option.name}: {error}") from None


assert {field.name for field in fields(Options)} == {option.name for option in OPTIONS}
