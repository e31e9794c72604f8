"""Every key of thresholds.yaml as data: what may stand behind it, and what holds where it is left out.

docs/thresholds.md is the same for people; a test holds one to the other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from asr_regress.gate.policy import LEAST_CONFIDENCE, MOST_CONFIDENCE, MaxRule, OnInconclusive, Rule, Runaways
from asr_regress.gate.yaml_checks import YamlChecker, describe, is_nothing
from asr_regress.gate.yaml_source import YamlNode
from asr_regress.scoring.inserted_words import INSERTED_WORDS

VERSION = 1

NON_SPEECH = "non_speech"
"""What declares a category to hold no speech."""


class Kind(StrEnum):
    """What may stand behind a key."""

    PATH = "a path, relative to the file"
    TEXT = "text"
    WORD = "one of a few words"
    FLAG = "true or false"
    COUNT = "a whole number"
    DECIMAL = "a decimal"
    LIMITS = "limits by metric"
    PART = "a part of its own"


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        name: As it is written.
        kind: What may stand behind it.
        does: What it is for, in a sentence.
        default: What one could write without changing anything; None where nothing does what leaving it out does.
        least: Of a number.
        most: Of a number; None where there is no end but that of all numbers.
        words: That it may be, where these are few and always the same.
        field: What it is called where it is read into; the name where that is empty.
        may_be_nothing: Whether it may stand there without a value, which is as if it did not.
    """

    name: str
    kind: Kind
    does: str
    default: str | None = None
    least: float = 0
    most: float | None = None
    words: tuple[str, ...] = ()
    field: str = ""
    may_be_nothing: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "field", self.field or self.name)

    def read(self, checker: YamlChecker, node: YamlNode, what: str, words: Collection[str] | None = None) -> Any:
        """The value that stands there; None where it is none, which is noted.

        Args:
            checker: Of the file.
            node: What stands behind the key.
            what: The key with all that it stands in, for messages.
            words: That it may be, where only the caller knows.
        """
        if self.may_be_nothing and is_nothing(node):
            return None
        if self.kind is Kind.FLAG:
            return checker.flag(node, what)
        if self.kind is Kind.COUNT:
            return checker.count(node, what, int(self.least))
        if self.kind is Kind.DECIMAL:
            return self._decimal(checker, node, what)
        if self.kind is Kind.WORD:
            by_name = {str(word): word for word in self.words}  # members of an enumeration stay such
            return by_name.get(checker.text(node, what, tuple(by_name)) or "")
        return checker.text(node, what, words)

    def _decimal(self, checker: YamlChecker, node: YamlNode, what: str) -> float | None:
        value = checker.number(node, what)
        if value is None or self.most is None or self.least <= value <= self.most:
            return value
        hint = f": write {value / 100:g}" if self.least <= value / 100 <= self.most else ""
        checker.note(node.line, f"{what}: must be from {self.least} to {self.most}, found {describe(node)}{hint}")
        return None


def _by_name(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


POLICY_KEYS = _by_name(
    Key("policy", Kind.WORD, "What makes a worsening against the baseline count.",
        "significant", words=tuple(Rule), field="rule"),
    Key("max_policy", Kind.WORD, "What is held against `max`: the rate, or the upper end of its interval, too.",
        "point", words=tuple(MaxRule), field="max_rule"),
    Key("on_inconclusive", Kind.WORD, "What becomes of a case that the data cannot decide.",
        "warn", words=tuple(OnInconclusive)),
    Key("confidence", Kind.DECIMAL, "How sure intervals and tests are to be.",
        "0.95", least=LEAST_CONFIDENCE, most=MOST_CONFIDENCE),
)  # fmt: skip
"""What may stand beside the metrics of a category and of the total, and at the top for the whole run."""

CATEGORY_KEYS = _by_name(
    Key(NON_SPEECH, Kind.FLAG, "Nobody speaks in this category: it is judged by the words that are made up.", "false"),
    Key(INSERTED_WORDS, Kind.LIMITS, "Limits on the words a minute that are recognized where nobody speaks."),
)
"""What may stand in a category beside metrics and policy."""

LIMIT_KEYS = _by_name(
    Key("max", Kind.DECIMAL, "The highest rate, in percent."),
    Key("max_regression", Kind.DECIMAL, "How far above the baseline's the rate may be, in percentage points."),
    Key("max_relative_regression", Kind.DECIMAL, "How far above it may be, in percent of the baseline's rate."),
)
"""What a limit on a metric is made of."""

RUN_KEYS = _by_name(
    Key("version", Kind.COUNT, "The version of this format.", least=VERSION, most=VERSION),
    Key("data", Kind.PATH, "What is measured on: a data folder, a manifest or the URL of one."),
    Key("baseline", Kind.PATH, "What the rates are compared with: a file that `--asr-save-baseline` wrote."),
    Key("confine", Kind.FLAG, "Whether everything that the data name has to lie in the data folder.", "false"),
    Key("language", Kind.TEXT, "What is spoken, as a code such as `ko`."),
    Key("task", Kind.WORD, "What the model is asked for.", "transcribe", words=("transcribe", "translate")),
    Key("normalize", Kind.TEXT, "The text rules that references and hypotheses go through before anything is counted.",
        "basic"),
    Key("dtype", Kind.TEXT, "The precision to compute in.", "auto"),
    Key("group", Kind.TEXT, "The field of the manifest whose equal values belong together, such as `speaker`."),
    Key("max_failed", Kind.COUNT, "Utterances of a model that may fail before the run counts as not measured.",
        "0"),
    Key("max_broken_entries", Kind.COUNT, "How many broken or duplicate entries the manifest may have.", "0"),
    Key("max_unmatched", Kind.COUNT, "How many recordings without a transcript, and transcripts without a recording, "
        "there may be.", "null", may_be_nothing=True),
    Key("max_duration", Kind.COUNT, "Seconds: a longer recording fails.", "14400", least=1),
    Key("num_beams", Kind.COUNT, "Beams of the search.", "1", least=1),
    Key("batch_size", Kind.COUNT, "Utterances a batch.", least=1),
    Key("seed", Kind.COUNT, "What selections, samples and intervals are drawn with.", "42"),
    Key("runaways", Kind.WORD, "Whether runaway hypotheses count in the rates.", "count", words=tuple(Runaways)),
    *POLICY_KEYS.values(),
    Key("slices", Kind.PART, "Fields of the manifest to look along, with or without limits."),
    Key("defaults", Kind.LIMITS, "Limits for every category and for the total."),
    Key("categories", Kind.PART, "What categories have of their own, by name."),
    Key("total", Kind.PART, "What the total has of its own."),
)  # fmt: skip
"""What may stand at the top."""
