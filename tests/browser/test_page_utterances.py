"""The list of utterances: lists, search, filters, keys, permalinks, marks and CSV."""

import csv
import io

import pytest
from page_data import Spoken


def count(opened) -> int:
    return int(opened.text("#count").split(" of ")[0].replace(",", ""))


def test_a_click_in_the_scatter_finds_the_utterance(open_page, korean_page):
    opened = open_page(korean_page)
    opened.page.locator("#scatter").scroll_into_view_if_needed()
    opened.page.wait_for_selector("#scatter canvas")
    # The point farthest from all others, so that it alone is hit.
    wanted, x, y = opened.run("""() => {
      const chart = echarts.getInstanceByDom(document.getElementById("scatter"));
      const points = chart.getOption().series.flatMap((each) => each.data);
      const apart = (a) => Math.min(...points.filter((b) => b !== a).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1])));
      const [point] = points.map((each) => [each, apart(each)]).sort((a, b) => b[1] - a[1])[0];
      const place = document.getElementById("scatter").getBoundingClientRect();
      const [dx, dy] = chart.convertToPixel({ seriesIndex: 0 }, point);
      return [report.columns.id[point[2]], place.left + dx, place.top + dy];
    }""")
    opened.page.mouse.click(x, y)
    opened.until("(id) => document.querySelector('#detail h3')?.textContent === id", wanted)
    opened.page.wait_for_selector("#list .tabulator-selected")
    assert opened.text("#list .tabulator-selected b") == wanted
    assert opened.run("new URLSearchParams(location.hash.slice(1)).get('u')") == wanted
    opened.fine()


def test_lists_hold_what_they_are_called_after(open_page, korean_page):
    opened = open_page(korean_page)
    rules = {
        "broken": "row.errors > 0 && row.before === 0",
        "fixed": "row.errors === 0 && row.before > 0",
        "worse": "row.errors > row.before",
        "better": "row.errors !== null && row.errors < row.before",
        "hallucinated": "row.kinds > 0 || row.runaway",
        "failed": "row.status === 'failed'",
        "worst": "row.errors > 0",
    }
    for name, rule in rules.items():
        opened.page.click(f"#lists [data-list={name}]")
        matching = f"report.rows.filter((row) => row.before !== undefined && ({rule})).map((row) => row.id).sort()"
        expected = opened.run(matching)
        assert 0 < len(expected) < 400
        assert len(opened.shown_ids()) == count(opened)
        assert sorted(opened.shown_ids()) == expected or name == "worst"
        assert set(opened.shown_ids()) <= set(expected)
    opened.fine()


def test_search_and_filters_narrow_the_list(open_page, korean_page):
    opened = open_page(korean_page)
    opened.page.click("#lists [data-list=all]")
    assert count(opened) == 400
    opened.page.fill("#search", "에어컨을")
    found = opened.shown_ids()
    assert 0 < len(found) < 400
    texts = opened.run("""report.table.getData('active').map(({ i }) =>
      report.columns.reference[i] + report.columns.models.map((m) => m.hypothesis[i]).join())""")
    assert all("에어컨을" in text for text in texts)
    opened.page.select_option("#category", label="D02")
    narrower = opened.shown_ids()
    assert 0 < len(narrower) < len(found)
    assert all(each.startswith("D02/") for each in narrower)
    opened.page.select_option("#status", label="wrong")
    assert all(opened.run("report.table.getData('active').map((row) => row.errors > 0)"))
    opened.page.click("#reset")
    assert count(opened) == 400
    opened.page.select_option("#speaker", label="speaker05")
    assert set(opened.shown_ids()) == {f"D{n % 4 + 1:02}/{n:05}" for n in range(400) if n % 37 == 5}
    opened.page.click("#reset")
    opened.page.select_option("#class", label="repetition")
    assert 0 < count(opened) < 100
    opened.page.fill("#search", "nothing has this")
    assert count(opened) == 0
    assert "No utterance matches." in opened.text("#list")
    opened.fine()


def test_a_category_of_the_table_leads_to_its_utterances(open_page, korean_page):
    opened = open_page(korean_page)
    opened.page.click("section.model:not([hidden]) a[data-part='\"D03\"']")
    assert all(each.startswith("D03/") for each in opened.shown_ids())
    assert opened.shown_ids()


def test_a_permalink_opens_its_utterance(open_page, korean_page):
    opened = open_page(korean_page, "#u=D02/00001")
    assert opened.text("#detail h3") == "D02/00001"
    assert opened.text("#list .tabulator-selected b") == "D02/00001"
    opened.page.evaluate("location.hash = 'u=' + encodeURIComponent('D04/00003')")
    opened.until("document.querySelector('#detail h3').textContent === 'D04/00003'")
    opened.page.evaluate("location.hash = 'u=nobody'")
    opened.until("document.getElementById('count').textContent.includes('no utterance nobody')")
    opened.fine()


def test_ids_of_any_characters_have_permalinks(open_page, page_of):
    ids = ["a+b c", "100 %/ä&u=x", "한/국#말", "?q=1"]
    page = page_of([Spoken(id_, "D01", "하나 둘", {"old": "하나 둘", "new": "하나 셋"}) for id_ in ids])
    for id_ in ids:
        opened = open_page(page)
        opened.page.locator("#list .tabulator-row", has=opened.page.get_by_text(id_, exact=True)).click()
        again = open_page(page, opened.page.locator("#permalink").get_attribute("href"))
        assert again.text("#detail h3") == id_
        again.fine()


def test_keys_go_through_the_list(open_page, korean_page):
    opened = open_page(korean_page)
    ids = opened.shown_ids()
    opened.page.locator("#list").focus()
    for expected in (ids[1], ids[2]):
        opened.page.keyboard.press("ArrowDown")
        assert opened.text("#detail h3") == expected
    opened.page.keyboard.press("ArrowUp")
    assert opened.text("#detail h3") == ids[1]
    opened.page.keyboard.press("Enter")
    assert opened.run("document.activeElement.id") == "detail"
    opened.fine()


MARKS = """[...document.querySelectorAll('#detail .column:not(.same)')]
  .map((each) => [...each.children].map((part) => part.textContent.trim()))"""


def test_marks_say_what_became_of_each_syllable(open_page, page_of):
    heard = {"old": "오늘 날씨가 좋네요", "new": "오늘 낼씨가 좋네"}
    opened = open_page(page_of([Spoken("u1", "D01", "오늘 날씨가 좋네요", heard)]))
    assert opened.run(MARKS) == [["날", "낼", "S"], ["요", "", "D"]]
    heard_again = opened.run(
        "[...document.querySelectorAll('#detail section:first-of-type .heard')].map((e) => e.textContent).join('')"
    )
    assert heard_again.replace("␣", " ").strip() == heard["new"]
    assert "✓ right: 오늘 날씨가 좋네요" in opened.text("#detail section:last-of-type")
    opened.page.select_option("#unit", "words")
    assert opened.run(MARKS) == [["날씨가", "낼씨가", "S"], ["좋네요", "좋네", "S"]]
    line = "(tag) => [...document.querySelectorAll(`#list .line ${tag}`)].map((each) => each.textContent)"
    assert (opened.run(line, "del"), opened.run(line, "ins")) == (["날씨가 좋네요"], ["낼씨가 좋네"])
    opened.fine()


def test_words_are_marked_where_letters_are_small(open_page, page_of):
    heard = {"old": "the cat sat", "new": "the cats sat down"}
    opened = open_page(page_of([Spoken("u1", "D01", "The cat sat", heard)]))
    assert opened.run(MARKS) == [["cat", "cats", "S"], ["", "down", "I"]]


FORMULAS = ["=1+1", "+82 10", "-5 도", "@SUM(A1)", "\tx", "\r=x"]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("how", ["copy", "save"])
def test_csv_holds_what_the_list_shows_and_no_formula(open_page, page_of, how):
    spoken = [Spoken(f"{n}", "D01", f"말 {n}", {"old": "말", "new": text}) for n, text in enumerate(FORMULAS)]
    spoken.append(Spoken("=cmd|' /C calc'!A0", "+cat", '"둘", 셋', {"old": "둘 셋", "new": "하나\n둘"}, speaker="@me"))
    opened = open_page(page_of(spoken))
    opened.page.click("#lists [data-list=all]")
    if how == "save":
        with opened.page.expect_download() as download:
            opened.page.click("#save")
        text = download.value.path().read_text(encoding="utf-8")
        assert text.startswith("\ufeff"), "so that spreadsheets take it for UTF-8"
    else:
        opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        opened.page.click("#copy")
        opened.until("document.getElementById('copy').textContent === 'Copied'")
        text = opened.run("navigator.clipboard.readText()")
    rows = rows_of(text)
    assert len(rows) == len(spoken)
    assert not [cell for row in rows for name, cell in row.items() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    by_id = {row["id"]: row for row in rows}
    odd = by_id["'=cmd|' /C calc'!A0"]
    assert (odd["category"], odd["speaker"], odd["reference"]) == ("'+cat", "'@me", '"둘", 셋')
    assert by_id["0"]["hypothesis"] == "'=1+1"
    assert by_id["0"]["errors"] == str(opened.run("report.rows[report.columns.id.indexOf('0')].errors"))
    opened.fine()


def test_csv_holds_the_filtered_utterances_alone(open_page, korean_page):
    opened = open_page(korean_page)
    opened.page.click("#lists [data-list=failed]")
    rows = rows_of(opened.run("report.csv()"))
    assert [row["id"] for row in rows] == opened.shown_ids()
    assert {(row["status"], row["errors"], row["reason"]) for row in rows} == {("failed", "", "no frames")}
