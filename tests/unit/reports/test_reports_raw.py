"""The CER without text rules stands beside the rate, in every report."""

from dataclasses import replace

import pytest

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.reports.json_report import report
from asr_regress.reports.markdown import render_markdown
from asr_regress.reports.terminal import render
from asr_regress.scoring.counts import ErrorCounts


@pytest.fixture
def model(build) -> ModelOutcome:
    made = build.model("base", {"D01": 4.21, TOTAL: 5.04}, baselines={"D01": 4.0, TOTAL: 5.0})
    raw = {"D01": ErrorCounts(1234, 0, 0, 10_000), TOTAL: ErrorCounts(0, 0, 2345, 10_000)}
    return replace(
        made,
        categories={name: replace(one, raw=raw[name]) for name, one in made.categories.items()},
        total=replace(made.total, raw=raw[TOTAL]),
    )


def rows(text: str, header: str) -> list[list[str]]:
    """The rows of the table below a header that has this column."""
    lines = text.split("\n")
    start = next(place for place, line in enumerate(lines) if header in line)
    return [line.replace("|", " ").split() for line in lines[start : start + 6]]


@pytest.mark.parametrize("width", [80, 100])
def test_terminal(build, model, width: int):
    text = render(build.run(model), width=width)
    head, _, first, other, total, _ = rows(text, "raw %")
    assert head[-4:] == ["rate", "%", "raw", "%"]
    assert first[-2:] == ["4.21", "12.34"]
    assert other[-2:] == ["8.43", "-"]
    assert total[-2:] == ["5.04", "23.45"]
    assert max(map(len, text.split("\n"))) <= width


def test_markdown(build, model):
    head, _, first, other, *_ = rows(render_markdown(build.run(model)), "raw %")
    assert head[2:6] == ["rate", "%", "raw", "%"]
    assert first[2:4] == ["4.21", "12.34"]
    assert other[2:4] == ["8.43", "&#45;"]


def test_json(build, model):
    (made,) = report(build.run(model))["models"]
    raw = made["categories"]["D01"]["raw"]["cer"]
    assert raw == {
        "rate": 12.34,
        "errors": 1234,
        "substitutions": 1234,
        "insertions": 0,
        "deletions": 0,
        "reference_length": 10_000,
    }
    assert made["total"]["raw"]["cer"]["rate"] == 23.45


def test_nothing_is_said_of_it_where_nobody_counted(build):
    run = build.run(build.model())
    assert "raw" not in render(run)
    assert "raw" not in render_markdown(run)
    assert report(run)["models"][0]["total"]["raw"] is None
