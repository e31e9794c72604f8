import hashlib
from pathlib import Path

import pytest
from packages import FetchError, Package, fetch, sha256_of

CONTENT = b"weights"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def package(sha256: str = DIGEST) -> Package:
    return Package("pip", "asr-regress-no-such-package", "0.0.1", "thing.whl", sha256)


def test_what_is_there_and_right_is_not_downloaded(tmp_path: Path) -> None:
    (tmp_path / "thing.whl").write_bytes(CONTENT)
    said: list[str] = []
    assert fetch(package(), tmp_path, said.append) == tmp_path / "thing.whl"
    assert said == []


def test_what_is_there_and_wrong_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # nothing can be downloaded
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    (tmp_path / "thing.whl").write_bytes(b"other")
    said: list[str] = []
    with pytest.raises(
        FetchError, match=r"(?s)asr-regress-no-such-package 0\.0\.1: the download failed.*run this again"
    ):
        fetch(package(), tmp_path, said.append)
    assert said == ["downloading asr-regress-no-such-package 0.0.1"]
    assert [path.name for path in tmp_path.iterdir()] == ["thing.whl"], "a scratch folder is left"


def test_the_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    blob = bytes(range(256)) * 9000  # more than one piece
    (tmp_path / "blob").write_bytes(blob)
    assert sha256_of(tmp_path / "blob") == hashlib.sha256(blob).hexdigest()
