import re
from dataclasses import replace

import pytest

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.markdown import LIMIT, markdown_bytes, render_markdown

RATES = {"D01": 4.21, "D04": 8.12, TOTAL: 6.14}
OUR_TAGS = {"strong", "code", "pre", "details", "summary"}


@pytest.fixture
def regressed(build) -> RunOutcome:
    utterances = (
        build.utterance("D04/1", "one two", "one too", category="D04", errors=1),
        build.utterance("D04/2", hypothesis=None, category="D04", reason="no frames"),
    )
    baselines = {"D01": 5.0, "D04": 7.32}
    model = build.model("ft3", RATES, verdicts={"D04": Verdict.REGRESSED}, baselines=baselines, utterances=utterances)
    return build.run(model, build.model("ft2", RATES), baseline="baselines/ft2.json")


def test_it_leads_with_the_verdict_and_what_changed(regressed: RunOutcome):
    text = render_markdown(regressed)
    assert text.startswith("## Speech recognition gate: regressed\n\n<strong>REGRESSED: ft3 regressed in 1 of 3 judged")
    changes = text.split("### What changed")[1].split("###")[0]
    assert "| verdict | model | category | metric | baseline | rate % | delta | limit |" in changes
    assert "\n| regressed | ft3 | D04 | CER | 7.32 | 8.12 | +0.80 | 7.00 |\n" in changes
    order = ["What changed", "CER in percent", "<code>ft3</code>: regressed", "1 utterance failed", "Worst utterances"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_what_improved_beyond_chance_has_its_intervals_and_the_command(build):
    text = render_markdown(build.run(build.judged([(10, 2), (9, 3)] * 20), baseline="old.json"))
    changes = text.split("### What changed")[1].split("###")[0]
    assert re.search(r"\n\| better \| D01 \| CER \| 9.50 \| 2.50 \| -7.00 \| &#91;&#45;7\.\d+, -6\.\d+&#93; ", changes)
    assert "<code>pytest &#45;&#45;model&#61;checkpoints/m &#45;&#45;asr-save-baseline&#61;old.json</code>" in changes


def test_the_table_has_intervals_and_what_they_are_worth_below(build):
    model = build.judged([(0, 0)] * 12 + [(0, 40)], groups=[f"s{number}" for number in range(13)])
    text = render_markdown(build.run(model))
    header = next(line for line in text.split("\n") if line.startswith("| category"))
    assert header.count("95 % CI") == 2
    assert "hangs on 1 utterance: pass without u0012" in text
    assert "fewer than 20 groups" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_header(regressed: RunOutcome):
    for block in render_markdown(regressed).split("\n\n"):
        rows = [line for line in block.split("\n") if line.startswith("|")]
        assert len({line.count("|") for line in rows}) <= 1
    assert "| D04 | CER | 8.12 | 7.32 | +0.80 | 7.00 | regressed |" in render_markdown(regressed)
    assert "| D04 | CER | 100 | 487 | 162 | 163 | 10000 |" in render_markdown(regressed)


def test_failures_and_worst_utterances(regressed: RunOutcome):
    text = render_markdown(regressed)
    assert "- <code>D04/2</code>: no frames" in text
    assert "<details><summary>Worst utterances: <code>ft3</code>, <code>D04</code></summary>" in text
    assert "<pre>\nREF  one two\nHYP  one too\n         S\n</pre>" in text


def test_one_model_has_no_comparison(build):
    assert "in percent" not in render_markdown(build.run(build.model("m", RATES)))


def test_partial_and_problems(regressed: RunOutcome):
    data = replace(regressed.data, partial=("--asr-limit=20",), problems=("a.jsonl:3: broken entry",))
    text = render_markdown(replace(regressed, data=data))
    assert "**PARTIAL**, not the whole data set: " in text
    assert "### 1 entry of the manifest could not be used\n\n- a.jsonl&#58;3: broken entry" in text


def test_a_model_that_did_not_run(build):
    run = build.run(
        build.model("m", RATES, error="no weights in m", verdicts=dict.fromkeys(RATES, Verdict.NOT_MEASURED))
    )
    assert "### <code>m</code>: not measured\n\nNot measured: no weights in m\n" in render_markdown(run)


@pytest.mark.parametrize("limit", [LIMIT, 9_000, 3_000])
def test_it_fits_a_comment_and_says_that_it_was_cut(build, limit: int):
    names = [f"분류-{number:03}" for number in range(200)]
    rates = {**dict.fromkeys(names, 9.0), TOTAL: 9.0}
    utterances = tuple(
        build.utterance(f"{name}/{number}", "가 나 다 " * 50, "가 다 " * 50, category=name)
        for name in names
        for number in range(5)
    )
    red = dict.fromkeys(rates, Verdict.REGRESSED)
    text = render_markdown(build.run(build.model("m", rates, verdicts=red, utterances=utterances)), limit=limit)
    assert limit // 2 < len(text) <= limit
    *_, note = text.rstrip("\n").split("\n\n")
    assert re.fullmatch(r"\*Cut to fit .* Left out: .*\. report.json and utterances.parquet have everything\.\*", note)
    assert text.count("<details>") == text.count("</details>")
    assert text.count("<pre>") == text.count("</pre>")
    assert "REGRESSED: m regressed in 201 of 201 judged cases" in text


def test_a_table_of_thousands_of_rows_does_not_push_out_what_follows(build):
    rates = {**{f"category-{number:04}": 9.0 for number in range(3_000)}, TOTAL: 9.0}
    wrong = build.utterance("u1", "one two", "one too", category="category-0001")
    red = {"category-0001": Verdict.REGRESSED}
    text = render_markdown(build.run(build.model("m", rates, verdicts=red, utterances=(wrong,))))
    assert len(text) <= LIMIT
    assert "Worst utterances: <code>m</code>, <code>category-0001</code>" in text
    assert re.search(r"\*and \d,\d{3} more\*\n\n</details>", text)
    assert len(text) > LIMIT // 2


def test_what_broke_is_listed_beside_what_got_worse(build):
    utterances = tuple(build.utterance(id_, errors=errors) for id_, errors in (("a", 2), ("b", 5), ("c", 0), ("d", 1)))
    model = build.model("m", RATES, baselines=RATES, utterances=utterances)
    before = {"a": 0, "b": 3, "c": 4, "d": 2, "gone": 9}
    details = UtteranceDetails(baseline_errors={"cer": before})
    text = render_markdown(build.run(model, baseline="old.json"), details)
    assert (
        "\nUtterances against the baseline, by errors in characters:\n\n"
        "- <code>m</code>: **1 newly broken**, 1 worse, 1 newly fixed, 1 better, of 4\n"
    ) in text
    broken, worse = re.findall(r"<details><summary>(?:Newly|Worse than).*?</details>", text, re.DOTALL)
    assert broken.count("<code>a</code>: 2 errors in 11 characters") == 1
    assert "<code>b</code>: 5 errors in 11 characters (S 0, I 5, D 0); 3 in the baseline\n" in worse


def test_of_many_models_the_comparison_comes_first_and_whole(build):
    utterances = tuple(build.utterance(f"u{number}", "가 나 다 " * 30, "가 다 " * 30) for number in range(40))
    models = [build.model(f"ckpt-{number}", RATES, baselines=RATES, utterances=utterances) for number in range(60)]
    details = UtteranceDetails(baseline_errors={"cer": {each.id: 0 for each in utterances}})
    text = render_markdown(build.run(*models, baseline="old.json"), details)
    assert len(text) <= LIMIT
    for model in models:
        assert re.search(rf"\n\| {model.name} \|( [\d.]+ \|){{3}}\n", text), "a row in the comparison"
        assert f"- <code>{model.name}</code>: **40 newly broken**" in text.replace("&#45;", "-")
    assert text.count("<summary>Newly broken: ") == 3


def test_a_short_report_is_not_cut(regressed: RunOutcome):
    assert "Cut to fit" not in render_markdown(regressed)


def test_hostile_text_is_shown_and_not_obeyed(hostile_run: RunOutcome):
    text = render_markdown(hostile_run)
    assert len(text) <= LIMIT
    assert text.replace("\n", "").isprintable()
    assert {tag.strip("</ ") for tag in re.findall(r"</?[A-Za-z!][^\s>]*", text)} <= OUR_TAGS
    outside = re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    assert not re.search(r"@\w|#\d|\]\(|```|`|https?://|www\.", outside.replace("&#", "&"))
    markdown_bytes(hostile_run).decode("utf-8")
