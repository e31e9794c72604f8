"""What checks look at: this folder, what was asked for, and the answers of probes, each asked once."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from asr_regress.doctor.child import Answer, ask
from asr_regress.doctor.given import options_to_json
from asr_regress.doctor.packages import installed
from asr_regress.options import STORE, Options, read_options

_IMPORTED = (
    "numpy", "yaml", "filelock", "tabulate", "wcwidth", "tqdm", "rapidfuzz", "jiwer", "scipy.special",
    "pyarrow.parquet", "soundfile", "soxr", "xdist",
)  # fmt: skip
GROUPS: Sequence[Sequence[str]] = (
    ("pytest",),
    (
        *(f"import {name}" for name in _IMPORTED),
        "audio", "worker", "thresholds", "data", "baseline", "store", "weights",
    ),
    ("torch", "transformers", "torchaudio", "decoding", "arithmetic", "load"),
)  # fmt: skip
"""Probes that share a process where none ends it: what costs (torch) is imported once."""


@dataclass
class Examination:
    """One look at an installation.

    Attributes:
        given: The parsed command line.
        start: Folder that the doctor was called in.
        seconds: How long one process of probes may take.
        groups: Which probes share a process: pytest's, then those that need no torch, then those that do.
        answers: What was answered so far, by probe.
    """

    given: Mapping[str, Any]
    start: Path
    seconds: float
    groups: Sequence[Sequence[str]] = GROUPS
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def imported(self) -> Sequence[str]:
        """Modules that are tried out one by one."""
        return _IMPORTED

    @property
    def root(self) -> Path:
        """The project's folder, as pytest finds it; this one where pytest cannot be asked."""
        return Path(self.answer("pytest").values.get("root", self.start))

    @cached_property
    def options(self) -> Options:
        """What the gate would be asked for here: the command line over the project's ini file."""
        ini, ini_file = self.answer("pytest").values.get("ini", {}), self.answer("pytest").values.get("ini_file")
        folder = Path(ini_file).parent if ini_file else self.root
        try:
            return read_options(self.given, ini, self.start, folder)
        except argparse.ArgumentTypeError:  # the check of pytest says so
            return read_options(self.given, {}, self.start, folder)

    @property
    def store(self) -> Path:
        """Folder of the store."""
        return self.options.asr_cache_dir or self.root / STORE

    def answer(self, probe: str) -> Answer:
        """What a probe says; its group is asked if it was not yet."""
        if probe not in self.answers:
            number = next(number for number, group in enumerate(self.groups) if probe in group)
            self.answers |= ask(self._wanted(number), self._told(number), self.seconds, self.start)
        return self.answers.get(probe, Answer())

    def _wanted(self, number: int) -> list[str]:
        """Without torchaudio where there is none, and without the models where none was named."""
        left_out = set() if installed("torchaudio") else {"torchaudio"}
        if number and not self.options.model:
            left_out |= {"weights", "load"}
        return [probe for probe in self.groups[number] if probe not in {*self.answers, *left_out}]

    def _told(self, number: int) -> Mapping[str, Any]:
        if number == 0:  # pytest says what the options are
            return {}
        told = {
            "options": options_to_json(self.options),
            "start": os.fspath(self.start),
            "root": os.fspath(self.root),
            "store": os.fspath(self.store),
        }
        if number == 1:
            return told
        answers = {name: answer.values for name, answer in self.answers.items() if answer.trouble is None}
        return {**told, "answers": answers, "request": self._request()}

    def _request(self) -> Mapping[str, Any]:
        """How to transcribe, by thresholds.yaml where it can be read."""
        known = self.answer("thresholds").values.get("request")
        return known if known is not None else {"device": self.options.asr_device or "auto"}
