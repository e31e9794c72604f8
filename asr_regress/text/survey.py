"""What text rules do to many texts: how often each step found something, what changed, what is left over."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from asr_regress.basics.printable import printable
from asr_regress.errors import TextRuleError
from asr_regress.text.leftovers import KINDS, leftovers
from asr_regress.text.plain import plain
from asr_regress.text.text_rules import TextRules

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """How often something was found.

    Attributes:
        name: Of the step, or the kind of leftover.
        utterances: In how many utterances.
        hits: How often in all.
        examples: Of leftovers, as (id, excerpt).
    """

    name: str
    utterances: int
    hits: int
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One text before and after."""

    id: str
    before: str
    after: str


@dataclass(frozen=True)
class Survey:
    """What text rules do to some texts.

    Attributes:
        rules: Name, version and binding.
        utterances: How many there were.
        changed: How many are other than with the white space evened out alone.
        emptied: Ids of those of which nothing is left: they enter no rate.
        lengthened: Ids of those that are longer than they were.
        steps: In the order in which they are taken.
        leftovers: Kinds that were found, the most frequent first.
        texts: Every text, in the order given.
    """

    rules: str
    utterances: int
    changed: int
    emptied: tuple[str, ...]
    lengthened: tuple[str, ...]
    steps: tuple[Found, ...]
    leftovers: tuple[Found, ...]
    texts: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Those that changed."""
        return tuple(each for each in self.texts if is_changed(each))


@dataclass
class _Tally:
    utterances: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, name: str, hits: int, example: tuple[str, str] | None = None) -> None:
        self.utterances[name] += 1
        self.hits[name] += hits
        known = self.examples.setdefault(name, [])
        if example is not None and len(known) < _EXAMPLES:
            known.append(example)

    def found(self, name: str) -> Found:
        return Found(name, self.utterances[name], self.hits[name], tuple(self.examples.get(name, ())))


def is_changed(change: Change) -> bool:
    """Whether more happened to a text than that its white space was evened out."""
    return change.after != change.before and change.after != plain(change.before)


def survey(rules: TextRules, texts: Iterable[tuple[str, str]]) -> Survey:
    """Apply text rules to many texts, and count.

    Args:
        rules: What to apply.
        texts: Id and text.

    Raises:
        TextRuleError: A rule of the user's failed; the message names the utterance.
    """
    steps, kinds, changes = _Tally(), _Tally(), []
    for id, text in texts:
        try:
            changes.append(Change(id, text, _apply(rules, id, text, steps, kinds)))
        except TextRuleError as error:
            raise naming(error, id) from error
    names = [step.name for step in rules.steps] or [str(rules)]
    found = [kinds.found(name) for name, _ in KINDS if kinds.utterances[name]]
    return Survey(
        rules=str(rules),
        utterances=len(changes),
        changed=sum(map(is_changed, changes)),
        emptied=tuple(each.id for each in changes if each.before.strip() and not each.after),
        lengthened=tuple(each.id for each in changes if len(each.after) > len(plain(each.before))),
        steps=tuple(map(steps.found, names)),
        leftovers=tuple(sorted(found, key=lambda one: -one.utterances)),
        texts=tuple(changes),
    )


def try_out(rules: TextRules, texts: Iterable[tuple[str, str]]) -> None:
    """Apply text rules to many texts, only to see whether they can be.

    Raises:
        TextRuleError: A rule of the user's failed; the message names the utterance.
    """
    for id, text in texts:
        try:
            rules(text)
        except TextRuleError as error:
            raise naming(error, id) from error


def naming(error: TextRuleError, id: str) -> TextRuleError:
    """The same error, saying on which utterance."""
    return TextRuleError(f"{error}, on utterance {printable(id)}", error.text)


def _apply(rules: TextRules, id: str, text: str, steps: _Tally, kinds: _Tally) -> str:
    """Take every step; the leftovers are those before the last one, which is the one that drops punctuation."""
    after, bare = text, text
    for step in rules.steps:
        bare = after
        after, hits = step.apply(after)
        if hits:
            steps.add(step.name, hits)
    if not rules.steps:
        after = rules(text)
        if is_changed(Change(id, text, after)):
            steps.add(str(rules), 1)
    by_kind: dict[str, list[str]] = {}
    for kind, excerpt in leftovers(bare):
        by_kind.setdefault(kind, []).append(excerpt)
    for kind, excerpts in by_kind.items():
        kinds.add(kind, len(excerpts), (id, excerpts[0]))
    return after
