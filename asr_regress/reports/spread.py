"""How errors are spread over utterances, as tables and as a sentence."""

from collections.abc import Mapping, Sequence

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.reports.layout import one_line
from asr_regress.reports.wording import metric_name, percent
from asr_regress.scoring.distribution import DISTRIBUTED_METRIC, Distribution

HEADER = ("utts", "rate %", "perfect %", "quartile", "median", "quartile", "95th percentile")
_FEWEST = 4  # Utterances that have quartiles.


def spread_sentence(model: ModelOutcome) -> str:
    """The total's distribution: "CER by utterance: 40.0 % perfect, quartiles 0.00, 3.10, 8.00, ..."; or empty."""
    found = model.total.distribution
    if found is None or found.utterances < _FEWEST:
        return ""
    quartiles = ", ".join(map(percent, found.quartiles))
    return (
        f"{metric_name(DISTRIBUTED_METRIC)} by utterance: {percent(found.perfect_percent)} % are perfect; quartiles "
        f"{quartiles} %, 95th percentile {percent(found.percentile_95)} %"
    )


def spread_tables(model: ModelOutcome) -> list[tuple[str, Sequence[str], list[list[str]]]]:
    """A title, the header and rows for the distribution by category, and for the total's by duration.

    Left out where there is nothing to show.
    """
    title, total = f"{metric_name(DISTRIBUTED_METRIC)} by utterance", model.total.distribution
    if total is None or total.utterances < _FEWEST:
        return []
    categories = {name: each.distribution for name, each in model.categories.items() if each.distribution is not None}
    tables: list[tuple[str, Sequence[str], list[list[str]]]] = [
        (title, ("category", *HEADER), _rows({**categories, TOTAL: total}))
    ]
    if total.by_duration:
        tables.append((f"{title} and length of the recording", ("length", *HEADER), _rows(total.by_duration)))
    return tables


def _rows(found: Mapping[str, Distribution]) -> list[list[str]]:
    return [
        [
            one_line(name),
            str(each.utterances),
            percent(each.counts.percent),
            percent(each.perfect_percent),
            *map(percent, each.quartiles),
            percent(each.percentile_95),
        ]
        for name, each in found.items()
    ]
