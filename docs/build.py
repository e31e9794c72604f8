"""Build the documentation as a site, with nothing but what is in the repository.

    python docs/build.py            # site/, strictly: a link or an anchor that leads nowhere ends it
    python docs/build.py --serve    # the same, then at http://localhost:8000 until Ctrl-C

The pages link to files outside of docs/, which a site has to have beside it. So they are laid out in build/docs
first: CHANGELOG.md as a page, other files as they are, and links to them changed.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
DOCS, STAGED, SITE = ROOT / "docs", ROOT / "build" / "docs", ROOT / "site"
PAGES = {
    PurePosixPath("CHANGELOG.md"): PurePosixPath("changelog.md"),
    PurePosixPath("README.md"): PurePosixPath("index.md"),
}
"""Files outside of docs/ that a page stands for."""
FILES = PurePosixPath("files")
"""Where the site has the repository's files that pages link to."""

_LINK = re.compile(r"(?P<before>!?\[(?:[^\[\]]|\[[^\]]*\])*\]\()(?P<target>[^)\s]+)(?P<after>\))")
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1`*\s*$", re.MULTILINE | re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z]+:|#|//")


def stage() -> None:
    """Lay out the pages, what they show, and what they link to.

    Raises:
        SystemExit: A page links to a file that is not there.
    """
    shutil.rmtree(STAGED, ignore_errors=True)
    shutil.copytree(DOCS, STAGED, ignore=shutil.ignore_patterns("*.md", "*.py", "__pycache__"))
    pages = {path.relative_to(ROOT): path.relative_to(DOCS) for path in DOCS.rglob("*.md")}
    pages |= {Path(source): Path(page) for source, page in PAGES.items() if page.name != "index.md"}
    missing = []
    for source, page in sorted(pages.items()):
        text, faults = _relinked((ROOT / source).read_text("utf-8"), PurePosixPath(source), PurePosixPath(page))
        missing += faults
        target = STAGED / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    if missing:
        raise SystemExit("\n".join(missing))


def _relinked(text: str, source: PurePosixPath, page: PurePosixPath) -> tuple[str, list[str]]:
    """A page's text with links that hold in the site, and a line for each that leads nowhere."""
    faults = []

    def relink(found: re.Match[str]) -> str:
        target, hash_mark, anchor = found["target"].partition("#")
        if not target or _ELSEWHERE.match(found["target"]):
            return found[0]
        path = _resolved(source.parent / target)
        if path is None or not (ROOT / path).exists():
            faults.append(f"{source}: links to {found['target']}, and there is no such file")
            return found[0]
        return f"{found['before']}{_from(page, _place(path))}{hash_mark}{anchor}{found['after']}"

    fences = [range(*fence.span()) for fence in _FENCE.finditer(text)]

    def unless_code(found: re.Match[str]) -> str:
        return found[0] if any(found.start() in fence for fence in fences) else relink(found)

    return _LINK.sub(unless_code, text), faults


def _resolved(path: PurePosixPath) -> PurePosixPath | None:
    """A path without ``..``; None where it leaves the repository."""
    parts: list[str] = []
    for part in path.parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            return None
    return PurePosixPath(*parts)


def _place(path: PurePosixPath) -> PurePosixPath:
    """Where the site has a file of the repository; copied there unless it is a page or lies in docs/."""
    if path in PAGES:
        return PAGES[path]
    if path.parts[:1] == ("docs",) and path.suffix != ".py":
        return path.relative_to("docs")
    if (ROOT / path).is_dir():
        return _listed(path)
    return _copied(path)


def _copied(path: PurePosixPath) -> PurePosixPath:
    """A file as text: what web servers and browsers make of a Dockerfile or an .sbatch nobody knows."""
    place = FILES / path.with_name(f"{path.name}.txt")
    target = STAGED / place
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / path, target)
    return place


def _listed(folder: PurePosixPath) -> PurePosixPath:
    """A page that lists a folder's files, which a site from disk has no other way to show."""
    files = [_copied(folder / each.name) for each in sorted((ROOT / folder).iterdir()) if each.is_file()]
    links = "".join(f'<li><a href="{each.name}">{each.stem}</a></li>' for each in files)
    place = FILES / folder / "list.html"
    target = STAGED / place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"<!doctype html><meta charset=utf-8><title>{folder}</title><ul>{links}</ul>\n", "utf-8")
    return place


def _from(page: PurePosixPath, place: PurePosixPath) -> str:
    """The link from a page to a place in the site."""
    return "/".join((*[".."] * (len(page.parts) - 1), *place.parts))


def build() -> int:
    """Write site/; 0 if nothing was wrong."""
    stage()
    shutil.rmtree(SITE, ignore_errors=True)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", "mkdocs.yml"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def serve(port: int = 8000) -> None:
    """Show the site to this machine until it is interrupted."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://localhost:{port} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main() -> int:
    """Build, and serve where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--serve", action="store_true", help="show it at http://localhost:8000")
    given = parser.parse_args()
    code = build()
    if code == 0 and given.serve:
        serve()
    return code


if __name__ == "__main__":
    sys.exit(main())
