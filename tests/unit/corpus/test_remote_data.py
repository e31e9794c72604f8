"""Manifests and recordings behind URLs: a server on loopback, memory://, file://, and what is refused."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from data_formats import SPEECH, forty

from asr_regress.basics.progress import Quiet
from asr_regress.corpus.audio import PassingAudioError, inspect_audio, load_audio
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.fingerprint import data_fingerprint
from asr_regress.corpus.remote import is_url, url_in
from asr_regress.errors import DataError
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.session import Session

ROWS = [row for row in forty() if row["category"] == "commands"]
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    asked: list[str] = []  # noqa: RUF012 - of all

    def log_message(self, format: str, *args: object) -> None:
        self.asked.append(f"{self.command} {self.path}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{found.server_address[1]}"
        found.shutdown()


def manifest(folder: Path, *rows: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "m.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_manifest_and_its_recordings_behind_a_url(server: str, tmp_path: Path) -> None:
    for row in ROWS:
        path = tmp_path / "served" / row["audio_filepath"]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((SPEECH / row["audio_filepath"]).read_bytes())
    local = read_manifest(manifest(tmp_path / "served", *ROWS))
    found = read_manifest(Path(f"{server}/m.jsonl"), confine=True)
    assert found.problems == ()
    assert data_fingerprint(found.utterances) == data_fingerprint(local.utterances)
    for here, there in zip(local.utterances[:3], found.utterances[:3], strict=True):
        assert there.audio.startswith(f"{server}/commands/")
        assert inspect_audio(there.audio) == inspect_audio(here.audio)
        assert np.array_equal(load_audio(there.audio), load_audio(here.audio))
        assert np.array_equal(load_audio(f"{there.audio}#t=0.5,1"), load_audio(f"{here.audio}#t=0.5,1"))


def test_worker_processes_open_urls_too(server: str, tmp_path: Path, tiny_checkpoint: Path) -> None:
    for row in ROWS[:2]:
        (tmp_path / "served" / Path(row["audio_filepath"]).name).write_bytes(
            (SPEECH / row["audio_filepath"]).read_bytes()
        )
    rows = [
        {"audio_filepath": f"{server}/{Path(row['audio_filepath']).name}", "text": row["text"], "id": row["id"]}
        for row in ROWS[:2]
    ]
    part = {**rows[0], "id": "part", "start": 0.2, "duration": 0.7}
    gone = {**rows[0], "audio_filepath": f"{server}/gone.flac", "id": "gone"}

    def run(name: str) -> object:
        place = Place(start=tmp_path, root=tmp_path, store=tmp_path / "store", run=name)
        data = manifest(tmp_path / "local", *rows, part, gone)
        options = Options(model=(f"tiny={tiny_checkpoint}",), asr_data=data)
        with Session(options, place, Quiet) as session:
            return session.run_outcome().models[0]

    first, again = run("first"), run("again")
    texts = {each.id: each.hypothesis for each in first.utterances}
    assert all(texts[row["id"]] for row in (*rows, part))
    assert {each.id: each.reason for each in first.utterances if each.hypothesis is None} == {
        "gone": "there is no such file"
    }
    assert (first.timing.transcribed, again.timing.transcribed) == (3, 0)


def test_parts_of_a_remote_recording_fetch_it_once(server: str, tmp_path: Path) -> None:
    (tmp_path / "served/x.flac").write_bytes((SPEECH / ROWS[0]["audio_filepath"]).read_bytes())
    Handler.asked.clear()
    for start in range(5):
        load_audio(f"{server}/x.flac#t=0.{start},0.{start + 1}")
    assert len([each for each in Handler.asked if each.startswith("GET")]) == 1


@pytest.mark.parametrize(
    ("path", "said"),
    [("gone.flac", "there is no such file"), ("folder/", "it cannot be|libsndfile cannot|no such file")],
)
def test_what_is_not_there_fails_with_its_reason(server: str, tmp_path: Path, path: str, said: str) -> None:
    with pytest.raises(Exception, match=said):
        load_audio(f"{server}/{path}")
    with pytest.raises(DataError, match="there is no such manifest"):
        read_manifest(Path(f"{server}/gone.jsonl"))


def test_memory_and_file_urls(tmp_path: Path) -> None:
    import fsspec

    rows = [{"audio_filepath": "a/x.wav", "text": "x"}, {"audio_filepath": "file:///b/y.wav", "text": "y"}]
    files = fsspec.filesystem("memory")
    files.pipe("/bucket/m.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    files.pipe("/bucket/a/x.wav", (SPEECH / ROWS[0]["audio_filepath"]).read_bytes())
    found = {each.id: each.audio for each in read_manifest(Path("memory://bucket/m.jsonl")).utterances}
    assert found == {"a/x.wav": "memory://bucket/a/x.wav", "file:///b/y.wav": "/b/y.wav"}
    assert inspect_audio("memory://bucket/a/x.wav") == inspect_audio(str(SPEECH / ROWS[0]["audio_filepath"]))
    here = manifest(tmp_path, *ROWS)
    assert read_manifest(Path(f"file://{here}")) == read_manifest(here)


@pytest.mark.parametrize(
    "url",
    ["http://elsewhere/x.wav", "file:///etc/passwd", "s3://bucket/x.wav", "memory://bucket/x.wav"],
)
def test_a_confined_manifest_names_no_url(tmp_path: Path, url: str) -> None:
    rows = [{"audio_filepath": "x.wav", "text": "x"}, {"audio_filepath": url, "text": "x"}]
    found = read_manifest(manifest(tmp_path, *rows), confine=True)
    assert [each.id for each in found.utterances] == ["x.wav"]
    assert "has an absolute path, which confine: true forbids" in found.problems[0].what


@pytest.mark.parametrize("path", ["../x.wav", "a/%2e%2E/x.wav", "/etc/passwd"])
def test_a_confined_remote_manifest_stays_below_its_url(path: str) -> None:
    import fsspec

    rows = [{"audio_filepath": "a/x.wav", "text": "x"}, {"audio_filepath": path, "text": "x"}]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    fsspec.filesystem("memory").pipe(f"/confined/{len(path)}.jsonl", data)
    found = read_manifest(Path(f"memory://confined/{len(path)}.jsonl"), confine=True)
    assert [each.id for each in found.utterances] == ["a/x.wav"]
    assert "confine: true forbids" in found.problems[0].what


@pytest.mark.parametrize(
    "text", ["ssh://h/x", "zip://x.zip::s3://b", "data:x", "/a/b", "x://y", "file:x", "://", "s3:/b"]
)
def test_other_schemes_are_names_of_files(text: str) -> None:
    assert not is_url(text)


def test_chains_of_urls_are_not_read() -> None:
    with pytest.raises(PassingAudioError, match="a url that chains several"):
        load_audio("memory://a::zip://b")


def test_a_scheme_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(DataError, match=r"gs:// needs more than is installed .*: pip install fsspec gcsfs"):
        read_manifest(Path("gs://bucket/m.jsonl"))


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("s3:/bucket/m.jsonl", "s3://bucket/m.jsonl"),
        ("/home/me/s3:/bucket/m.jsonl", "s3://bucket/m.jsonl"),
        ("HTTP:/host/m", "http://host/m"),
        ("file:/a/m", "file:///a/m"),
        ("/home/me/files3:/bucket", None),
        ("m.jsonl", None),
    ],
)
def test_a_url_survives_being_a_path(path: str, url: str | None) -> None:
    assert url_in(Path(path)) == url
