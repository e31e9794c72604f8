"""The documentation as a site: whole, without dead links, and readable without a network."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


class _Loader(yaml.SafeLoader):
    """YAML whose tags name functions of the site's builder, which nobody here calls."""


_Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: suffix)


def _pages(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        for found in entry.values() if isinstance(entry, dict) else [entry]:
            if isinstance(found, list):
                yield from _pages(found)
            else:
                yield found


@pytest.fixture(scope="module")
def in_nav() -> list[str]:
    config = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), _Loader)
    return list(_pages(config["nav"]))


def test_every_page_is_in_the_navigation_once(in_nav: list[str]) -> None:
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} | {"changelog.md"}
    assert sorted(in_nav) == sorted(pages)


def test_every_picture_says_what_it_shows() -> None:
    shown = [
        (path.name, alt.strip())
        for path in DOCS.rglob("*.md")
        for alt in re.findall(r"!\[([^\]]*)\]\(", path.read_text("utf-8"))
    ]
    assert shown
    assert [name for name, alt in shown if len(alt) < 20] == []


@pytest.mark.parametrize("picture", sorted((DOCS / "pictures").glob("*.svg")), ids=lambda path: path.name)
def test_a_picture_needs_nothing_else_and_says_what_it_shows(picture: Path) -> None:
    text = picture.read_text("utf-8")
    assert len(re.search(r'<desc id="description">([^<]+)</desc>', text)[1]) > 40  # type: ignore[index]
    assert re.findall(r"(?:href|src|url\()\W*(?!#)\w+:", text) == []
    assert len(text) < 100_000


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def repository(builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, path in (("ROOT", tmp_path), ("DOCS", tmp_path / "docs"), ("STAGED", tmp_path / "build" / "docs")):
        monkeypatch.setattr(builder, name, path)
    (tmp_path / "docs" / "api").mkdir(parents=True)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n[a page](docs/page.md#part)\n")
    (tmp_path / "README.md").write_text("# Readme\n")
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "Dockerfile").write_text("FROM scratch\n")
    return tmp_path


def test_links_out_of_docs_hold_in_the_site(builder: ModuleType, repository: Path) -> None:
    (repository / "docs" / "page.md").write_text(
        "[home](../README.md) [file](../examples/Dockerfile) [all](../examples) [web](https://example.org/../x)\n"
        "```md\n[as written](../examples/Dockerfile)\n```\n[deep](api/index.md#x)\n"
    )
    (repository / "docs" / "api" / "index.md").write_text("[changes](../../CHANGELOG.md) [up](../page.md)")
    builder.stage()
    staged = repository / "build" / "docs"
    assert (staged / "page.md").read_text() == (
        "[home](index.md) [file](files/examples/Dockerfile.txt) [all](files/examples/list.html) "
        "[web](https://example.org/../x)\n"
        "```md\n[as written](../examples/Dockerfile)\n```\n[deep](api/index.md#x)\n"
    )
    assert (staged / "api" / "index.md").read_text() == "[changes](../changelog.md) [up](../page.md)"
    assert (staged / "changelog.md").read_text() == "# Changelog\n\n[a page](page.md#part)\n"
    assert (staged / "files" / "examples" / "Dockerfile.txt").read_text() == "FROM scratch\n"


def test_a_link_to_no_file_ends_the_build(builder: ModuleType, repository: Path) -> None:
    (repository / "docs" / "page.md").write_text("[gone](../examples/gone.py) and [out](../../../etc/passwd)")
    with pytest.raises(SystemExit) as caught:
        builder.stage()
    assert str(caught.value).splitlines() == [
        "docs/page.md: links to ../examples/gone.py, and there is no such file",
        "docs/page.md: links to ../../../etc/passwd, and there is no such file",
    ]


@dataclass
class _Page(HTMLParser):
    """What a page of the site has, links to, and loads."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in given:
            self.loads.append(given["src"])
        elif tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload", "modulepreload", "preconnect"):
            self.loads.append(given.get("href", ""))


@pytest.fixture(scope="module")
def site() -> dict[Path, _Page]:
    """Every page of the site by its file."""
    built = subprocess.run(
        [sys.executable, str(DOCS / "build.py")],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    pages = {}
    for path in sorted((ROOT / "site").rglob("*.html")):
        pages[path] = _Page()
        pages[path].feed(path.read_text("utf-8"))
    return pages


def test_the_site_has_no_dead_link_or_anchor(site: dict[Path, _Page], in_nav: list[str]) -> None:
    assert {(ROOT / "site" / page).with_suffix(".html") for page in in_nav} <= site.keys()
    dead = []
    for path, page in site.items():
        if path.name == "404.html":  # its links are those of a server's root
            continue
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                dead.append(f"{path.name}: {link}")
            elif parts.fragment and target in site and unquote(parts.fragment) not in site[target].ids:
                dead.append(f"{path.name}: {link}: no such anchor")
    assert dead == []


def test_no_reference_is_left_as_it_was_written(site: dict[Path, _Page]) -> None:
    assert [path.name for path in site if re.search(r"\]\[asr_regress|:::", path.read_text("utf-8"))] == []


def test_the_site_loads_nothing_from_elsewhere(site: dict[Path, _Page]) -> None:
    assert {load for page in site.values() for load in page.loads if urlsplit(load).netloc} == set()


def test_the_reference_has_what_users_extend(site: dict[Path, _Page]) -> None:
    ids = {each for path, page in site.items() if "api" in path.parts for each in page.ids}
    wanted = (
        "plugin.asr_case",
        "scoring.counts.ErrorCounts",
        "scoring.metrics.metric.Metric",
        "text.text_rules.TextRules",
        "corpus.readers.Reader",
        "transcription.recognizers.Recognizer",
        "gate.thresholds.Thresholds",
        "gate.verdict.Verdict",
        "gate.baseline.Baseline",
        "errors.MeasurementError",
    )
    assert [name for name in wanted if f"asr_regress.{name}" not in ids] == []
