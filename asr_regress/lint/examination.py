"""From data to findings: reads, listens, and has every check look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from asr_regress.basics.progress import ProgressFactory
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.utterance import Manifest
from asr_regress.gate.thresholds import Thresholds
from asr_regress.lint.finding import Check, Finding, Of, Severity
from asr_regress.lint.listening import hear
from asr_regress.lint.material import Material, texts_of
from asr_regress.lint.registry import CHECKS
from asr_regress.lint.shared import compare, same_recordings
from asr_regress.text.text_rules import TextRules


@dataclass(frozen=True)
class Examined:
    """What came of looking.

    Attributes:
        findings: The worst first; checks that found nothing are not among them.
        not_done: Checks that lacked what they need.
        training: Utterances of the training data; None where none were named.
        training_unusable: Recordings of those that could not be compared.
    """

    manifest: Manifest
    rules: str
    findings: tuple[Finding, ...]
    done: tuple[Check, ...]
    not_done: tuple[Check, ...]
    training: int | None = None
    training_unusable: int = 0


def examine(
    manifest: Manifest,
    thresholds: Thresholds,
    rules: TextRules,
    progress: ProgressFactory,
    *,
    max_seconds: float,
    training: Path | None = None,
    decode: bool = True,
    samples: int = 3,
) -> Examined:
    """Look at data with every check.

    Args:
        manifest: The data.
        thresholds: Say what has no speech, what is grouped, and how sure verdicts have to be.
        rules: Applied to every reference.
        progress: Told how far it is.
        max_seconds: A longer recording cannot be used.
        training: Other data, to compare with.
        decode: Or read headers and bytes of recordings alone.
        samples: Examples that are kept of a check's hits.

    Raises:
        InputError: Something cannot be used.
        MeasurementError: No recording can be read.
    """
    texts = texts_of(manifest.utterances, rules)
    other = None if training is None else read_manifest(training)
    shared = None if other is None else compare(manifest, texts.normalized, other, rules)
    sounds = hear([each.audio for each in manifest.utterances], progress, max_seconds, decode=decode)
    if other is not None and shared is not None:
        audio, unusable = same_recordings(sounds, other.utterances, progress, max_seconds, decode=decode)
        compared = unusable < len({each.audio for each in other.utterances})
        shared = replace(shared, audio=audio if compared else None, unusable=unusable)
    material = Material(manifest, thresholds, rules, texts, sounds, shared, decode)
    done = tuple(check for check in CHECKS if material.has(check.needs))
    return Examined(
        manifest,
        str(rules),
        tuple(_sorted(_look(check, material, samples) for check in done)),
        done,
        tuple(check for check in CHECKS if check not in done),
        None if shared is None else shared.utterances,
        0 if shared is None else shared.unusable,
    )


def _look(check: Check, material: Material, samples: int) -> Finding:
    hits = iter(check.find(material))
    examples = tuple(islice(hits, samples))
    total = {
        Of.UTTERANCES: len(material.utterances),
        Of.ENTRIES: len(material.utterances) + len(material.manifest.problems),
        Of.CATEGORIES: len(material.manifest.categories),
    }[check.of]
    return Finding(check, len(examples) + sum(1 for _ in hits), total, examples)


def _sorted(findings: Iterator[Finding]) -> Sequence[Finding]:
    order = list(Severity)
    found = [finding for finding in findings if finding.count]
    return sorted(found, key=lambda each: -order.index(each.check.severity))
