"""thresholds.yaml, data and baseline: said as the gate would say it, all at once, and nothing transcribed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.doctor.checks import audio, project
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, Status

Examine = Callable[..., Examination]
PROBES = ("thresholds", "data", "baseline")


def _look(examine: Examine, *arguments: str) -> list[Finding]:
    examination = examine(*arguments, light=PROBES)
    checks = (project.thresholds, project.data, project.baseline)
    return [finding for check in checks for finding in check(examination)]


def test_an_empty_folder(examine: Examine):
    thresholds, data = _look(examine)
    assert (thresholds.status, data.status) == (Status.NOTE, Status.NOTE)
    assert "asr-regress init" in thresholds.mend[0]


def test_utterances_are_counted_by_category(examine: Examine, tmp_path: Path, make_data: Callable[..., Path]):
    make_data(tmp_path / "data", {"D01": ["가", "나"], "D02": [""]})
    (tmp_path / "thresholds.yaml").write_text("version: 1\ndata: data\ndefaults: {cer: {max: 5}, wer: {max: 9}}\n")
    thresholds, data = _look(examine)
    assert (thresholds.status, data.status) == (Status.OK, Status.OK)
    assert "2 limits" in thresholds.found
    assert data.found.endswith("3 utterances: D01:2, D02:1; 1 with an empty reference")
    assert data.details["categories"] == {"D01": 2, "D02": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"version: 9\ndta: x\n", b"\xff\xfe\x00", b"", b"- 1\n", b"{" * 200, b"a: &a [*a, *a]\n",
        b"version: 1\ndata: !!python/object/apply:os.system ['touch was-here']\n",
        b"version: 1\ndefaults: {cer: {max: 1e999}}\n", b"version: 1\n" + b"x" * 3_000_000,
    ],
    ids=["unknown", "bytes", "empty", "list", "nested", "circle", "object", "infinite", "large"],
)  # fmt: skip
def test_absurd_thresholds_are_one_problem(examine: Examine, tmp_path: Path, content: bytes):
    (tmp_path / "thresholds.yaml").write_bytes(content)
    (finding,) = _look(examine)
    assert (finding.name, finding.status) == ("thresholds", Status.PROBLEM)
    assert "Traceback" not in finding.found
    assert not (tmp_path / "was-here").exists()


def test_everything_amiss_with_the_data_is_said(examine: Examine, tmp_path: Path, make_data: Callable[..., Path]):
    manifest = make_data(tmp_path / "data", {"D01": ["one", "two"]})
    (tmp_path / "data" / "D01" / "002.wav").unlink()
    with manifest.open("a", encoding="utf-8") as file:
        file.write('{"audio_filepath": "x.m4a", "text": "three", "category": "D02"}\n')
    (tmp_path / "thresholds.yaml").write_text(
        "version: 1\ndata: data\nbaseline: none.json\ncategories: {D03: {cer: {max: 5}}}\n"
    )
    _, data, unmet, baseline = _look(examine)
    assert [each.status for each in (data, unmet, baseline)] == [Status.PROBLEM] * 3
    assert "2 of the recordings are not there, such as " in data.found
    assert "unknown category 'D03'" in unmet.found
    assert "none.json: no such baseline" in baseline.found


def test_data_that_cannot_be_used_are_said_in_the_gates_words(examine: Examine, tmp_path: Path):
    thresholds, data = _look(examine, "--asr-data=no-such-folder")
    assert (thresholds.status, data.status) == (Status.NOTE, Status.PROBLEM)
    assert "no-such-folder: no such file or folder" in data.found


def test_ffmpeg_matters_only_where_recordings_need_it(
    examine: Examine, tmp_path: Path, make_data: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    manifest = make_data(tmp_path / "data", {"D01": ["one"]})
    (finding,) = audio.ffmpeg(examine(f"--asr-data={manifest}", light=PROBES))
    assert (finding.status, finding.found) == (Status.OK, "not installed; the gate does not use it")
    manifest.write_text('{"audio_filepath": "x.m4a", "text": "one", "category": "D01"}\n', encoding="utf-8")
    (finding,) = audio.ffmpeg(examine(f"--asr-data={manifest}", light=PROBES))
    assert finding.status is Status.WARNING
    assert "1 x .m4a" in finding.found
    assert "FFmpeg is not installed here" in finding.mend[0]


def test_formats_are_found_by_trying(examine: Examine):
    (finding,) = audio.formats(examine(light=("audio", "data")))
    assert {"WAV", "FLAC"} <= set(finding.details["readable"])
    assert finding.status is (Status.WARNING if finding.details["unreadable"] else Status.OK)
