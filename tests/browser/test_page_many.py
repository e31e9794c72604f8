"""Twenty thousand utterances."""

from pathlib import Path

import pytest
from page_data import korean

COUNT = 20_000
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def many(page_of) -> Path:
    return page_of(korean(COUNT))


def test_twenty_thousand_rows_scroll(open_page, many):
    assert many.stat().st_size < 30 * MEGABYTE
    opened = open_page(many)
    opened.page.click("#lists [data-list=all]")
    ids = opened.shown_ids()
    assert len(ids) == COUNT
    holder = "document.querySelector('#list .tabulator-tableholder')"
    for share in (0, 0.37, 0.5, 1):
        opened.run(f"(share) => {{ {holder}.scrollTop = share * {holder}.scrollHeight; }}", share)
        expected = ids[round(share * (COUNT - 1))]
        opened.until(
            "(id) => [...document.querySelectorAll('#list .about b')].some((each) => each.textContent === id)"
            if share in (0, 1)
            else "() => document.querySelectorAll('#list .about b').length > 5",
            expected,
        )
        assert opened.run("document.querySelectorAll('#list .tabulator-row').length") < 100, "made as they scroll"
    opened.page.fill("#search", "19999")
    assert opened.shown_ids() == ["D04/19999"]
    opened.fine()


def test_a_permalink_among_many(open_page, many):
    opened = open_page(many, "#u=D01/15000")
    assert opened.text("#detail h3") == "D01/15000"
    opened.page.wait_for_selector("#list .tabulator-selected")
    assert opened.text("#list .tabulator-selected b") == "D01/15000"
