"""A confined manifest reads nothing outside of its data folder, in any format."""

import json
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest

from asr_regress.corpus.confinement import Confinement
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.utterance import Manifest, ProblemKind
from asr_regress.errors import DataError

SECRET = "what nobody should read"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with one recording, beside a folder with what is none of its business."""
    data = tmp_path / "data"
    put(data / "a/x.wav")
    put(data / "a/x.txt", "x")
    put(tmp_path / "outside/secret.wav")
    put(tmp_path / "outside/secret.txt", SECRET)
    return data


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def as_jsonl(root: Path, *paths: str) -> Path:
    rows = ({"audio_filepath": path, "text": "x", "id": str(number)} for number, path in enumerate(paths))
    return put(root / "m.jsonl", "\n".join(map(json.dumps, rows)))


def as_csv(root: Path, *paths: str) -> Path:
    rows = (f'{number},"{path}",x\n' for number, path in enumerate(paths))
    return put(root / "m.csv", "id,path,text\n" + "".join(rows))


def as_tsv(root: Path, *paths: str) -> Path:
    rows = (f"{number}\t{path}\tx\n" for number, path in enumerate(paths))
    return put(root / "m.tsv", "id\tpath\ttext\n" + "".join(rows))


def texts(manifest: Manifest) -> str:
    return repr(manifest.utterances)


FORMATS = pytest.mark.parametrize("write", [as_jsonl, as_csv, as_tsv])
Write = Callable[..., Path]


@FORMATS
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/etc/passwd", "has an absolute path"),
        ("../outside/secret.wav", "lies outside of the data folder"),
        ("a/../../outside/secret.wav", "lies outside of the data folder"),
        ("..", "lies outside of the data folder"),
        ("./././../absent.wav", "lies outside of the data folder"),
        ("../data-of-others/x.wav", "lies outside of the data folder"),
        ("link.wav", "leads outside of the data folder"),
        ("folder/secret.wav", "leads outside of the data folder"),
        ("folder/absent.wav", "leads outside of the data folder"),
        ("folder/../outside/secret.wav", "leads outside of the data folder"),
        ("chain.wav", "leads outside of the data folder"),
    ],
)
def test_what_leads_out_is_a_broken_entry_with_its_line(root: Path, write: Write, path: str, said: str) -> None:
    (root / "link.wav").symlink_to("../outside/secret.wav")
    (root / "chain.wav").symlink_to("link.wav")
    (root / "folder").symlink_to(root.parent / "outside")
    source = write(root, "a/x.wav", path)
    assert len(read_manifest(source).utterances) == 2
    manifest = read_manifest(source, confine=True)
    assert [utterance.audio for utterance in manifest.utterances] == [str(root / "a/x.wav")]
    (problem,) = manifest.problems
    line = 2 if source.suffix == ".jsonl" else 3
    assert (problem.kind, problem.where) == (ProblemKind.BROKEN_ENTRY, f"{source}:{line}")
    assert said in problem.what
    assert "confine: true" in problem.what


@FORMATS
def test_an_absolute_path_is_refused_even_within(root: Path, write: Write) -> None:
    manifest = read_manifest(write(root, "a/x.wav", str(root / "a/x.wav")), confine=True)
    assert "has an absolute path" in manifest.problems[0].what


@FORMATS
@pytest.mark.parametrize(
    "path", ["a/x.wav", "./a//x.wav", "b/../a/x.wav", "within.wav", "a/absent.wav", "..a/x.wav", "...", "loop.wav"]
)
def test_what_stays_within_is_read(root: Path, write: Write, path: str) -> None:
    (root / "within.wav").symlink_to("a/x.wav")
    (root / "loop.wav").symlink_to("loop.wav")
    assert read_manifest(write(root, path), confine=True).problems == ()


def test_a_name_that_is_composed_otherwise_on_disk_is_looked_at_too(root: Path) -> None:
    (root / (normalize("NFD", "가") + ".wav")).symlink_to("../outside/secret.wav")
    manifest = read_manifest(as_jsonl(root, "a/x.wav", "가.wav"), confine=True)
    assert "leads outside" in manifest.problems[0].what


def test_the_data_folder_itself_may_be_a_link(root: Path) -> None:
    (root.parent / "current").symlink_to(root)
    manifest = read_manifest(root.parent / "current", confine=True)
    assert [utterance.reference for utterance in manifest.utterances] == ["x"]
    assert read_manifest(as_jsonl(root, "a/x.wav").parent.parent / "current/m.jsonl", confine=True).problems == ()


def test_a_manifest_in_the_folder_that_is_a_link_to_elsewhere_is_refused(root: Path) -> None:
    target = as_jsonl(root.parent / "outside", "secret.wav")
    (root / "manifest.jsonl").symlink_to(target)
    assert read_manifest(root).format == "jsonl"
    with pytest.raises(DataError, match=r"manifest\.jsonl: the manifest leads outside of the data folder"):
        read_manifest(root, confine=True)


@pytest.mark.parametrize("nia", [False, True], ids=["folders", "nia"])
@pytest.mark.parametrize("what", ["recording", "transcript", "folder"])
def test_links_out_of_a_tree_are_broken_entries(root: Path, nia: bool, what: str) -> None:
    audio, labels = ("원천데이터/D01", "라벨링데이터/D01") if nia else ("D01", "D01")
    put(root / audio / "good.wav")
    put(root / labels / "good.txt", "good")
    if what == "folder":
        (root / audio / "below").symlink_to(root.parent / "outside")
        if nia:
            (root / labels / "below").symlink_to(root.parent / "outside")
    else:
        (link, target), (plain, text) = (("evil.wav", "secret.wav"), ("evil.txt", "x"))
        if what == "transcript":
            (link, target), (plain, text) = (("evil.txt", "secret.txt"), ("evil.wav", ""))
        put((root / labels if what == "recording" else root / audio) / plain, text)
        ((root / audio if what == "recording" else root / labels) / link).symlink_to(root.parent / "outside" / target)
    assert len(read_manifest(root).utterances) == (2 if nia else 3)
    manifest = read_manifest(root, confine=True)
    assert SECRET not in texts(manifest)
    assert "secret" not in texts(manifest)
    assert "evil" not in texts(manifest)
    assert any(utterance.reference == "good" for utterance in manifest.utterances)
    assert {problem.kind for problem in manifest.problems} == {ProblemKind.BROKEN_ENTRY}
    assert all("leads outside of the data folder" in problem.what for problem in manifest.problems)


def test_a_root_of_a_tree_that_is_a_link_to_elsewhere_is_not_read(root: Path) -> None:
    put(root.parent / "outside/D01/y.wav")
    put(root.parent / "outside/D01/y.txt", SECRET)
    (root / "원천데이터").symlink_to(root.parent / "outside")
    (root / "라벨링데이터").symlink_to(root.parent / "outside")
    assert SECRET in texts(read_manifest(root))
    with pytest.raises(DataError, match="leads outside of the data folder"):
        read_manifest(root, confine=True)


@pytest.mark.parametrize("path", ["x\0y", "x" * 5000, "\udcff"])
def test_what_cannot_name_a_file_is_no_fault(tmp_path: Path, path: str) -> None:
    assert Confinement(str(tmp_path)).fault(f"{tmp_path}/{path}") is None


def test_the_root_of_the_file_system_holds_everything() -> None:
    assert Confinement("/").fault("/etc/passwd") is None
