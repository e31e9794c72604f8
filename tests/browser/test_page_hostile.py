"""Text from outside runs nothing and hides nothing, wherever it stands."""

from dataclasses import replace

import pytest
from page_data import Spoken, run_of

from asr_regress.reports.html.assets import SCRIPTS
from asr_regress.reports.html.page import page
from asr_regress.reports.html.sections import SECTIONS
from asr_regress.reports.json_report import json_bytes, report
from asr_regress.reports.parquet import utterance_table
from asr_regress.reports.saved_report import Line, LineChart, SavedReport
from asr_regress.reports.section import PageSection

HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "'\"><svg onload=document.title='owned'>",
    "]]><!--<script>{{7*7}}{% raw %}${document.title='owned'}",
    "{a|rich} {value} javascript:document.title='owned'",
    "a\u2028b\u2029c\u202ed\u200be\x1b[31m\x00",
)
RECORDINGS = "file:///nowhere/"
RAN = "document.title === 'owned' || document.querySelector('img[src=x], svg[onload]') !== null"


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    """A page in which all names and texts are hostile: of models, categories, speakers, files, reasons, charts."""
    spoken = [
        Spoken(
            f"{text}/{n}", text, f"{text} 하나", {HOSTILE[0]: f"{text} 하나", HOSTILE[1]: f"둘 {text}" if n else None},
            speaker=text, audio=f"/nowhere/{text}.wav",
        )
        for text in HOSTILE
        for n in range(2)
    ]  # fmt: skip
    run, details = run_of(spoken)
    run = replace(
        run, data=replace(run.data, path=HOSTILE[1], problems=HOSTILE, partial=HOSTILE), text_rules=HOSTILE[2]
    )
    chart = LineChart(HOSTILE[1], HOSTILE[2], HOSTILE, (Line(HOSTILE[0], tuple(map(float, range(7)))),), HOSTILE[3], 1)
    target = tmp_path_factory.mktemp("hostile") / "report.html"
    hostile = PageSection(
        "hostile",
        HOSTILE[1],
        lambda shown: {"note": HOSTILE[2], "charts": [chart], "tables": [(HOSTILE[0], [HOSTILE] * 3)]},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("asr_regress.reports.html.page.SECTIONS", (*SECTIONS, hostile))
        target.write_bytes(page(SavedReport(report(run), utterance_table(run, details).to_pydict())))
    return target


def test_a_hostile_text_runs_nothing(open_page, hostile_page):
    opened = open_page(hostile_page)
    for part in ("#verdict", "#figures", "#errors", "#utterances", "[data-chart=curve]"):
        opened.page.locator(part).scroll_into_view_if_needed()
    opened.page.wait_for_selector("[data-chart=curve] canvas")
    opened.page.wait_for_selector("[data-chart=rates] canvas")
    opened.page.hover("#scatter", position={"x": 60, "y": 60})
    opened.page.click("#lists [data-list=all]")
    for id_ in opened.shown_ids():
        opened.run("(id) => report.open(report.columns.id.indexOf(id))", id_)
        assert opened.text("#detail h3")
        assert not opened.run(RAN)
    opened.page.select_option("#category", index=2)
    opened.page.select_option("#errors-category", index=2)
    opened.page.select_option("#model", index=0)
    opened.page.wait_for_timeout(200)
    assert not opened.run(RAN)
    assert opened.run("document.querySelectorAll('script:not([type])').length") == len(SCRIPTS), (
        "ours, and nobody else's"
    )
    about_audio = [each for each in opened.complaints if "ERR_FILE_NOT_FOUND" not in each]
    assert about_audio == []
    assert [each for each in opened.asked if not each.startswith(RECORDINGS)] == []


def test_what_cannot_be_seen_is_shown_as_an_escape(open_page, hostile_page):
    opened = open_page(hostile_page)
    invisible = "/[\\u2028\\u2029\\u202e\\u200b\\u001b\\u0000]/"
    assert opened.run("report.columns.id.some((id) => id.includes('\\u202e'))")
    opened.run("report.open(report.columns.id.findIndex((id) => id.includes('\\u202e')))")
    assert "\\u202e" in opened.text("#detail h3")
    assert not opened.run(f"{invisible}.test(document.body.innerText)")


def test_no_other_script_may_run_and_nothing_may_be_fetched(open_page, hostile_page):
    opened = open_page(hostile_page)
    opened.run("""() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
      const link = Object.assign(document.createElement("a"), { href: "javascript:document.title='owned'" });
      document.body.append(link);
      link.click();
    }""")
    opened.page.wait_for_timeout(100)
    assert opened.run("document.title") != "owned"
    refused = opened.run("fetch('https://example.invalid/x').then(() => 'fetched', (error) => error.name)")
    assert refused == "TypeError"
    assert any("Content Security Policy" in each for each in opened.complaints)
    assert [each for each in opened.asked if not each.startswith(RECORDINGS)] == []


def test_saved_and_live_are_the_same_page(hostile_page):
    import json

    run, details = run_of([Spoken("u", "D01", "하나", {"old": "하나", "new": HOSTILE[6]})])
    rows = utterance_table(run, details).to_pydict()
    assert page(SavedReport(json.loads(json_bytes(run)), rows)) == page(SavedReport(report(run), rows))
