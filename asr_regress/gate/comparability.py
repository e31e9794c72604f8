"""Whether a run may be compared with a baseline: like with like, or refused with what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asr_regress.errors import BaselineError
from asr_regress.gate.baseline import Baseline, BaselineRow, FactsInColumns, RunFacts
from asr_regress.gate.baseline_rows import AUDIO_KEY, NO_KEY, REFERENCE_KEY, RowsInColumns

HARMLESS_DECODING = frozenset({"backend", "dtype", "attention", "batch_size", "device", "audio"})
"""Settings that move transcripts by rounding alone: a difference is a warning. Any other one is refused."""

MAX_ONE_SIDED = 0.01
"""Largest share of the utterances that only one side may have."""

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Comparability:
    """What differs between a baseline and a run, one phrase each.

    Attributes:
        refusals: Make the comparison meaningless.
        warnings: May explain small differences.
        unrecorded: Settings and versions that one side did not record, as with hypotheses from elsewhere: nobody
            can say that they differ.
    """

    refusals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()


def compatibility(baseline: Baseline, run: RunFacts) -> Comparability:
    """List what differs between a baseline and a run."""
    refusals: list[str] = []
    if baseline.text_rules != run.text_rules:
        refusals.append(f"text rules: {baseline.text_rules!r} in the baseline, {run.text_rules!r} now")
    required = run.metrics if run.required is None else run.required
    missing = [metric for metric in required if metric not in baseline.metrics]
    if missing:
        refusals.append(f"metrics: the baseline has {_listed(baseline.metrics)}, but not {_listed(missing)}")
    decoding = _differing(baseline.decoding, run.decoding)
    refusals += [phrase for key, phrase in decoding.items() if key not in HARMLESS_DECODING]
    changed, one_sided, bearable = _differing_data(baseline, run)
    refusals += changed
    refusals += [] if bearable else one_sided

    warnings = [phrase for key, phrase in decoding.items() if key in HARMLESS_DECODING]
    warnings += one_sided if bearable else []
    warnings += _differing(baseline.environment, run.environment).values()
    unused = [metric for metric in baseline.metrics if metric not in run.metrics]
    if unused:
        warnings.append(f"metrics: {_listed(unused)} only in the baseline")
    unrecorded = _unrecorded(baseline.decoding, run.decoding) + _unrecorded(baseline.environment, run.environment)
    return Comparability(tuple(refusals), tuple(warnings), tuple(unrecorded))


def require_comparable(baseline: Baseline, run: RunFacts, source: str) -> Comparability:
    """What is to be said of a comparison that is allowed.

    Args:
        baseline: What is compared with.
        run: The run's conditions.
        source: Where the baseline came from, for the message.

    Raises:
        BaselineError: The comparison is refused; lists everything that differs, and how to mend it.
    """
    found = compatibility(baseline, run)
    if found.refusals:
        listed = "\n".join(f"  - {refusal}" for refusal in found.refusals)
        raise BaselineError(
            f"{source}: the baseline is not comparable with this run:\n{listed}\n"
            "Measure as the baseline was measured, or make a new one from the model that it came from "
            f"({baseline.model[:200]!r}): pytest --model=... --asr-save-baseline={source}"
        )
    return found


def _differing_data(baseline: Baseline, run: RunFacts) -> tuple[list[str], list[str], bool]:
    """Utterances that both sides have but that are not the same, and those that only one side has.

    Of a part of the data, the baseline is not asked for the rest.

    Returns:
        A phrase for each kind of change, one for each side that has more, and whether the latter are few enough to
        compare the others.
    """
    utterances = run.utterances
    if isinstance(utterances, FactsInColumns) and utterances.ids == baseline.ids:
        return _changed(*_changes_in_columns(baseline.rows, utterances)), [], True
    references, recordings, gone = [], [], []
    for row in baseline.rows:
        facts = utterances.get(row.id)
        if facts is None:
            gone.append(row.id)
            continue
        if (row.reference_key, row.category) != (facts.reference_key, facts.category):
            references.append(row.id)
        if _is_another(row.audio_key, facts.audio_key):
            recordings.append(row.id)
    shared = len(baseline.rows) - len(gone)
    absent = sorted(run.utterances.keys() - set(baseline.ids)) if shared < len(run.utterances) else []
    gone = gone if run.whole else []
    bearable = len(absent) + len(gone) <= MAX_ONE_SIDED * (shared + len(absent) + len(gone))
    means = "the others are compared" if bearable else f"more than {MAX_ONE_SIDED:.0%} on one side only"
    one_sided = ((absent, "not in the baseline"), (gone, "only in the baseline"))
    return (
        _changed(references, recordings),
        [f"data: {_utterances(keys)} {phrase}: {means}" for keys, phrase in one_sided if keys],
        bearable,
    )


def _changes_in_columns(rows: Sequence[BaselineRow], run: FactsInColumns) -> tuple[list[str], list[str]]:
    """Of the same utterances in the same order: whose reference or category changed, and whose recording."""
    if isinstance(rows, RowsInColumns) and _is_the_same(rows, run):
        return [], []
    now = zip(rows, run.categories, run.reference_keys, run.audio_keys, strict=True)
    references, recordings = [], []
    for row, category, reference_key, audio_key in now:
        if row.reference_key != reference_key or row.category != category:
            references.append(row.id)
        if row.audio_key != audio_key and _is_another(row.audio_key, audio_key):
            recordings.append(row.id)
    return references, recordings


def _is_the_same(rows: RowsInColumns, run: FactsInColumns) -> bool:
    """Whether nothing changed at all, as mostly, which is seen without making a row."""
    recordings = any(run.audio_keys)
    return (
        rows.categories == run.categories
        and _read(rows.digits(REFERENCE_KEY), run.reference_keys)
        and (not recordings or _read(rows.digits(AUDIO_KEY), [key or NO_KEY for key in run.audio_keys]))
    )


def _read(digits: str, keys: Sequence[str]) -> bool:
    """Whether keys are these digits, run together."""
    return set(map(len, keys)) <= {len(NO_KEY)} and "".join(keys) == digits


def _is_another(before: str, now: str) -> bool:
    """Whether a recording changed; one that could not be read on either side is a failed utterance, told elsewhere."""
    return bool(before and now and before != now)


def _changed(references: Sequence[str], recordings: Sequence[str]) -> list[str]:
    kinds = (
        (references, "with another reference or category than in the baseline"),
        (recordings, "with another recording than in the baseline"),
    )
    return [f"data: {_utterances(ids)} {phrase}" for ids, phrase in kinds if ids]


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """A phrase for every key that both have and that differs, by key."""
    return {
        key: f"{key}: {before[key][:200]!r} in the baseline, {now[key][:200]!r} now"
        for key in sorted(before.keys() & now.keys())
        if before[key] != now[key]
    }


def _unrecorded(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """A phrase for every key that only one side has."""
    return [
        f"{key}: {before[key][:200]!r} in the baseline, not recorded now"
        if key in before
        else f"{key}: not recorded in the baseline, {now[key][:200]!r} now"
        for key in sorted(before.keys() ^ now.keys())
    ]


def _utterances(ids: Sequence[str]) -> str:
    """How many, and which the first are: ``4 utterances ('a', 'b', 'c', …)``."""
    return f"{len(ids):,} utterance{'s' if len(ids) > 1 else ''} ({_listed(ids)})"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:200]) for name in names[:_EXAMPLES])
    return shown + (", …" if len(names) > _EXAMPLES else "") if names else "none"
