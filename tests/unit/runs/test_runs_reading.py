"""Runs are found by the names that people give them, and read back as they were, or refused in words."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from asr_regress.errors import RunError
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.reports.writer import write_reports
from asr_regress.runs.archive import Archive
from asr_regress.runs.finding import find_run, store_of
from asr_regress.runs.reading import read_run
from asr_regress.runs.summary import parsed_report, summary_of
from asr_regress.runs.utterances import page_of, scored_of


@pytest.fixture
def ids(keep, helpers, checkpoints: Mapping[str, ModelOutcome]) -> list[str]:
    return [keep(helpers.run_of(model)) for model in checkpoints.values()]


def test_runs_by_name(archive: Archive, ids: list[str]):
    for text, place in (("latest", 3), ("latest~0", 3), ("latest~3", 0), (ids[1], 1), (ids[2][:13], 2)):
        assert find_run(text, archive).name == ids[place]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("latest~4", r"latest~4: There are 4 runs in .*runs: 20261123-"),
        ("20261123", "20261123: 4 runs begin so: 20261123-.*Give more of the id"),
        ("20251123", "'20251123': no such run, and no such folder. There are 4 runs in "),
        ("nowhere/report", "'nowhere/report': no such run, and no such folder"),
        ("", "'': no such run"),
        ("latest~", "'latest~': no such run"),
        ("~nobody/x", "no such run"),
        ("a\0b", "no such run"),
        ("x" * 5000, r"no such run"),
        ("*", "no such run"),
    ],
)
def test_a_name_that_no_run_has(archive: Archive, ids: list[str], text: str, said: str):
    with pytest.raises(RunError, match=said) as caught:
        find_run(text, archive)
    assert len(str(caught.value)) < 1000


def test_one_run_alone_says_how_there_would_be_another(archive: Archive, ids: list[str]):
    with pytest.raises(RunError, match=r"Every `pytest --model=PATH` adds one\."):
        find_run(f"latest~{len(ids)}", archive)


def test_a_baseline_is_no_run(archive: Archive, tmp_path: Path):
    (tmp_path / "released.json").write_text("{}")
    with pytest.raises(RunError, match=r"judge the model that it came from, too .*, and compare the two runs"):
        find_run(str(tmp_path / "released.json"), archive)


def test_where_no_run_is_kept(archive: Archive):
    for text in ("latest", "20261123"):
        with pytest.raises(RunError, match=r"No runs are kept in .*--asr-no-cache"):
            find_run(text, archive)


def test_the_store_is_the_nearest_one(tmp_path: Path):
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / ".asr_regress").mkdir()
    assert store_of(None, below) == tmp_path / ".asr_regress"
    assert store_of(Path("other"), below) == Path("other")
    (below / ".asr_regress").mkdir()
    assert store_of(None, below) == below / ".asr_regress"


def test_a_kept_run_says_what_a_reports_folder_says(
    archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome], tmp_path: Path
):
    run = helpers.run_of(*checkpoints.values())
    keep(run)
    write_reports(run, tmp_path / "report", helpers.details_of(run))
    kept = page_of(read_run(find_run("latest", archive)))
    for name in ("report", "report/report.json"):
        folder = page_of(read_run(find_run(str(tmp_path / name), archive)))
        assert kept.report == folder.report
        assert {name: kept.utterances[name] for name in folder.utterances} == folder.utterances
        assert kept.utterances.keys() - folder.utterances.keys() == {"audio_key"}
    moved = tmp_path / "moved"
    (archive.folder / archive.ids()[0]).rename(moved)
    assert page_of(read_run(find_run(str(moved), archive))) == kept


def test_utterances_come_back_as_they_were_scored(
    archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]
):
    keep(helpers.run_of(*checkpoints.values()))
    assert scored_of(read_run(find_run("latest", archive))) == {
        name: model.utterances for name, model in checkpoints.items()
    }


def test_a_folder_without_a_report(archive: Archive, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match=r"empty: there is no report.json in it. A run is a folder written with"):
        find_run(str(tmp_path / "empty"), archive)


def test_a_report_without_utterances_is_read(archive: Archive, ids: list[str]):
    (archive.folder / ids[0] / "utterances.json.gz").unlink()
    found = read_run(find_run(ids[0], archive))
    assert found.columns == {}
    assert page_of(found).utterances == {}


def damage(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def apply(path: Path) -> None:
        report = json.loads(path.read_text())
        change(report)
        path.write_text(json.dumps(report))

    return apply


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.write_bytes(b"\xff\xfe{"), "no JSON"),
        (lambda path: path.write_text("[" * 100_000), "no JSON"),
        (lambda path: path.write_text("{}"), "no report of a gate: it has no schema"),
        (lambda path: path.write_text("[1]"), "no report of a gate"),
        (lambda path: path.write_text('{"schema": NaN}'), "NaN is not a number"),
        (lambda path: path.write_text('{"schema": 2}'), "schema 2: this asr-regress reads schema 1"),
        (lambda path: path.write_text('{"schema": true}'), "schema True"),
        (lambda path: path.write_text('{"schema": 1}'), "'data' is missing"),
        (lambda path: (path.unlink(), path.mkdir()), "no such file"),
        (damage(lambda report: report.update(models={})), "'models': expected a list"),
        (damage(lambda report: report["models"].append(3)), "expected a JSON object, found int"),
        (damage(lambda report: report["models"].append(report["models"][0])), "two models have one name"),
        (damage(lambda report: report.update(verdict="green")), "'green' is no verdict"),
        (damage(lambda report: report.update(metrics=["cer", 1])), "'metrics'"),
        (damage(lambda report: report.update(metrics=["\x1b[31mcer"])), "is no metric"),
        (damage(lambda report: report["models"][0]["total"].update({"a b": {}})), "'a b' is no metric"),
        (damage(lambda report: report.update(seed=-1)), "'seed'"),
        (damage(lambda report: report["models"][0]["total"]["cer"].update(rate="9")), "'rate': expected a number"),
        (damage(lambda report: report["models"][0]["total"]["cer"].update(rate=10**400)), "'rate': expected a number"),
        (damage(lambda report: report["models"][0]["total"]["cer"].update(ci95=[1])), "'ci95': expected two numbers"),
        (damage(lambda report: report["models"][0]["total"]["cer"].pop("rate")), "'rate' is missing"),
        (damage(lambda report: report["models"][0]["total"].update(cer=None)), "expected a JSON object"),
        (damage(lambda report: report["models"][0].update(decoding={"beams": 1})), "'decoding'"),
        (damage(lambda report: report["models"][0].update(name="other")), "rows of models that the report does not"),
        (damage(lambda report: report.update(metrics=["cer", "wer", "ser"])), "columns are missing: ser_deletions"),
    ],
)
def test_a_damaged_report_is_refused(archive: Archive, ids: list[str], change: Callable[[Path], object], said: str):
    change(archive.folder / ids[0] / "report.json")
    with pytest.raises(RunError, match=said) as caught:
        read_run(find_run(ids[0], archive))
    assert ids[0] in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(500) + b"PAR1", None])
def test_a_damaged_parquet_file_is_refused(
    archive: Archive, helpers, checkpoints: Mapping[str, ModelOutcome], tmp_path: Path, content: bytes | None
):
    run = helpers.run_of(checkpoints["checkpoint-500"])
    write_reports(run, tmp_path, helpers.details_of(run))
    path = tmp_path / "utterances.parquet"
    whole = path.read_bytes()
    path.write_bytes(
        whole[: len(whole) // 2] + bytes(60) + whole[len(whole) // 2 + 60 :] if content is None else content
    )
    with pytest.raises(RunError, match=r"utterances.parquet: "):
        read_run(find_run(str(tmp_path), archive))


def test_a_report_of_an_older_version_is_read(archive: Archive, ids: list[str]):
    """Keys that came later may be missing."""
    path = archive.folder / ids[0] / "report.json"
    report = parsed_report(path.read_bytes())
    for name in ("sentence", "baseline_model", "curve"):
        report.pop(name, None)
    for part in (report["models"][0]["total"], *report["models"][0]["categories"].values()):
        part["cer"].pop("ceiling", None)
    path.write_text(json.dumps(report))
    assert read_run(find_run(ids[0], archive)).summary.sentence == ""


def test_a_summary_has_the_rates(helpers, checkpoints: Mapping[str, ModelOutcome], archive: Archive, keep):
    keep(helpers.run_of(checkpoints["checkpoint-500"], partial=("limit 3",)))
    report = parsed_report((archive.folder / archive.ids()[0] / "report.json").read_bytes())
    summary = summary_of(report)
    outcome = checkpoints["checkpoint-500"].total.metrics["cer"]
    rate = summary.models[0].rate("TOTAL", "cer")
    assert rate is not None
    assert rate.rate == outcome.counts.percent
    assert outcome.evidence is not None
    assert outcome.evidence.rate is not None
    assert (rate.low, rate.high) == (outcome.evidence.rate.low, outcome.evidence.rate.high)
    assert summary.partial == ("limit 3",)
    assert summary.categories == ["D01", "D02", "TOTAL"]
