import gzip
import json
from base64 import b64decode
from html.parser import HTMLParser
from typing import Any

import pyarrow.parquet
import pytest
from page_data import Spoken, korean, run_of

from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.html.assets import SCRIPTS, asset
from asr_regress.reports.html.live import live_page
from asr_regress.reports.html.page import charts_page, page
from asr_regress.reports.html.sections import SECTIONS
from asr_regress.reports.json_report import json_bytes
from asr_regress.reports.saved_report import Line, LineChart, SavedReport
from asr_regress.reports.section import PageSection
from asr_regress.reports.writer import write_reports


class Read(HTMLParser):
    """A page as a browser reads it: scripts, elements and text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.scripts: list[tuple[str | None, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._script: str | None = None
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs).get("id"), ""))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        else:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.tags.append(("", {}))

    def json(self, name: str) -> Any:
        return json.loads(dict(self.scripts)[name])

    def utterances(self) -> Any:
        return json.loads(gzip.decompress(b64decode(self.json("utterance-data"))))


def test_the_live_page_is_the_page_of_what_was_saved(tmp_path):
    run, details = run_of(korean(30))
    write_reports(run, tmp_path, details)
    rows = pyarrow.parquet.read_table(tmp_path / "utterances.parquet").to_pydict()
    saved = SavedReport(json.loads((tmp_path / "report.json").read_text(encoding="utf-8")), rows)
    assert page(saved) == (tmp_path / "report.html").read_bytes() == live_page(run, details)


def test_nothing_hostile_becomes_markup(hostile_run, hostile):
    content = live_page(hostile_run, UtteranceDetails(audio={f"{hostile}/wrong": f"/{hostile}"}))
    found = Read(content)
    known = Read(live_page(*run_of(korean(3))))
    assert {tag for tag, _ in found.tags} <= {tag for tag, _ in known.tags} | {"noscript", "details", "summary"}
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]
    assert [text for id_, text in found.scripts if id_ is None] == [asset(name) for name in SCRIPTS]
    assert [each["name"] for each in found.json("run-data")["models"]][1] == "broken"
    assert len(found.utterances()["id"]) == 2
    for line_end in ("\u2028", "\u2029", "\u202e", "\x1b", "\x00"):
        assert line_end not in content.decode("utf-8")


def test_utterances_are_told_in_columns():
    spoken = [
        Spoken("right", "D01", "하나 둘", {"old": "하나 둘", "new": "하나 둘"}, speaker="s1", seconds=2.25),
        Spoken("broken", "D02", "하나 둘", {"old": "하나 둘", "new": "하나 들"}, speaker="s2"),
        Spoken("failed", "D01", "셋", {"old": "셋", "new": None}, speaker="s2"),
        Spoken("silence", "D01", "", {"old": "", "new": "감사합니다"}, speaker="s2"),
    ]
    found = Read(live_page(*run_of(spoken))).utterances()
    old, new = found["models"]
    assert found["id"][0] == "broken", "what broke newly comes first"
    at = {id_: place for place, id_ in enumerate(found["id"])}
    assert sorted(at) == sorted(each.id for each in spoken)
    assert [found["categories"][found["category"][at[id_]]] for id_ in ("broken", "right")] == ["D02", "D01"]
    assert [found["speakers"][found["speaker"][at[id_]]] for id_ in ("broken", "right")] == ["s2", "s1"]
    assert found["seconds"][at["right"]] == 2.25
    broken = at["broken"]
    assert (new["hypothesis"][broken], new["letters"][broken], new["words"][broken]) == ("하나 들", "=3s1", "=1s1")
    assert (new["edits"][broken], new["before"][broken], new["errors"]["wer"][broken]) == ([1, 0, 0], 0, 1)
    assert [each["name"] for n, each in enumerate(found["classes"]) if new["classes"][broken] & 1 << n] == ["jamo"]
    assert old["normalized"][broken] is None, "the same as the reference"
    assert (new["status"][at["failed"]], new["reasons"][str(at["failed"])]) == ("failed", "no frames")
    assert [name for n, name in enumerate(found["kinds"]) if new["kinds"][at["silence"]] & 1 << n] == ["silence"]


def test_of_too_many_utterances_the_ones_with_errors_stay(monkeypatch):
    monkeypatch.setattr("asr_regress.reports.html.page.MOST", 20)
    run, details = run_of(korean(60))
    found = Read(live_page(run, details))
    wrong = {each.id for each in run.models[1].utterances if each.hypothesis is None or each.counts["cer"].errors}
    kept = found.utterances()["id"]
    assert len(kept) == 10
    assert set(kept) <= wrong | {each.id for each in run.models[0].utterances if each.counts["cer"].errors}
    assert "50 more are in utterances.parquet" in " ".join("".join(found.text).split())


def test_a_report_without_its_rows_still_has_its_tables():
    run, _ = run_of(korean(8))
    report = json.loads(json_bytes(run))
    for old in ("sentence", "baseline_model", "baseline"):
        report.pop(old)
    found = Read(page(SavedReport(report)))
    assert found.utterances()["id"] == []
    assert [part["name"] for part in found.json("run-data")["models"][0]["metrics"]["cer"]][-1] == "TOTAL"
    assert {"regressed", "see the tables"} & set(map(str.strip, found.text))


def test_a_run_without_models_has_a_page(build):
    found = Read(live_page(build.run(), UtteranceDetails()))
    assert found.json("run-data")["models"] == []
    assert found.utterances()["models"] == []


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "\u2028<b>"])
def test_a_page_of_curves(name):
    chart = LineChart(name, name, (name, "2"), (Line(name, (1.0, None), (0.5, None), (1.5, None)),), best=0)
    content = charts_page(name, name, [chart], [(name, [("a", name), ("1", name)])])
    found = Read(content)
    assert found.json("run-data")["charts"][0]["lines"][0]["values"] == [1.0, None]
    assert [text for id_, text in found.scripts if id_ is None] == [asset(each) for each in SCRIPTS]
    assert not [tag for tag, _ in found.tags if tag == "b"]


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "\u2028<b>"])
def test_a_section_gives_text_tables_and_charts_that_are_escaped(monkeypatch, name):
    chart = LineChart(name, name, (name,), (Line(name, (1.0,)),))
    values = {"note": f"note {name}", "tables": [(name, [("word", name), (name, 1)])], "charts": [chart]}
    shown = PageSection("more", name, lambda given: values if given.utterances else None)
    hidden = PageSection("none", "Nothing", lambda given: None)
    monkeypatch.setattr("asr_regress.reports.html.page.SECTIONS", (*SECTIONS, shown, hidden))
    found = Read(live_page(*run_of(korean(3))))
    text = "".join(found.text)
    assert f"note {name}".replace("\u2028", "\\u2028") in text
    assert "Nothing" not in text
    assert ("a", {"href": "#more"}) in found.tags
    assert ("section", {"id": "more"}) in found.tags
    assert [each["labels"] for each in found.json("run-data")["charts"]] == [[name]]
    assert [body for id_, body in found.scripts if id_ is None] == [asset(each) for each in SCRIPTS]
    assert not [tag for tag, _ in found.tags if tag == "b"]
