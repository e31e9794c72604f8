"""The utterances of a page as columns: small enough for tens of thousands of them and several models."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from asr_regress.basics.printable import shorten
from asr_regress.reports.html.alignment_codes import alignment_code
from asr_regress.reports.html.audio import link
from asr_regress.reports.html.rows import Rows, most_wanted, rows_by_model, utf8
from asr_regress.reports.saved_report import JsonObject, SavedReport
from asr_regress.reports.utterance_marks import HALLUCINATION_KINDS
from asr_regress.reports.wording import metric_name
from asr_regress.scoring.error_classes import CLASSES

MOST = 120_000
"""Rows of a page: utterances times models. Of more, those with errors go first."""
_TEXT = 2000  # Characters of a transcript that are shown.
_METRICS = 4  # Metrics whose errors are shown utterance by utterance.


def ranking_metric(metrics: Sequence[str]) -> str:
    """The metric that utterances are ranked by: CER where it is counted."""
    return "cer" if "cer" in metrics or not metrics else metrics[0]


def wanted(run: SavedReport) -> list[str]:
    """Ids of all utterances, the ones that somebody will want to look at or hear first."""
    metrics = list(run.report.get("metrics", ()))
    reference = run.report.get("baseline_model")
    by_model = rows_by_model(run, ranking_metric(metrics))
    models = [rows for name, rows in by_model.items() if name != reference] or list(by_model.values())
    lists = zip(*map(most_wanted, models), strict=True)  # of the same kind, of all models
    rounds = [chain.from_iterable(zip_longest(*each)) for each in lists]
    first = chain.from_iterable(zip_longest(*rounds[:-2]))
    return list(dict.fromkeys(id_ for id_ in chain(first, *rounds[-2:]) if id_ is not None))


def utterance_columns(run: SavedReport, ids: Sequence[str]) -> JsonObject:
    """The columns, a place an utterance, in the order of the ids; those of a model under "models".

    Texts that are the same as others are null: a normalized text as the text as written, a normalized hypothesis as
    the normalized reference. ``letters`` and ``words`` are alignments (`alignment_code`) of the normalized texts.

    Args:
        run: What to show.
        ids: Of which utterances.
    """
    metrics = list(run.report.get("metrics", ()))
    metric = ranking_metric(metrics)
    by_model = rows_by_model(run, metric)
    facts = _Facts(list(by_model.values()))
    categories = sorted({utf8(facts.value(id_, "category") or "") for id_ in ids})
    speakers = sorted({str(found) for id_ in ids if (found := facts.speaker(id_)) is not None})
    category_at, speaker_at = ({name: at for at, name in enumerate(names)} for names in (categories, speakers))
    references = [facts.text(id_, "reference") or "" for id_ in ids]
    normalized = [facts.text(id_, "normalized_reference") or "" for id_ in ids]
    return {
        "metric": metric,
        "metrics": [{"name": each, "title": metric_name(each)} for each in metrics[:_METRICS]],
        "categories": categories,
        "speakers": speakers,
        "classes": [{"name": each.name, "title": each.title} for each in CLASSES],
        "kinds": list(HALLUCINATION_KINDS),
        "id": list(ids),
        "category": [category_at[utf8(facts.value(id_, "category") or "")] for id_ in ids],
        "speaker": [speaker_at.get(str(facts.speaker(id_)), -1) for id_ in ids],
        "seconds": [_rounded(facts.value(id_, "duration")) for id_ in ids],
        "audio": [link(facts.value(id_, "audio")) for id_ in ids],
        "reference": references,
        "normalized": [None if mine == said else mine for said, mine in zip(references, normalized, strict=True)],
        "models": [
            {"name": name, **_of_model(rows, ids, normalized, metrics[:_METRICS])} for name, rows in by_model.items()
        ],
    }


class _Facts:
    """What is the same for all models: of the first model that has the utterance."""

    def __init__(self, models: Sequence[Rows]) -> None:
        self._models = models

    def value(self, id_: str, column: str) -> Any:
        return next((rows.value(id_, column) for rows in self._models if id_ in rows.index), None)

    def text(self, id_: str, column: str) -> str | None:
        return _short(self.value(id_, column))

    def speaker(self, id_: str) -> Any:
        found = self.value(id_, "speaker")
        return self.value(id_, "group") if found is None else found


def _of_model(rows: Rows, ids: Sequence[str], references: Sequence[str], metrics: Sequence[str]) -> JsonObject:
    heard = [_short(rows.value(id_, "hypothesis")) for id_ in ids]
    texts = [_short(rows.value(id_, "normalized_hypothesis")) for id_ in ids]
    pairs = list(zip(references, texts, strict=True))
    class_at = {each.name: 1 << at for at, each in enumerate(CLASSES)}
    kind_at = {name: 1 << at for at, name in enumerate(HALLUCINATION_KINDS)}
    reasons = {at: utf8(str(reason)) for at, id_ in enumerate(ids) if (reason := rows.value(id_, "reason"))}
    return {
        "status": [rows.value(id_, "status") for id_ in ids],
        "reasons": reasons,
        "hypothesis": heard,
        "normalized": [None if text == reference else text for reference, text in pairs],
        "letters": [_code(reference, text) for reference, text in pairs],
        "words": [_code(reference.split(), None if text is None else text.split()) for reference, text in pairs],
        "edits": [rows.edits(id_, rows.metric) for id_ in ids],
        "before": [rows.value(id_, f"{rows.metric}_baseline_errors") for id_ in ids],
        "errors": {metric: [_sum(rows.edits(id_, metric)) for id_ in ids] for metric in metrics},
        "lengths": {metric: [rows.value(id_, f"{metric}_reference_length") for id_ in ids] for metric in metrics},
        "classes": [_bits(rows.value(id_, "error_classes"), class_at) for id_ in ids],
        "kinds": [_bits(rows.value(id_, "hallucination"), kind_at) for id_ in ids],
        "runaway": [int(bool(rows.value(id_, "runaway"))) for id_ in ids],
    }


def _code(reference: Sequence[Hashable], hypothesis: Sequence[Hashable] | None) -> str:
    return "" if hypothesis is None else alignment_code(reference, hypothesis)


def _bits(names: Iterable[str] | None, at: Mapping[str, int]) -> int:
    return sum(at.get(name, 0) for name in set(names or ()))


def _sum(edits: tuple[int, int, int] | None) -> int | None:
    return None if edits is None else sum(edits)


def _short(text: str | None) -> str | None:
    return None if text is None else shorten(utf8(text), _TEXT)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)
