"""The curve as a chart of the page: made of report.json alone."""

import json

import pytest

from asr_regress.reports.curve_chart import curve_charts, curve_notes

REPORT = {
    "models": [
        {
            "name": name,
            "categories": {"D01": {"cer": {"rate": rate, "ci95": [rate - 1, rate + 1]}}, "silence": {}},
            "total": {"cer": {"rate": rate + 1, "ci95": None}},
        }
        for name, rate in (("c-2", 4.0), ("c-1", 8.0), ("c-3", 4.5))
    ],
    "curve": {
        "metric": "cer",
        "models": [{"name": "c-1", "step": 1}, {"name": "c-2", "step": 2}, {"name": "c-3", "step": 3}],
        "total": {
            "best": "c-2",
            "not_distinguishable": ["c-3"],
            "standings": [{"model": "c-2", "category": "TOTAL", "rate": 5.0}],
        },
        "worst_category": {
            "best": "c-2",
            "not_distinguishable": [],
            "standings": [{"model": "c-2", "category": "D01", "rate": 4.0}],
        },
    },
}


def test_a_line_for_the_total_and_every_category_in_the_order_of_steps():
    (chart,) = curve_charts(REPORT)
    assert chart.labels == ("c-1", "c-2", "c-3")
    assert chart.best == 1
    assert [(line.name, line.values) for line in chart.lines] == [("TOTAL", (9.0, 5.0, 5.5)), ("D01", (8.0, 4.0, 4.5))]
    assert chart.lines[1].low == (7.0, 3.0, 3.5)
    assert chart.lines[0].high == (None, None, None)
    assert chart.note == ". ".join(curve_notes(REPORT))
    assert curve_notes(REPORT) == [
        "best by the total: c-2 (5.00 %); not distinguishable from it: c-3",
        "best by the worst category: c-2 (D01 4.00 %); every other one is worse beyond chance",
    ]


@pytest.mark.parametrize("curve", [None, {}])
def test_without_a_curve_there_is_no_chart(curve: object):
    assert curve_charts({**REPORT, "curve": curve}) == ()
    assert curve_notes({**REPORT, "curve": curve}) == []


def test_of_very_many_categories_the_worst_are_drawn():
    report = json.loads(json.dumps(REPORT))
    for model in report["models"]:
        model["categories"] = {f"speaker-{n:03}": {"cer": {"rate": float(n), "ci95": None}} for n in range(90)}
    (chart,) = curve_charts(report)
    assert len(chart.lines) == 41
    assert chart.lines[1].name == "speaker-050"
