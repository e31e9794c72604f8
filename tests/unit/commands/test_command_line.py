"""What the commands have in common: options that are wrong, paths as they are typed."""

from pathlib import Path

import pytest

from asr_regress.cli import main


def test_an_unknown_option_shows_the_usage_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["lint", "--no-audio"])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("usage: asr-regress lint")
    assert "unrecognized arguments: --no-audio" in error


@pytest.mark.parametrize("command", ["lint", "normalize"])
def test_a_home_folder_that_the_shell_left_is_found(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main([command, "--data=~/calls"]) == 4
    assert f"{tmp_path}/calls: no such file or folder" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["lint", "normalize"])
def test_data_that_are_not_there_are_said_where_they_are_named(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thresholds.yaml").write_text("version: 1\n\ndata: calls\n")
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 4
    assert f"thresholds.yaml:3: data: {tmp_path}/calls: no such file or folder" in capsys.readouterr().err


def test_a_home_folder_in_thresholds_yaml_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "thresholds.yaml").write_text("version: 1\ndata: ~/calls\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "project")
    assert main(["lint"]) == 4
    assert f"data: {tmp_path}/calls: no such file or folder" in capsys.readouterr().err
