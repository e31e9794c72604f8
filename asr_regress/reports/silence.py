"""What a model said in categories without speech, in words."""

from asr_regress.gate.outcome import CategoryOutcome, ModelOutcome
from asr_regress.reports.wording import plural, short, span
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.score import ScoredUtterance, Status

_WORDS = "wer"  # Whose insertions are the words said on an empty reference.


def said_in_silence(model: ModelOutcome) -> list[str]:
    """A line for each category without speech: "hum: 12 recordings without speech (3.0 min): 4 words in 2 of them"."""
    found = {name: each for name, each in model.categories.items() if silence_phrase(each)}
    rates = {name: each.metrics[INSERTED_WORDS].counts.percent for name, each in found.items()}
    return [
        f"{short(name)}: {silence_phrase(each)}"
        + ("" if rates[name] is None else f", {rates[name]:.2f} words a minute")
        for name, each in found.items()
    ]


def silence_phrase(category: CategoryOutcome) -> str:
    """What was said in a category without speech; empty for every other, and where nothing was transcribed."""
    found = category.non_speech
    if found is None or not found.recordings:
        return ""
    recordings = f"{plural(found.recordings, 'recording')} without speech ({span(found.seconds)})"
    said = f"{plural(found.words, 'word')} in {found.with_text:,} of them" if found.with_text else "nothing was said"
    return f"{recordings}: {said}"


def most_said(model: ModelOutcome, category: str, count: int) -> list[tuple[ScoredUtterance, int]]:
    """Recordings of a category without speech in which anything was said, with their words; most words first."""
    found = [
        (each, each.counts[_WORDS].insertions)
        for each in model.utterances
        if each.category == category and each.status is Status.EMPTY_REFERENCE and each.normalized_hypothesis
    ]
    return sorted(found, key=lambda item: (-item[1], item[0].id))[:count]
