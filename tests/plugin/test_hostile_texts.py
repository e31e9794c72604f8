"""A corpus and an engine that try to do something to whoever reads of them: nothing is obeyed, in any output."""

import json
import os
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

NAMES = (
    "</pre></details><script>alert(1)</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "| a | b |",
    "`code` *b* _i_ [l](http://evil.example) ![i](http://evil.example/x.png) www.evil.example",
    "::error title=x::injected",
    "  ::stop-commands::token",
    "##[error]injected ##[add-mask]x ##vso[task.complete] ##teamcity[x]",
    "@everyone see #1 and GH-1",
    "]]> &amp; <a/>",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200bzero\u00ad\ufeff \u200f\u061c",
    "%0A::error::injected",
    "{{7*7}} ${7*7} <%= 7 %>",
    "\U000e0041\U000e0042 tags \u3164filler \ufffe\uffff",
)
"""What may be the name of a category."""
TEXTS = (
    *NAMES,
    "\tTAB",
    "\x1b[31mred\x1b[2J\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9b31mC1\x9d0;title\x9c\x90q\x9c",
    "\x08\x08\x7f back",
    "line\n::error::injected\n##[error]injected\r\n::set-output name=x::y",
    "\u2028::error::injected\u2029\x85::error::injected",
)
MODEL = "=cmd <b>##[error]`x`|\u202e::error::\x1b]8;;http:evil\x07\x9b2J\n]]>.jsonl"
GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"
THRESHOLDS = """\
version: 1
data: manifest.jsonl
normalize: none
max_failed: 1000
max_broken_entries: 2
slices: [field, speaker]
defaults: {cer: {max: 5}, wer: {max: 400}}
"""
MARKUP = {
    *("h2", "h3", "h4", "p", "strong", "em", "code", "pre", "ul", "li", "details", "summary", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}


@pytest.fixture
def hostile(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of which every name, transcript and reason is hostile, on what seems to be GitHub."""
    folder, rows, heard = pytester.path, [], []
    for number, category in enumerate(NAMES):
        for place, text in enumerate(TEXTS[number % 3 :: 3]):
            key = f"{category} {number} {place}"
            row = {"audio_filepath": f"{category}/{place}.wav", "id": key, "category": category, "field": text}
            rows.append({**row, "text": f"{text} word", "speaker": f"{text} {place % 3}"})
            said = {"text": f"{TEXTS[(number + place) % len(TEXTS)]} {text}"}
            heard.append({"id": key, **({"text": None, "reason": text} if place == number % 8 else said)})
    broken = ['{"a\x1b[31m ::error::injected', json.dumps({**rows[0], "id": TEXTS[17]})]
    (folder / "manifest.jsonl").write_text("\n".join([*map(json.dumps, rows), *broken]), encoding="utf-8")
    (folder / MODEL).write_text("\n".join(map(json.dumps, heard)), encoding="utf-8")
    (folder / "thresholds.yaml").write_text(THRESHOLDS, encoding="utf-8")
    pytester.makepyfile(test_asr_gate=GATE)
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    monkeypatch.setenv("COLUMNS", "100")
    return folder


def run(pytester: pytest.Pytester, *arguments: str) -> str:
    """What it wrote to both streams, byte for byte, as a terminal or a runner reads it."""
    found = pytester.run(
        *pytester._getpytestargs(), "-v", "-p", "no:cacheprovider", f"--model={MODEL}", *arguments, timeout=120
    )
    streams = (pytester.path / "stdout").read_bytes() + (pytester.path / "stderr").read_bytes()
    assert found.ret == pytest.ExitCode.TESTS_FAILED, streams.decode()
    return streams.decode("utf-8")


def check_visible(text: str) -> None:
    """Nothing steers a terminal, nothing is hidden from a reader."""
    bad = sorted({character for character in text if unicodedata.category(character) in UNSEEN} - {"\n"})
    assert not bad, [(character, line) for character in bad for line in text.splitlines() if character in line][:3]


def check_no_commands(text: str) -> None:
    """Nothing that a CI runner would obey, wherever it is shown."""
    for line in text.split("\n"):
        assert not re.search(r"##\w*\[", line), line
        assert not line.lstrip().startswith("::"), line


class Page(HTMLParser):
    """The elements of a page, whatever could act, and the text in which GitHub looks for mentions and references."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = self.prose = ""
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {f"{name}={value}" for name, value in attrs}
        self._code += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre")

    def handle_comment(self, data: str) -> None:
        self.tags.add("comment")

    def handle_data(self, data: str) -> None:
        self.text += data
        self.prose += data if not self._code else ""


def commands(output: str) -> Iterator[str]:
    """The lines that a runner would take for commands."""
    return (line for line in re.split(r"[\r\n]", output) if line.lstrip().startswith("::"))


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_nothing_is_obeyed_in_any_output(hostile: Path, pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    output = run(pytester, "--asr-report=report", "--junit-xml=report/junit.xml", "--color=no", *workers)

    # The terminal, and with it GitHub's annotations: ten, all of them ours.
    check_visible(output)
    annotations = list(commands(output))
    assert len(annotations) == 10
    assert all(re.fullmatch(r"::(error|warning) title=[^:,]+::.+", line) for line in annotations)
    assert all("regressed%3A" in line for line in annotations[:-1])
    check_no_commands("\n".join(line for line in output.split("\n") if line not in annotations))

    # Markdown, as a comment and as the step's summary.
    markdown = (hostile / "report/report.md").read_text(encoding="utf-8")
    assert (hostile / "summary.md").read_text(encoding="utf-8").strip() == markdown.strip()
    check_visible(markdown)
    check_no_commands(markdown)
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))
    assert page.tags <= MARKUP
    assert page.attributes <= {"style=text-align:left", "style=text-align:right"}
    assert not re.search(r"@\w|#\d|\bgh-\d|www\.\w|://", page.prose, re.IGNORECASE)
    assert "<script>alert(1)" in page.text, "it is shown, not dropped"

    # JSON: the names as they were, yet nothing in the file acts where it is shown.
    text = (hostile / "report/report.json").read_text(encoding="utf-8")
    check_visible(text)
    check_no_commands(text)
    report = json.loads(text)
    assert set(report["models"][0]["categories"]) == {name.strip() for name in NAMES}

    # JUnit.
    junit = (hostile / "report/junit.xml").read_text(encoding="utf-8")
    check_visible(junit)
    check_no_commands(junit)
    root = ET.fromstring(junit)
    assert {element.tag for element in root.iter()} <= {
        "testsuites", "testsuite", "testcase", "properties", "property", "failure", "error", "skipped", "system-out",
    }  # fmt: skip
    assert len(list(root.iter("testcase"))) == 2 * (len(NAMES) + 1)
    check_visible("".join(root.itertext()) + "".join(value for each in root.iter() for value in each.attrib.values()))

    # Parquet is for programs: it has the texts as they were.
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(hostile / "report/utterances.parquet")
    references = {row["text"] for row in map(json.loads, (hostile / "manifest.jsonl").read_text().split("\n")[:-2])}
    assert set(table["reference"].to_pylist()) == references


def test_colors_are_the_only_thing_that_steers_a_terminal(hostile: Path, pytester: pytest.Pytester) -> None:
    output = run(pytester, "--color=yes")
    check_visible(re.sub(r"\x1b\[[0-9;]*m", "", output))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("thresholds.yaml", THRESHOLDS.replace("max_broken_entries: 2", "max_broken_entries: 0")),
        ("thresholds.yaml", THRESHOLDS + "\"::error::injected \\u202e\": '##[error]injected'\n"),
        ("thresholds.yaml", THRESHOLDS.replace("data: manifest.jsonl", 'data: "\\u202e\\n::error::injected"')),
        ("thresholds.yaml", THRESHOLDS + "categories: {'::error::injected\u2066 ##[error]x': {cer: {max: 5}}}\n"),
        (MODEL, json.dumps({"id": TEXTS[17] + TEXTS[-2] + TEXTS[12], "text": "x"})),
        (MODEL, "\x1b[31m\u202e##[error]injected\n::error::injected\u2028"),
        ("manifest.jsonl", "\x1b[31m\u202e##[error]injected\n::error::injected\u2028"),
    ],
)
def test_refusals_are_harmless_too(hostile: Path, pytester: pytest.Pytester, name: str, text: str) -> None:
    (hostile / name).write_text(text, encoding="utf-8")
    found = pytester.run(*pytester._getpytestargs(), "-p", "no:cacheprovider", f"--model={MODEL}", timeout=120)
    output = ((hostile / "stdout").read_bytes() + (hostile / "stderr").read_bytes()).decode("utf-8")
    assert found.ret == pytest.ExitCode.USAGE_ERROR, output
    assert "Traceback" not in output
    check_visible(output)
    ours = list(commands(output))
    assert len(ours) == 1, "what is wrong is annotated"
    assert re.fullmatch(r"::error title=asr-regress cannot start::\S.*", ours[0])
    check_no_commands("\n".join(line for line in output.split("\n") if line not in ours))


def test_a_checkpoint_of_a_hostile_name_is_shown_harmlessly(hostile: Path, pytester: pytest.Pytester) -> None:
    folder = hostile / "\x1b]0;title\x07\u202e\n::error::injected"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "\\u001b[31m\\n::error::injected"}')
    found = pytester.run(*pytester._getpytestargs(), "-p", "no:cacheprovider", f"--model={folder}", timeout=120)
    output = ((hostile / "stdout").read_bytes() + (hostile / "stderr").read_bytes()).decode("utf-8")
    assert found.ret == pytest.ExitCode.USAGE_ERROR, output
    check_visible(output.replace(os.fsdecode(os.fsencode(str(folder))), ""))
    ours = list(commands(output))
    assert [line.split("::")[1] for line in ours] == ["error title=asr-regress cannot start"]
    check_no_commands("\n".join(line for line in output.split("\n") if line not in ours))
