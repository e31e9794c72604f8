"""axe-core finds nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1300), ("dark", 1300), ("light", 390)])
def test_axe_finds_nothing_serious(open_page, korean_page, scheme, width):
    opened = open_page(korean_page, "#u=D02/00013", scheme=scheme, size=(width, 900))
    for part in ("#figures", "#errors", "#utterances"):
        opened.page.locator(part).scroll_into_view_if_needed()
    opened.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = Axe().run(opened.page).response["violations"]
    serious = [
        f"{each['id']}: {each['help']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"][:3]
    ]
    assert serious == []
    opened.fine()
