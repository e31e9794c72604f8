"""A page as a browser shows it, as a picture small enough for a README."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_COLORS = 192
_SHORTEN = """folder => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "");
}"""


def page_picture(page: Path, folder: Path, width: int = 1180, height: int = 900) -> bytes:
    """The top of a page as PNG, in the light colors.

    Args:
        page: An HTML file.
        folder: Left out of the paths on it: where a clone lies is of no interest.
        width: Of the window, in pixels.
        height: Of the window, in pixels.

    Raises:
        RuntimeError: There is no browser.
    """
    from PIL import Image
    from playwright.sync_api import sync_playwright

    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise RuntimeError("there is no Chromium; `make browser` sees to one")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        shown = opened.new_page(viewport={"width": width, "height": height}, color_scheme="light")
        shown.goto(page.resolve().as_uri())
        shown.wait_for_timeout(2_000)
        shown.evaluate(_SHORTEN, f"{folder}/")
        taken = shown.screenshot()
        opened.close()
    small = io.BytesIO()
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(_COLORS).save(small, "PNG", optimize=True)
    return small.getvalue()
