"""What data have in common with training data: recordings, texts, ids, speakers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asr_regress.basics.progress import ProgressFactory
from asr_regress.corpus.utterance import Manifest, Utterance
from asr_regress.errors import TextRuleError
from asr_regress.lint.levels import Sound
from asr_regress.lint.listening import hear, lengths
from asr_regress.text.survey import naming
from asr_regress.text.text_rules import TextRules

_WORDS = 1
"""A text needs more words than this, or more letters than `_LETTERS`: everybody says "yes"."""
_LETTERS = 6


@dataclass(frozen=True, slots=True)
class Shared:
    """What data have in common with training data; each by what it is here, with the id of one that has it there.

    Attributes:
        ids: Ids that occur in both.
        texts: Normalized texts of more than a word.
        speakers: Names of speakers.
        audio: Digests of recordings; None where recordings were not compared.
        unusable: Recordings of the training data that could not be looked at.
        utterances: How many the training data have.
    """

    ids: frozenset[str]
    texts: Mapping[str, str]
    speakers: Mapping[str, str]
    audio: Mapping[bytes, str] | None
    unusable: int
    utterances: int


def compare(manifest: Manifest, normalized: Sequence[str], training: Manifest, rules: TextRules) -> Shared:
    """Compare data with training data by what the manifests say; of the latter only what is shared is kept.

    Args:
        manifest: The data.
        normalized: Their references after the rules.
        training: The training data.
        rules: For its texts.

    Raises:
        TextRuleError: A rule of the user's failed; the message names the utterance.
    """
    ids = {each.id for each in manifest.utterances}
    speakers = {each.speaker for each in manifest.utterances} - {None}
    wanted = {text for text in normalized if _tells(text)}
    shared_texts, shared_speakers = dict[str, str](), dict[str, str]()
    for each in training.utterances:
        if each.speaker is not None and each.speaker in speakers:
            shared_speakers.setdefault(each.speaker, each.id)
        try:
            text = rules(each.reference)
        except TextRuleError as error:
            raise naming(error, each.id) from error
        if text in wanted:
            shared_texts.setdefault(text, each.id)
    shared_ids = frozenset(each.id for each in training.utterances if each.id in ids)
    return Shared(shared_ids, shared_texts, shared_speakers, None, 0, len(training.utterances))


def same_recordings(
    sounds: Mapping[str, Sound | str],
    training: Sequence[Utterance],
    progress: ProgressFactory,
    max_seconds: float,
    *,
    decode: bool,
) -> tuple[Mapping[bytes, str], int]:
    """Digests of recordings that training data have, too, with an id there, and how many there could not be read.

    Only recordings of a length that occurs in the data are read beyond their headers.
    """
    usable = [each for each in sounds.values() if isinstance(each, Sound)]
    seconds, digests = {each.seconds for each in usable}, {each.digest for each in usable}
    by_header = lengths([each.audio for each in training], progress, max_seconds)
    likely = [path for path, length in by_header.items() if length is None or length in seconds]
    heard = hear(likely, progress, max_seconds, decode=decode)
    found = dict[bytes, str]()
    for each in training:
        sound = heard.get(each.audio)
        if isinstance(sound, Sound) and sound.digest in digests:
            found.setdefault(sound.digest, each.id)
    unusable = sum(isinstance(each, str) for each in (*by_header.values(), *heard.values()))
    return found, unusable


def _tells(text: str) -> bool:
    return len(text.split()) > _WORDS or len(text) > _LETTERS
