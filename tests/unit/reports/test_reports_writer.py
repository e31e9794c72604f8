import json
import os
import stat
import sys
from pathlib import Path

import pytest

from asr_regress.errors import ConfigurationError
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.writer import OUTPUTS, check_writable, write_reports


def test_every_report_is_written_into_a_new_folder(build, tmp_path: Path):
    folder = tmp_path / "a" / "b"
    run = build.run(build.model(utterances=(build.utterance("u"),)))
    check_writable(folder)
    assert not folder.exists(), "a check changes nothing"
    written = write_reports(run, folder, UtteranceDetails(audio={"u": "u.wav"}))
    assert [path.name for path in written] == list(OUTPUTS)
    assert sorted(path.name for path in folder.iterdir()) == sorted(OUTPUTS)
    assert json.loads(written[0].read_bytes())["schema"] == 1
    assert written[1].read_text(encoding="utf-8").startswith("## ")
    assert written[2].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert written[3].read_bytes()[:4] == b"PAR1"


def test_reports_are_replaced_and_can_be_read_by_others(build, tmp_path: Path):
    mask = os.umask(0o022)
    try:
        write_reports(build.run(), tmp_path)
        written = write_reports(build.run(build.model("second")), tmp_path)
    finally:
        os.umask(mask)
    assert json.loads(written[0].read_bytes())["models"][0]["name"] == "second"
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o644 for path in written)


def test_a_report_that_cannot_be_replaced_leaves_nothing_behind(build, tmp_path: Path):
    first = write_reports(build.run(), tmp_path)[0].read_bytes()
    (tmp_path / "report.md").unlink()
    (tmp_path / "report.md").mkdir()
    with pytest.raises(ConfigurationError, match=r"report\.md is a folder"):
        write_reports(build.run(build.model("second")), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(OUTPUTS)
    assert (tmp_path / "report.json").read_bytes() == first, "the files of a report are of one run"


def unwritable(tmp_path: Path, what: str) -> Path:
    match what:
        case "file":
            (tmp_path / "file").write_text("")
            return tmp_path / "file"
        case "below a file":
            (tmp_path / "file").write_text("")
            return tmp_path / "file" / "a" / "b"
        case "dangling link":
            (tmp_path / "link").symlink_to(tmp_path / "nowhere")
            return tmp_path / "link" / "a"
        case "report is a folder":
            (tmp_path / "report.json").mkdir()
            return tmp_path
        case "name too long":
            return tmp_path / ("n" * 300)
        case _:
            return tmp_path / "a\0b"


@pytest.mark.parametrize(
    "what", ["file", "below a file", "dangling link", "report is a folder", "name too long", "zero byte"]
)
def test_a_folder_that_cannot_be_written_is_refused_before_and_after(build, tmp_path: Path, what: str):
    folder = unwritable(tmp_path, what)
    with pytest.raises(ConfigurationError, match=r"^--asr-report: cannot write reports into .*Give a folder"):
        check_writable(folder)
    with pytest.raises(ConfigurationError, match=r"^--asr-report: cannot write reports into "):
        write_reports(build.run(), folder)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_without_permission_is_refused(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigurationError, match="no permission"):
        check_writable(tmp_path / "reports")


def test_a_relative_folder_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    check_writable(Path("reports"))
    check_writable(Path())
