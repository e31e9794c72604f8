import re
from dataclasses import replace

import pytest
from wcwidth import wcswidth

from asr_regress.gate.outcome import TOTAL, Timing
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.terminal import render
from asr_regress.scoring.score import Accounting

SERIES = {"D01": 4.21, "D02": 5.87, "D03": 6.34, "D04": 8.12, TOTAL: 6.14}


def row(text: str, start: str) -> list[str]:
    """Words of the first line that starts with a word."""
    return next(line.split() for line in text.split("\n") if line.split()[:1] == [start])


def widest(text: str) -> int:
    return max(wcswidth(line) for line in text.split("\n"))


def test_a_row_a_model_and_a_column_a_category_and_the_total(build):
    text = render(build.run(build.model("ft-2", SERIES), build.model("ft-3", dict.fromkeys(SERIES, 4.0))))
    assert row(text, "model") == ["model", "D01", "D02", "D03", "D04", "TOTAL"]
    assert row(text, "ft-2") == ["ft-2", "4.21", "5.87", "6.34", "8.12", "6.14"]
    assert row(text, "ft-3") == ["ft-3", "4.00", "4.00", "4.00", "4.00", "4.00"]


def test_the_baseline_has_its_own_row_where_there_is_one(build):
    baselines = {name: rate - 0.1 for name, rate in SERIES.items()}
    text = render(build.run(build.model("ft-3", SERIES, baselines=baselines), baseline="baselines/ft-2.json"))
    lines = text.split("\n")
    assert "baseline  baselines/ft-2.json" in lines
    assert next(line.split() for line in lines if re.match(r"baseline +\d", line)) == (
        ["baseline", "4.11", "5.77", "6.24", "8.02", "6.04"]
    )
    assert "baseline   " not in render(build.run(build.model("ft-3", SERIES))).split("category ", 1)[0]


def test_marks_do_not_rely_on_color(build):
    verdicts = {"D01": Verdict.REGRESSED, "D02": Verdict.NOT_MEASURED, "D03": Verdict.INCONCLUSIVE}
    verdicts["D04"] = Verdict.NOT_JUDGED
    text = render(build.run(build.model("m", SERIES, verdicts=verdicts)))
    assert "CER in percent (! regressed, ? not measured, ~ inconclusive, * not judged)" in text
    assert row(text, "m") == ["m", "!", "4.21", "?", "5.87", "~", "6.34", "*", "8.12", "6.14"]
    for verdict, category in zip(("regressed", "not measured", "inconclusive", "not judged"), SERIES, strict=False):
        assert re.search(rf"^{category} .* {verdict}$", text, re.MULTILINE)


def test_a_metric_that_is_judged_nowhere_has_no_marks(build):
    text = render(build.run(build.model("m", SERIES)))
    assert "WER in percent (not judged)" in text
    assert "*" not in text


def test_a_missing_rate_is_a_dash(build):
    model = build.model("m", SERIES)
    without = build.category("D01", [build.metric(0, length=0, verdict=Verdict.NOT_MEASURED)])
    text = render(build.run(replace(model, categories={**model.categories, "D01": without})))
    assert row(text, "m")[1:3] == ["?", "-"]


def test_details_have_counts_baseline_delta_limit_and_verdict(build):
    model = build.model("m", SERIES, baselines={"D04": 8.0}, verdicts={"D04": Verdict.REGRESSED})
    text = render(build.run(model))
    found = re.search(r"^D04 +CER .*$", text, re.MULTILINE)
    assert found is not None
    assert found[0].split() == "D04 CER 8.12 8.00 +0.12 7.00 regressed".split()
    assert re.search(r"^D04 +CER +100 +487 +162 +163 +10000$", text, re.MULTILINE)
    assert "D04 CER: D04 has a reason" in text


def test_intervals_stand_beside_their_numbers(build):
    text = render(build.run(build.judged([(10, 14), (10, 12)] * 30)))
    found = re.search(r"^D01 +CER .*$", text, re.MULTILINE)
    assert found is not None
    numbers = r"D01 +CER +13\.00 +\[12\.\d+, 13\.\d+\] +10\.00 +\+3\.00 +\[\+2\.\d+, \+3\.\d+\] +10\.00 +regressed"
    assert re.fullmatch(numbers, found[0])
    assert len(re.findall(r"95 % CI", text)) == 2, "one a column"


def test_without_room_the_interval_of_the_rate_goes_to_the_counts(build):
    model = build.judged([(10, 14), (10, 12)] * 30)
    model = replace(model, categories={"a-category-of-some-length": model.categories["D01"]})
    narrow = [line for line in render(build.run(model), width=80).split("\n") if re.match("TOTAL +CER", line)]
    assert [line.count("[") for line in narrow] == [1, 1]
    assert narrow[0].endswith("regressed")
    assert widest(render(build.run(model), width=80)) <= 80


def test_without_a_baseline_there_are_no_columns_for_one(build):
    text = render(build.run(build.model("m", SERIES)))
    header = next(line for line in text.split("\n") if line.startswith("category "))
    assert header.split() == ["category", "metric", "rate", "%", "limit", "verdict"]


def test_what_the_numbers_are_worth_follows_the_verdicts(build):
    model = build.judged([(0, 0)] * 12 + [(0, 40)], groups=[f"s{number}" for number in range(13)])
    text = render(build.run(model))
    assert "D01 CER, TOTAL CER hangs on 1 utterance: pass without u0012" in text
    assert "fewer than 20 groups: D01 (13 speakers), TOTAL (13 speakers)" in text
    assert text.index("verdict") < text.index("hangs on") < text.index("13 expected")


def test_a_better_model_has_the_command_on_a_line_of_its_own(build):
    text = render(build.run(build.judged([(10, 2), (9, 3)] * 20), baseline="old.json"))
    assert "\n    pytest --model=checkpoints/m --asr-save-baseline=old.json\n" in text


@pytest.mark.parametrize("count", range(1, 26))
def test_no_line_is_wider_than_a_hundred_columns(build, count: int):
    names = [f"가입상담{number:02}" if number % 2 else f"D{number:02}" for number in range(count)]
    rates = {**dict.fromkeys(names, 123.45), TOTAL: 6.14}
    verdicts = dict.fromkeys(names, Verdict.REGRESSED)
    models = [build.model(name, rates, verdicts=verdicts, baselines=rates) for name in ("한국어-모델-3차", "m" * 70)]
    text = render(build.run(*models))
    assert widest(text) <= 100
    for name in names:
        assert len(re.findall(rf"(?<!\S){name}(?!\S)", text.split("checkpoints/")[0])) >= 2, "a column in each table"


@pytest.mark.parametrize("width", [80, 100, 200])
def test_every_width_is_kept(build, width: int):
    lengthy = build.metric(12.34, length=123_456_789, baseline=12.33, verdict=Verdict.INCONCLUSIVE)
    model = build.model("m", SERIES)
    model = replace(model, categories={"a-category-of-some-length": build.category("x", [lengthy])})
    text = render(build.run(model), width=width)
    assert widest(text) <= min(width, 100)
    assert re.search(r"^a-c.*y[^\n]* inconclusive$|^a-.*h[^\n]* inconclusive$", text, re.MULTILINE)
    for number in ("9140740", "123456789", "12.33"):
        assert number in text, "nothing is left out for want of room"


def test_all_blocks_of_a_wide_table_have_all_rows(build):
    rates = {**{f"category-{number:02}": 5.0 for number in range(20)}, TOTAL: 5.0}
    text = render(build.run(build.model("m1", rates), build.model("m2", rates)))
    cer = text.split("WER in percent")[0]
    headers = [line for line in cer.split("\n") if line.startswith("model ")]
    assert len(headers) > 1
    assert headers[-1].split()[-1] == TOTAL
    for name in ("m1", "m2"):
        assert len([line for line in cer.split("\n") if line.startswith(f"{name} ")]) == len(headers)


def test_accounting_and_the_first_failed_utterances(build):
    failed = [build.utterance(f"D01/{number:02}", hypothesis=None, reason="no frames") for number in range(12)]
    model = build.model("m", SERIES, utterances=tuple(failed))
    counts = Accounting(expected=1200, scored=1187, empty_reference=1, failed=12)
    total = build.category(TOTAL, list(model.total.metrics.values()), counts, said=7)
    text = render(build.run(replace(model, total=total)))
    assert "  1,200 expected = 1,187 scored + 1 with an empty reference + 12 failed\n" in text
    assert "said where the reference is empty: 7 characters, 7 words (in no rate)" in text
    assert text.count(": no frames") == 5 + text.count("(failed: no frames)")
    assert "- and 7 more: see utterances.parquet" in text


def test_problems_and_partial_are_said_first(build):
    run = build.run(build.model())
    problems = tuple(f"data.jsonl:{line}: broken entry" for line in range(1, 8))
    run = replace(run, data=replace(run.data, problems=problems, partial=("--asr-limit=20", "--asr-category=D01")))
    head = render(run).split("CER in percent")[0]
    assert "PARTIAL   --asr-limit=20; --asr-category=D01" in head
    assert "7 of the manifest's entries could not be used" in head
    assert "data.jsonl:5: broken entry" in head
    assert "data.jsonl:6" not in head
    assert "and 2 more: see report.json" in head


def test_samples_show_the_reference_and_every_model(build):
    one = build.model("one", utterances=(build.utterance("u1", "the cat", "the hat"),))
    two = build.model("two", utterances=(build.utterance("u1", "the cat", hypothesis=None, reason="no frames"),))
    text = render(build.run(one, two), samples=1)
    shown = [line.split(maxsplit=1) for line in text.split("sample predictions")[1].split("speed")[0].split("\n")[2:]]
    assert shown[1:4] == [["reference", "the cat"], ["one", "the hat"], ["two", "(failed: no frames)"]]
    assert "sample predictions" not in render(build.run(one, two), samples=0)


def test_speed_and_notes_of_every_model(build):
    timing = Timing(audio_seconds=3600, wall_seconds=60, cached=10, transcribed=90)
    text = render(build.run(build.model("m", timing=timing, notes=("Flash attention is missing.",))))
    assert "m: 90 transcribed (60.0 min of audio) in 60.0 s, 10 from cache, RTFx 60.0, 1.5 utterances/s" in text
    assert "- m: Flash attention is missing." in text


def test_a_model_that_could_not_be_measured_says_why(build):
    verdicts = dict.fromkeys(SERIES, Verdict.NOT_MEASURED)
    text = render(build.run(build.model("m", SERIES, verdicts=verdicts, error="no weights in checkpoints/m")))
    assert "  not measured: no weights in checkpoints/m\n  100 expected = " in text
    assert text.split("\n\n")[-1] == "NOT MEASURED: m could not be measured: no weights in checkpoints/m."


def test_the_verdict_comes_last(build):
    text = render(build.run(build.model("m", SERIES, verdicts={"D04": Verdict.REGRESSED})))
    assert text.split("\n\n")[-1] == (
        "REGRESSED: m regressed in 1 of 5 judged cases (4 pass): D04 CER 8.12 % (limit 7.00 %)."
    )


def test_a_run_without_models_is_shown(build):
    assert render(build.run()).endswith("NOT MEASURED: no model was run.")


def test_color_adds_nothing_but_color(build):
    run = build.run(build.model("m", SERIES, verdicts={"D04": Verdict.REGRESSED}))
    colored = render(run, color=True)
    assert "\x1b[31mregressed\x1b[0m" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == render(run)


def test_hostile_text_is_shown_and_not_obeyed(hostile_run: RunOutcome):
    text = render(hostile_run)
    assert widest(text) <= 100
    for line in text.split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
    assert len(text) < 40_000
