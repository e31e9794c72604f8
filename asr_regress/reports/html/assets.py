"""What is built into every page: the libraries in ``vendor``, our own scripts and style."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

STYLES = ("vendor/tabulator_simple.min.css", "page.css")
SCRIPTS = (
    "vendor/echarts.min.js",
    "vendor/tabulator.min.js",
    "data.js",
    "marks.js",
    "charts.js",
    "figures.js",
    "errors.js",
    "curve.js",
    "detail.js",
    "cells.js",
    "csv.js",
    "utterances.js",
    "page.js",
)
"""In the order in which they run."""

_MAP = "sourceMappingURL="  # On the last line; there is no such file beside a page.


@cache
def asset(name: str) -> str:
    """A script or a style as it stands in a page."""
    text = (files(__package__) / "assets" / name).read_text(encoding="utf-8").rstrip()
    lines = text.split("\n")
    return "\n".join(lines[:-1] if _MAP in lines[-1][:60] else lines)


def policy() -> str:
    """The content security policy: our scripts run, by their digests, and nothing else; nothing is fetched.

    Styles are not listed one by one, since the libraries set them on elements; they can load nothing, either.
    """
    digests = (b64encode(sha256(asset(name).encode()).digest()).decode("ascii") for name in SCRIPTS)
    return "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(f"'sha256-{digest}'" for digest in digests),
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "media-src blob: file:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
