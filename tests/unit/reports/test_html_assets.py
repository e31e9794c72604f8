import hashlib
import re
import subprocess
import sys
from pathlib import Path

import asr_regress.reports.html.assets as assets
from asr_regress.reports.html.assets import SCRIPTS, STYLES, asset, policy

FOLDER = Path(assets.__file__).parent / "assets"


def test_libraries_are_what_is_written_of_them():
    listed = re.findall(r"^\| `([\w.]+)` .* `([0-9a-f]{64})` \|$", (FOLDER / "vendor/VENDORED.md").read_text(), re.M)
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (FOLDER / "vendor").glob("*.min.*")}
    assert dict(listed) == found
    assert all(f"vendor/{name}" in (*SCRIPTS, *STYLES) for name in found)


def test_nothing_in_an_asset_ends_its_element():
    for name in (*SCRIPTS, *STYLES):
        text = asset(name)
        assert not re.search(r"</(script|style)|<!--|\r|\0", text, re.IGNORECASE), name
        assert "sourceMappingURL" not in text


def test_the_policy_lets_our_scripts_run_and_fetches_nothing():
    found = dict(part.split(" ", 1) for part in policy().split("; "))
    assert found["default-src"] == "'none'"
    assert len(found["script-src"].split()) == len(SCRIPTS)
    assert all(source.startswith("'sha256-") for source in found["script-src"].split())
    assert not {source for sources in found.values() for source in sources.split()} & {"*", "http:", "https:"}


def test_importing_the_page_is_cheap():
    heavy = "'jinja2', 'numpy', 'pyarrow', 'soundfile', 'scipy', 'torch'"
    code = f"import sys, asr_regress.reports.html.page; print([each for each in ({heavy}) if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
