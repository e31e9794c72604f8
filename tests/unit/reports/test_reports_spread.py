from dataclasses import replace

import pytest

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.json_report import report
from asr_regress.reports.markdown import render_markdown
from asr_regress.reports.spread import spread_sentence, spread_tables
from asr_regress.reports.terminal import render
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import distributions
from asr_regress.scoring.score import ScoredUtterance, Status


def spread(run: RunOutcome, errors: list[int], seconds: float | None = 3.0) -> RunOutcome:
    """The run, its one model with a distribution of utterances of 100 characters with these errors."""
    utterances = [
        ScoredUtterance(f"u{n}", "D01", Status.SCORED, "", "", "", "", {"cer": ErrorCounts(each, 0, 0, 100)})
        for n, each in enumerate(errors)
    ]
    found = distributions(utterances, {} if seconds is None else {each.id: seconds for each in utterances})
    (model,) = run.models
    parts = {**model.categories, "D01": replace(model.categories["D01"], distribution=found["D01"])}
    model = replace(model, categories=parts, total=replace(model.total, distribution=found[None]))
    return replace(run, models=(model,))


def only(run: RunOutcome) -> ModelOutcome:
    (model,) = run.models
    return model


def test_shown_everywhere(build) -> None:  # type: ignore[no-untyped-def]
    run = spread(build.run(build.model()), [0, 0, 10, 20, 60])
    sentence = "CER by utterance: 40.00 % are perfect; quartiles 0.00, 10.00, 20.00 %, 95th percentile 52.00 %"
    assert spread_sentence(only(run)) == sentence
    shown = render(run, width=100)
    assert sentence in shown.replace("\n    ", " ")
    assert max(map(len, shown.splitlines())) <= 100
    text = render_markdown(run)
    assert "<summary>CER by utterance: <code>base</code></summary>" in text
    assert "| 2-5 s | 5 | 18.00 | 40.00 | 0.00 | 10.00 | 20.00 | 52.00 |" in text.replace("\\", "")
    found = report(run)["models"][0]["categories"]
    assert found["D01"]["distribution"]["quartiles"] == [0.0, 10.0, 20.0]
    assert found["D01"]["distribution"]["by_duration"]["2-5 s"]["perfect"] == 2
    assert found["D02"]["distribution"] is None


@pytest.mark.parametrize(("errors", "seconds", "tables"), [([1, 2, 3], 3.0, 0), ([1, 2, 3, 4], None, 1)])
def test_too_few_utterances_and_unknown_lengths(build, errors, seconds, tables) -> None:  # type: ignore[no-untyped-def]
    model = only(spread(build.run(build.model()), errors, seconds))
    assert len(spread_tables(model)) == tables
    assert bool(spread_sentence(model)) == bool(tables)
