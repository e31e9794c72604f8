"""The page as a file on disk, without a network."""

import pytest

SHOWN = """[...document.querySelectorAll('section.model')].filter((each) => !each.hidden)
  .map((each) => each.querySelector('h2').innerText.split(/\\s/)[0])"""
PARTS = ("#verdict", "#figures", "#errors", "#utterances")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_from_disk_without_a_complaint(open_page, korean_page, scheme):
    opened = open_page(korean_page, scheme=scheme)
    assert opened.text("h1").split()[-1].lower() == "regressed"
    assert opened.text(".sentence").startswith("new regressed in ")
    assert opened.run("document.documentElement.dataset.theme") == scheme
    for part in PARTS:  # what is drawn or made when it comes into sight
        opened.page.locator(part).scroll_into_view_if_needed()
    opened.until("document.querySelectorAll('[data-chart] canvas').length === 7")
    opened.fine()


def test_the_verdict_and_the_tables_need_no_script(browser, korean_page):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(korean_page.as_uri())
    assert page.locator("h1").inner_text().split()[-1].lower() == "regressed"
    tables = page.locator("section.model table")
    assert tables.count() == 4  # CER and WER of two models
    assert "TOTAL" in tables.first.inner_text()
    assert not page.locator("#utterances").is_visible()
    context.close()


def test_one_model_is_shown_at_a_time(open_page, korean_page):
    opened = open_page(korean_page)
    assert opened.run(SHOWN) == ["new"]
    opened.page.select_option("#model", label="old: pass")
    opened.until("report.table.getData().every((row) => !row.added)")
    assert opened.run(SHOWN) == ["old"]
    assert opened.text("#utterances-title") == "Utterances of old"
    opened.fine()


def test_the_colors_can_be_switched(open_page, korean_page):
    opened = open_page(korean_page)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = opened.run(ground)
    opened.page.click("#theme")
    assert opened.run("document.documentElement.dataset.theme") == "dark"
    assert opened.run(ground) != light
    opened.page.click("#theme")
    assert opened.run(ground) == light
    opened.fine()


@pytest.mark.parametrize("width", [390, 768])
def test_nothing_sticks_out_of_a_narrow_screen(open_page, korean_page, width):
    opened = open_page(korean_page, size=(width, 800))
    assert opened.run("document.documentElement.scrollWidth") <= width
    opened.page.click("#lists-above button >> nth=0")
    assert opened.run("document.documentElement.scrollWidth") <= width
    opened.fine()
