"""thresholds.yaml as a value: what a run is measured on and with, and the limits per category and total."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from asr_regress.errors import ConfigurationError
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.verdict import Limit
from asr_regress.gate.yaml_checks import YamlChecker, describe, is_nothing
from asr_regress.gate.yaml_source import YamlMapping, YamlNode, quoted, read_yaml, shown
from asr_regress.naming import unknown_name

VERSION = 1
TASKS = ("transcribe", "translate")

MetricLimits = Mapping[str, Limit]
"""Limits by metric name."""

_PATHS = ("data", "baseline")
_TEXTS = ("language", "task", "normalize", "dtype")
_COUNTS = {"max_failed": 0, "max_broken_entries": 0, "max_unmatched": 0, "num_beams": 1, "batch_size": 1, "seed": 0}
_LIMITS = ("defaults", "total")
_KEYS = ("version", *_PATHS, *_TEXTS, *_COUNTS, "defaults", "categories", "total")
_LIMIT_KEYS = tuple(entry.name for entry in fields(Limit))
_NONE: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    """For fields: Python 3.11 takes a mapping proxy for a mutable default."""
    return _NONE


@dataclass(frozen=True)
class Thresholds:
    """Everything that thresholds.yaml may say; ``Thresholds()`` is a gate without a file and without limits.

    Attributes:
        path: The file; None where there is none.
        data, baseline: Resolved against the file's folder; None where the file does not say.
        max_failed: Utterances of a model that may fail before the cases they touch are not measured.
        max_broken_entries: Broken or duplicate entries that a manifest may have.
        max_unmatched: Recordings without a transcript and transcripts without a recording; None for any number.
        defaults: Limits for every category and the total, by metric.
        categories: Limits that override the defaults, by category and metric.
        total: Limits that override the defaults for the total, by metric.
        lines: Where each key stands, such as "data" or "categories.D01"; counted from 1.
    """

    path: Path | None = None
    data: Path | None = None
    baseline: Path | None = None
    language: str | None = None
    task: str | None = None
    normalize: str | None = None
    dtype: str | None = None
    max_failed: int = 0
    max_broken_entries: int = 0
    max_unmatched: int | None = None
    num_beams: int | None = None
    batch_size: int | None = None
    seed: int | None = None
    defaults: MetricLimits = field(default_factory=_nothing)
    categories: Mapping[str, MetricLimits] = field(default_factory=_nothing)
    total: MetricLimits = field(default_factory=_nothing)
    lines: Mapping[str, int] = field(default_factory=_nothing)

    def limit(self, category: str, metric: str) -> Limit | None:
        """What a category (or TOTAL) is held against: its own entry over the defaults, key by key."""
        own = self.total if category == TOTAL else self.categories.get(category, _NONE)
        found = [limits[metric] for limits in (self.defaults, own) if metric in limits]
        if not found:
            return None
        merged: dict[str, float] = {}
        for limit in found:
            merged |= {key: value for key in _LIMIT_KEYS if (value := getattr(limit, key)) is not None}
        return Limit(**merged)

    def where(self, key: str) -> str:
        """A key's place for a message, such as ``thresholds.yaml:3``."""
        if self.path is None:
            return "thresholds"
        return f"{shown(self.path)}:{self.lines[key]}" if key in self.lines else shown(self.path)


def read_thresholds(
    path: Path, metrics: Sequence[str], choices: Mapping[str, Sequence[str]] | None = None
) -> Thresholds:
    """Read and check a thresholds file.

    Args:
        path: The YAML file.
        metrics: Names of the metrics that limits may be set on.
        choices: Names that a text key may have ("normalize", "dtype"), by key; others may have any.

    Raises:
        ConfigurationError: Anything is wrong; one line a problem, each with file and line, what was found there
            and how to mend it.
    """
    root = read_yaml(path)
    checker = YamlChecker(path)
    if not isinstance(root, YamlMapping):
        checker.note(root.line, f"expected keys such as 'version: {VERSION}', found {describe(root)}")
        checker.finish()
    reader = _Reader(checker, tuple(metrics), {"task": TASKS, **(choices or {})})
    reader.read(root)
    checker.finish()
    return Thresholds(path=path, lines=MappingProxyType(reader.lines), **reader.values)


def check_against(thresholds: Thresholds, data_categories: Collection[str]) -> None:
    """Refuse limits for categories that the data do not have: such a gate would be green without having looked.

    Args:
        thresholds: As read.
        data_categories: Categories that have utterances in the data, selected or not.

    Raises:
        ConfigurationError: A category has no utterances; with its line and the nearest name.
    """
    problems = [
        f"{thresholds.where(f'categories.{category}')}: {unknown_name('category', category, sorted(data_categories))}: "
        "no utterance of the data belongs to it"
        for category in thresholds.categories
        if category not in data_categories
    ]
    if problems:
        raise ConfigurationError("\n".join(problems))


class _Reader:
    """Walks the nodes of one file; the values found are keyword arguments of Thresholds."""

    def __init__(self, checker: YamlChecker, metrics: tuple[str, ...], choices: Mapping[str, Sequence[str]]) -> None:
        self.values: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        self._checker = checker
        self._metrics = metrics
        self._choices = choices

    def read(self, root: YamlNode) -> None:
        nodes: dict[str, YamlNode] = {}
        for name, key, value in self._checker.entries(root, "thresholds", _KEYS):
            self.lines[name] = key.line
            nodes[name] = value
        self._version(root, nodes.pop("version", None))
        for name, node in nodes.items():
            value = self._value(name, node)
            if value is not None:
                self.values[name] = value

    def _version(self, root: YamlNode, node: YamlNode | None) -> None:
        if node is None:
            self._checker.note(root.line, f"the key version is missing: begin the file with 'version: {VERSION}'")
            return
        version = self._checker.count(node, "version")
        if version is not None and version != VERSION:
            self._checker.note(node.line, f"version: this asr-regress reads version {VERSION}, found {version}")

    def _value(self, name: str, node: YamlNode) -> Any:
        if name in _PATHS:
            text = self._checker.text(node, name)
            return None if text is None else self._checker.path.parent / text
        if name in _TEXTS:
            return self._checker.text(node, name, self._choices.get(name))
        if name in _LIMITS:
            return self._limits(name, node)
        if name == "categories":
            return self._categories(node)
        if name == "max_unmatched" and is_nothing(node):
            return None
        return self._checker.count(node, name, _COUNTS[name])

    def _categories(self, node: YamlNode) -> Mapping[str, MetricLimits]:
        categories: dict[str, MetricLimits] = {}
        for name, key, value in self._checker.entries(node, "categories"):
            if name == TOTAL:
                self._checker.note(key.line, f"categories: {TOTAL} means all of them: use the key 'total' instead")
                continue
            self.lines[f"categories.{name}"] = key.line
            categories[name] = self._limits(f"categories.{quoted(name)[1:-1]}", value)
        return MappingProxyType(categories)

    def _limits(self, what: str, node: YamlNode) -> MetricLimits:
        found = self._checker.entries(node, what, self._metrics)
        limits = {name: self._limit(f"{what}.{name}", value) for name, _, value in found}
        return MappingProxyType({name: limit for name, limit in limits.items() if limit is not None})

    def _limit(self, what: str, node: YamlNode) -> Limit | None:
        if not isinstance(node, YamlMapping) or not node.entries:
            given = describe(node).removeprefix("the number ") if describe(node).startswith("the number") else "5.0"
            found = "an empty mapping" if isinstance(node, YamlMapping) else describe(node)
            self._checker.note(node.line, f"{what}: found {found}: write {{max: {given}}} (percent)")
            return None
        values: dict[str, float] = {}
        for name, _, value in self._checker.entries(node, what, _LIMIT_KEYS):
            number = self._checker.number(value, f"{what}.{name}")
            if number is not None:
                values[name] = number
        return Limit(**values)
