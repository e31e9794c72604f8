import random
import unicodedata
from collections import Counter

import jiwer
import kaldialign
import pytest

from asr_regress.errors import ConfigurationError
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import DEFAULT_METRICS, available_metrics, get_metric
from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.text.rules import get_rules

ALPHABETS = {
    "latin": "abcdefghij",
    "few letters, many ties": "ab",
    "hangul": "가나다라마바사아자차카타파하각낙닥락",
    "emoji": "😀🎉👩🏽🚀❤",
    "mixed": "ab가나12😀éñ한",
}
PAIRS = 1500


def sentence(rng: random.Random, alphabet: str, max_words: int = 12) -> str:
    words = ("".join(rng.choices(alphabet, k=rng.randint(1, 5))) for _ in range(rng.randint(1, max_words)))
    return " ".join(words)


def misheard(rng: random.Random, text: str, alphabet: str) -> str:
    """The text with characters replaced, dropped and inserted; sometimes right, empty or another one altogether."""
    match rng.randrange(10):
        case 0:
            return text
        case 1:
            return ""
        case 2:
            return sentence(rng, alphabet)
    rate = rng.choice((0.05, 0.2, 0.5))
    out = []
    for char in text:
        if rng.random() >= rate:
            out.append(char)
        else:
            out.append(rng.choice(("", rng.choice(alphabet), char + rng.choice(alphabet), " ")))
    return " ".join("".join(out).split())


def jiwer_counts(name: str, references: list[str], hypotheses: list[str]) -> tuple[ErrorCounts, int]:
    process = {"cer": jiwer.process_characters, "wer": jiwer.process_words}[name]
    output = process(references, hypotheses)
    length = output.hits + output.substitutions + output.deletions
    return ErrorCounts(output.substitutions, output.insertions, output.deletions, length), output.hits


@pytest.mark.parametrize("name", ["cer", "wer"])
@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
def test_counts_are_those_of_jiwer(name: str, alphabet: str) -> None:
    rng = random.Random(alphabet)
    references = [sentence(rng, alphabet) for _ in range(PAIRS)]
    hypotheses = [misheard(rng, reference, alphabet) for reference in references]
    counts = [get_metric(name).count(*pair) for pair in zip(references, hypotheses, strict=True)]
    total = sum(counts, ErrorCounts())
    expected, hits = jiwer_counts(name, references, hypotheses)
    assert total == expected
    assert total.reference_length - total.substitutions - total.deletions == hits
    for index in range(0, PAIRS, 10):
        assert counts[index] == jiwer_counts(name, [references[index]], [hypotheses[index]])[0]


def counts_by_pair(name: str, references: list[str], hypotheses: list[str]) -> list[ErrorCounts]:
    """Jiwer's counts of every pair, from its alignments."""
    process = {"cer": jiwer.process_characters, "wer": jiwer.process_words}[name]
    output = process(references, hypotheses)
    found = []
    for tokens, alignment in zip(output.references, output.alignments, strict=True):
        edited = Counter[str]()
        for run in alignment:
            edited[run.type] += max(run.ref_end_idx - run.ref_start_idx, run.hyp_end_idx - run.hyp_start_idx)
        found.append(ErrorCounts(edited["substitute"], edited["insert"], edited["delete"], len(tokens)))
    return found


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
@pytest.mark.parametrize("pairs", [500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_each_pair_is_counted_as_jiwer_and_kaldialign_count_it(alphabet: str, pairs: int) -> None:
    rng = random.Random(alphabet + "each")
    references = [sentence(rng, alphabet) for _ in range(pairs)]
    hypotheses = [misheard(rng, reference, alphabet) for reference in references]
    for name, tokens in (("cer", list), ("wer", str.split)):
        counts = [get_metric(name).count(*pair) for pair in zip(references, hypotheses, strict=True)]
        assert counts == counts_by_pair(name, references, hypotheses)
        # Kaldialign chooses another alignment where several are as good, so that only the errors are the same.
        assert [each.errors for each in counts] == [
            kaldialign.edit_distance(tokens(reference), tokens(hypothesis))["total"]
            for reference, hypothesis in zip(references, hypotheses, strict=True)
        ]


@pytest.mark.parametrize("name", ["cer", "wer"])
def test_counts_of_long_texts_are_those_of_jiwer(name: str) -> None:
    """Rapidfuzz aligns very long texts in halves, which may break ties in another way."""
    rng = random.Random(7)
    reference = " ".join(sentence(rng, "abc") for _ in range(600))
    hypothesis = misheard(random.Random(8), reference, "abc")
    assert len(hypothesis) > 10_000
    assert hypothesis != reference
    assert get_metric(name).count(reference, hypothesis) == jiwer_counts(name, [reference], [hypothesis])[0]


@pytest.mark.parametrize(
    ("reference", "hypothesis", "cer", "wer"),
    [
        ("한 잔", "한잔", ErrorCounts(0, 0, 1, 3), ErrorCounts(1, 0, 1, 2)),
        ("한잔", "한 잔", ErrorCounts(0, 1, 0, 2), ErrorCounts(1, 1, 0, 1)),
        ("갔다", "갓다", ErrorCounts(1, 0, 0, 2), ErrorCounts(1, 0, 0, 1)),
        ("the cat sat", "the bat", ErrorCounts(1, 0, 4, 11), ErrorCounts(1, 0, 1, 3)),
        ("a b c", "a b c d e", ErrorCounts(0, 4, 0, 5), ErrorCounts(0, 2, 0, 3)),
        ("", "uh huh", ErrorCounts(0, 6, 0, 0), ErrorCounts(0, 2, 0, 0)),
        ("uh huh", "", ErrorCounts(0, 0, 6, 6), ErrorCounts(0, 0, 2, 2)),
        ("", "", ErrorCounts(), ErrorCounts()),
        ("same", "same", ErrorCounts(reference_length=4), ErrorCounts(reference_length=1)),
    ],
)
def test_hand_worked_counts(reference: str, hypothesis: str, cer: ErrorCounts, wer: ErrorCounts) -> None:
    assert get_metric("cer").count(reference, hypothesis) == cer
    assert get_metric("wer").count(reference, hypothesis) == wer


@pytest.mark.parametrize("rules", ["none", "basic"])
@pytest.mark.parametrize("name", ["cer", "wer", "ser"])
def test_how_unicode_spells_hangul_is_no_error(rules: str, name: str) -> None:
    reference = "학교에 갔습니다"
    decomposed = unicodedata.normalize("NFD", reference)
    apply, count = get_rules(rules), get_metric(name).count
    assert count(reference, decomposed).errors > 0
    assert count(apply(reference), apply(decomposed)).errors == 0


def test_tokens_may_be_anything_hashable() -> None:
    assert count_edits([1, 2, 3], [1, 3]) == ErrorCounts(deletions=1, reference_length=3)


def test_registry_knows_its_metrics_by_name() -> None:
    assert available_metrics()[:2] == DEFAULT_METRICS == ("cer", "wer")
    assert [(get_metric(name).title, get_metric(name).unit) for name in DEFAULT_METRICS] == [
        ("CER", "characters"),
        ("WER", "words"),
    ]


def test_unknown_metric_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown metric 'WERR'; did you mean 'wer'\? \(known: cer, wer"):
        get_metric("WERR")
