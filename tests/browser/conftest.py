"""Pages in a real Chromium: no network, nothing else on the screen, and a record of whatever goes wrong in them."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from page_data import Spoken, korean, run_of
from playwright.sync_api import Browser, Page, sync_playwright

from asr_regress.reports.html.live import live_page

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WAITS = 1000  # of 20 ms: far longer than anything takes, on a busy machine, too

Open = Callable[..., "Opened"]


@dataclass
class Opened:
    """A page that was opened, and what it did beside what it should.

    Attributes:
        complaints: What it wrote to the console, and errors that nobody caught.
        asked: Addresses outside the page that it asked for.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.page.evaluate(script, *arguments)

    def until(self, condition: str, *arguments: Any) -> None:
        """Wait until a script says yes. (Playwright's own waiting evaluates text, which the page does not allow.)"""
        for _ in range(WAITS):
            if self.run(condition, *arguments):
                return
            self.page.wait_for_timeout(20)
        pytest.fail(f"in vain: {condition}")

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    def shown_ids(self) -> list[str]:
        """Ids of all utterances that the list would show."""
        found: list[str] = self.run("report.table.getData('active').map((row) => row.id)")
        return found

    def fine(self) -> None:
        assert self.complaints == []
        assert self.asked == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its file: while playwright is there an event loop runs, and code that starts one fails beside it."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = "there is no chromium: `make browser` installs Debian's, CHROMIUM may name another"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    contexts = []

    def opened(path: Path, anchor: str = "", *, scheme: Any = "light", size: tuple[int, int] = (1300, 900)) -> Opened:
        context = browser.new_context(
            offline=True, color_scheme=scheme, viewport={"width": size[0], "height": size[1]}, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        found = Opened(page)
        page.on("console", lambda message: found.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: found.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (found.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: None if _inside(request.url, path) else found.asked.append(request.url))
        page.goto(path.as_uri() + anchor)
        page.wait_for_selector("html[data-ready]")
        return found

    yield opened
    for context in contexts:
        context.close()


def _inside(url: str, path: Path) -> bool:
    return url.split("#")[0] == path.as_uri() or url.startswith(("blob:", "data:"))


def write_page(path: Path, spoken: Sequence[Spoken]) -> Path:
    """The page of these utterances, judged as the gate does it."""
    path.write_bytes(live_page(*run_of(spoken)))
    return path


@pytest.fixture(scope="session")
def korean_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 Korean utterances: the model "new" held against "old"."""
    return write_page(tmp_path_factory.mktemp("korean") / "report.html", korean(400))


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[Spoken]], Path]:
    """Writes the page of some utterances."""
    return lambda spoken: write_page(tmp_path_factory.mktemp("page") / "report.html", spoken)
