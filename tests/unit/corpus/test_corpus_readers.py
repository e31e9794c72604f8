"""Every manifest format, read from real folders."""

import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest

from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.readers.nia import category_of
from asr_regress.corpus.utterance import Manifest, Problem, ProblemKind
from asr_regress.errors import DataError

KOREAN = "안녕하세요, 오늘은 날씨가 좋네요."


def put(root: Path, name: str, data: str | bytes = b"") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def brief(manifest: Manifest) -> list[tuple[str, str, str]]:
    return [(utterance.id, utterance.category, utterance.reference) for utterance in manifest.utterances]


def only_problem(manifest: Manifest) -> Problem:
    assert len(manifest.problems) == 1, manifest.problems
    return manifest.problems[0]


# Trees


def test_folders_give_a_category_each_and_keep_empty_references(tmp_path: Path) -> None:
    put(tmp_path, "a/x.wav")
    put(tmp_path, "a/x.txt", " hello\n")
    put(tmp_path, "b/deep/er/y.FLAC")
    put(tmp_path, "b/deep/er/y.TXT", "")
    put(tmp_path, "z.mp3")
    put(tmp_path, "z.txt", "two\nlines\n")
    manifest = read_manifest(tmp_path)
    assert manifest.format == "folders"
    assert manifest.root == tmp_path
    assert manifest.problems == ()
    assert brief(manifest) == [
        ("a/x.wav", "a", "hello"),
        ("b/deep/er/y.FLAC", "b", ""),
        ("z.mp3", "uncategorized", "two\nlines"),
    ]
    assert manifest.utterances[1].audio == str(tmp_path / "b/deep/er/y.FLAC")


def test_folders_list_what_has_no_partner(tmp_path: Path) -> None:
    put(tmp_path, "a/x.wav")
    put(tmp_path, "a/x.txt", "x")
    put(tmp_path, "a/lonely.wav")
    put(tmp_path, "a/silent.txt", "s")
    put(tmp_path, "a/._x.wav")
    put(tmp_path, "__MACOSX/a/x.wav")
    manifest = read_manifest(tmp_path)
    assert {(problem.kind, problem.where) for problem in manifest.problems} == {
        (ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, str(tmp_path / "a/lonely.wav")),
        (ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, str(tmp_path / "a/silent.txt")),
    }
    assert [utterance.id for utterance in manifest.utterances] == ["a/x.wav"]


def test_two_recordings_may_share_a_transcript_but_not_the_reverse(tmp_path: Path) -> None:
    for name in ("a/x.wav", "a/x.flac"):
        put(tmp_path, name)
    put(tmp_path, "a/x.txt", "lower")
    put(tmp_path, "a/x.TXT", "upper")
    manifest = read_manifest(tmp_path)
    assert brief(manifest) == [("a/x.flac", "a", "upper"), ("a/x.wav", "a", "upper")]
    assert only_problem(manifest).where.endswith("a/x.txt")


def build_nia(root: Path, form: str = "NFC", suffix: str = "_230316") -> None:
    source, labels = normalize(form, "원천데이터") + suffix, normalize(form, "라벨링데이터") + suffix
    stem = normalize(form, "D01/J1/발화_1")
    put(root, f"{source}/{stem}.wav")
    put(root, f"{labels}/{stem}.txt", KOREAN)
    put(root, f"{source}/D02/J2/b.WAV")
    put(root, f"{labels}/D02/J2/b.txt", b"\xef\xbb\xbf" + KOREAN.encode())
    put(root, f"{source}/D02/J2/c.wav")
    put(root, f"{labels}/D02/J2/c.txt", (KOREAN + "\r\n").encode("cp949"))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("suffix", ["", "_230316"])
def test_nia_reads_any_encoding_and_composition(tmp_path: Path, form: str, suffix: str) -> None:
    build_nia(tmp_path, form, suffix)
    manifest = read_manifest(tmp_path)
    assert manifest.format == "nia"
    assert manifest.problems == ()
    source = f"원천데이터{suffix}"
    assert brief(manifest) == [
        (f"{source}/D01/J1/발화_1.wav", "D01", KOREAN),
        (f"{source}/D02/J2/b.WAV", "D02", KOREAN),
        (f"{source}/D02/J2/c.wav", "D02", KOREAN),
    ]
    assert all(Path(utterance.audio).is_file() for utterance in manifest.utterances)


def test_nia_pairs_names_of_mixed_composition(tmp_path: Path) -> None:
    put(tmp_path, normalize("NFD", "원천데이터_1/방송/발화.wav"))
    put(tmp_path, normalize("NFC", "라벨링데이터_1/방송/발화.txt"), KOREAN)
    manifest = read_manifest(tmp_path)
    assert brief(manifest) == [("원천데이터_1/방송/발화.wav", "방송", KOREAN)]
    assert manifest.problems == ()


def test_nia_pairs_by_suffix_and_lists_what_is_left_over(tmp_path: Path) -> None:
    for suffix, text in (("_1", "one"), ("_2", "two")):
        put(tmp_path, f"원천데이터{suffix}/D01/x.wav")
        put(tmp_path, f"라벨링데이터{suffix}/D01/x.txt", text)
    put(tmp_path, "원천데이터_3/D01/x.wav")
    put(tmp_path, "라벨링데이터_2/D09/y.txt", "alone")
    manifest = read_manifest(tmp_path)
    assert brief(manifest) == [("원천데이터_1/D01/x.wav", "D01", "one"), ("원천데이터_2/D01/x.wav", "D01", "two")]
    assert sorted(problem.kind for problem in manifest.problems) == [
        ProblemKind.AUDIO_WITHOUT_TRANSCRIPT,
        ProblemKind.TRANSCRIPT_WITHOUT_AUDIO,
    ]


def test_nia_roots_may_lie_a_little_deeper(tmp_path: Path) -> None:
    build_nia(tmp_path / "Validation")
    manifest = read_manifest(tmp_path)
    assert manifest.format == "nia"
    assert manifest.categories == ("D01", "D02")
    assert manifest.utterances[0].id.startswith("Validation/원천데이터_230316/D01/")


@pytest.mark.parametrize("number", ["01.", "1. ", "02_", "3-"])
def test_nia_roots_may_be_numbered(tmp_path: Path, number: str) -> None:
    put(tmp_path, f"{number}원천데이터/D01/x.wav")
    put(tmp_path, "02.라벨링데이터/D01/x.txt", KOREAN)
    manifest = read_manifest(tmp_path)
    assert (manifest.format, manifest.problems) == ("nia", ())
    assert brief(manifest) == [("원천데이터/D01/x.wav", "D01", KOREAN)]


def test_labels_in_json_are_said_not_to_be_read(tmp_path: Path) -> None:
    build_nia(tmp_path)
    put(tmp_path, "원천데이터_230316/D03/x.wav")
    put(tmp_path, "라벨링데이터_230316/D03/x.json", "{}")
    assert only_problem(read_manifest(tmp_path)).what.startswith("there is no x.txt; x.json is not read: ")


@pytest.mark.parametrize("part", ["원천데이터_230316", "라벨링데이터_230316", "원천데이터_230316/D02"])
def test_half_of_a_nia_tree_names_the_whole(tmp_path: Path, part: str) -> None:
    build_nia(tmp_path / "set")
    with pytest.raises(DataError, match=f"did you mean {re.escape(str(tmp_path / 'set'))}\\?"):
        read_manifest(tmp_path / "set" / part)


@pytest.mark.parametrize(
    ("parts", "category"),
    [
        (("원천데이터", "D03", "J1"), "D03"),
        (("원천데이터_1", "방송", "D04"), "D04"),
        (("원천데이터_1", "방송", "S1"), "방송"),
        (("원천데이터_D02", "S1"), "D02"),
        (("D05", "원천데이터", "S1"), "D05"),
        (("원천데이터_1", "XD01"), "XD01"),
        (("원천데이터",), "uncategorized"),
    ],
)
def test_nia_category(parts: tuple[str, ...], category: str) -> None:
    assert category_of(parts) == category


def test_order_of_creation_does_not_matter(tmp_path: Path) -> None:
    names = [f"c{index % 3}/u{index:02}" for index in range(40)]
    manifests = []
    for seed in range(3):
        root = tmp_path / str(seed) / "data"
        random.Random(seed).shuffle(names)
        for name in names:
            put(root, f"{name}.wav")
            if not name.endswith("7"):
                put(root, f"{name}.txt", name)
        manifests.append(read_manifest(root))
    relative = [
        [str(problem).replace(str(manifest.root), "") for problem in manifest.problems] for manifest in manifests
    ]
    assert brief(manifests[0]) == brief(manifests[1]) == brief(manifests[2])
    assert relative[0] == relative[1] == relative[2]
    assert len(relative[0]) == 4


def test_links_are_followed_once_and_loops_end(tmp_path: Path) -> None:
    put(tmp_path, "data/b/x.wav")
    put(tmp_path, "data/b/x.txt", "x")
    put(tmp_path, "elsewhere/y.wav")
    put(tmp_path, "elsewhere/y.txt", "y")
    (tmp_path / "data/b/loop").symlink_to("..")
    (tmp_path / "data/a").symlink_to("b")
    (tmp_path / "data/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data/self.wav").symlink_to("self.wav")
    manifest = read_manifest(tmp_path / "data")
    assert brief(manifest) == [("b/x.wav", "b", "x"), ("linked/y.wav", "linked", "y")]
    kinds = {Path(problem.where).name: problem.kind for problem in manifest.problems}
    assert kinds == {
        "a": ProblemKind.BROKEN_ENTRY,
        "loop": ProblemKind.BROKEN_ENTRY,
        "self.wav": ProblemKind.AUDIO_WITHOUT_TRANSCRIPT,
    }


def test_linked_label_folder_still_pairs(tmp_path: Path) -> None:
    put(tmp_path, "data/원천데이터/D01/x.wav")
    put(tmp_path, "labels/x.txt", "x")
    (tmp_path / "data/라벨링데이터").mkdir()
    (tmp_path / "data/라벨링데이터/D01").symlink_to(tmp_path / "labels")
    manifest = read_manifest(tmp_path / "data")
    assert brief(manifest) == [("원천데이터/D01/x.wav", "D01", "x")]
    assert manifest.problems == ()


@pytest.mark.parametrize("name", [b"caf\xe9", b"two\nlines"], ids=["not UTF-8", "newline"])
def test_names_that_cannot_be_shown_are_problems(tmp_path: Path, name: bytes) -> None:
    put(tmp_path, "a/x.wav")
    put(tmp_path, "a/x.txt", "x")
    for suffix in (b".wav", b".txt"):
        Path(os.fsdecode(os.fsencode(tmp_path / "a") + b"/" + name + suffix)).write_bytes(b"x")
    problem = only_problem(manifest := read_manifest(tmp_path))
    assert len(manifest.utterances) == 1
    assert problem.kind is ProblemKind.BROKEN_ENTRY
    assert str(problem).encode().isascii()
    assert str(problem).isprintable()


def test_a_pipe_named_like_a_transcript_does_not_block(tmp_path: Path) -> None:
    put(tmp_path, "a/x.wav")
    put(tmp_path, "a/x.txt", "x")
    put(tmp_path, "a/y.wav")
    os.mkfifo(tmp_path / "a/y.txt")
    assert "not a regular file" in only_problem(read_manifest(tmp_path)).what


def test_a_category_named_total_is_refused(tmp_path: Path) -> None:
    for folder in ("TOTAL", "ok"):
        put(tmp_path, f"{folder}/x.wav")
        put(tmp_path, f"{folder}/x.txt", "x")
    manifest = read_manifest(tmp_path)
    assert manifest.categories == ("ok",)
    assert "TOTAL" in only_problem(manifest).what


# Manifest files


def jsonl(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_jsonl_takes_nemo_names_and_keeps_the_other_scalars(tmp_path: Path) -> None:
    row = {
        "audio_filepath": "audio/x.wav",
        "text": " as written ",
        "duration": 2,
        "category": "D01",
        "speaker": 7,
        "id": "u1",
        "device": "phone",
        "snr": 12.5,
        "noisy": True,
        "note": None,
        "words": [1, 2],
    }
    path = put(tmp_path, "any.jsonl", "\ufeff" + jsonl(row, {"audio_filepath": "/elsewhere/y.wav", "text": ""}))
    manifest = read_manifest(path)
    assert (manifest.format, manifest.root, manifest.problems) == ("jsonl", tmp_path, ())
    other, first = manifest.utterances
    assert (first.id, first.category, first.reference) == ("u1", "D01", " as written ")
    assert (first.speaker, first.duration) == ("7", 2.0)
    assert first.audio == str(tmp_path / "audio/x.wav")
    assert first.fields == {"device": "phone", "snr": 12.5, "noisy": "true"}
    assert (other.id, other.audio) == ("/elsewhere/y.wav", "/elsewhere/y.wav")
    assert (other.category, other.reference, other.speaker, other.fields) == ("uncategorized", "", None, {})


def test_a_path_within_the_root_gives_a_relative_id(tmp_path: Path) -> None:
    path = put(tmp_path, "m.jsonl", jsonl({"audio_filepath": str(tmp_path / "a/./x.wav"), "text": "x"}))
    assert read_manifest(path).utterances[0].id == "a/x.wav"


GOOD = '{"audio_filepath": "good.wav", "text": "good"}\n'


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "not JSON"),
        ('{"audio_filepath": "x.wav"}', '"text" is missing'),
        ('{"text": "x"}', '"audio_filepath" is missing'),
        ('{"audio_filepath": "", "text": "x"}', "is empty"),
        ('{"audio_filepath": 5, "text": "x"}', "must be text, found a number"),
        ('{"audio_filepath": "x.wav", "text": null}', "must be text, found nothing"),
        ('{"audio_filepath": "x.wav", "text": "x", "duration": "long"}', '"duration" must be'),
        ('{"audio_filepath": "x.wav", "text": "x", "duration": NaN}', '"duration" must be'),
        ('{"audio_filepath": "x.wav", "text": "x", "duration": -1}', '"duration" must be'),
        ('{"audio_filepath": "x.wav", "text": "x", "duration": true}', '"duration" must be'),
        ('{"audio_filepath": "x.wav", "text": "x", "duration": 1' + "0" * 400 + "}", '"duration" must be'),
        ('{"audio_filepath": "x.wav", "text": "x", "n": ' + "1" * 5000 + "}", "number too long"),
        ('{"audio_filepath": "x.wav", "text": "x", "id": true}', '"id" must be text'),
        ('{"audio_filepath": "x.wav", "text": "x", "id": " "}', "id is empty"),
        ('{"audio_filepath": "x.wav", "text": "x", "id": "a\\nb"}', "control character"),
        ('{"audio_filepath": "x.wav", "text": "x", "category": "a\\u0007b"}', "control character"),
        ('{"audio_filepath": "x.wav", "text": "x", "category": "TOTAL"}', "rename it"),
        ('{"audio_filepath": "x.wav", "text": "x", "category": "' + "c" * 300 + '"}', "longer than"),
        ('{"audio_filepath": "x.wav", "text": "\\ud800"}', "not valid Unicode"),
        ('{"audio_filepath": "x.wav", "text": "x", "f\\udfff": "x"}', "not valid Unicode"),
        ('{"audio_filepath": "x\\u0000.wav", "text": "x", "id": "x"}', "NUL"),
        ('{"audio_filepath": "x.wav", "text": "x", "offset": "soon"}', '"offset" must be'),
        ('{"audio_filepath": "x.wav", "text": "x", "start": -3.5, "duration": 1}', '"start" must be'),
        ('{"audio_filepath": "x.wav", "text": "x", "offset": 3.5, "duration": 0}', "ends at 3.5 s, and starts at 3.5"),
        ('{"audio_filepath": "x.wav", "text": "x", "start": 3.5, "end": 2}', "ends at 2 s, and starts at 3.5 s"),
        ('{"audio_filepath": "x.wav", "text": "x", "start": 1e300}', "the segment starts at 1e+300 s"),
        ("[1, 2]", "expected an object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"audio_filepath": "x.wav", "text": "' + "x" * 1_100_000 + '"}', "longer than"),
        (b'{"audio_filepath": "x.wav", "text": "\xff"}', "is not UTF-8"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_a_broken_line_costs_that_line(tmp_path: Path, line: str | bytes, what: str) -> None:
    data = line.encode() if isinstance(line, str) else line
    path = put(tmp_path, "m.jsonl", b"\n" + data + b"\n" + GOOD.encode())
    manifest = read_manifest(path)
    assert [utterance.id for utterance in manifest.utterances] == ["good.wav"]
    problem = only_problem(manifest)
    assert problem.kind is ProblemKind.BROKEN_ENTRY
    assert problem.where == f"{path}:2"
    assert what in problem.what
    assert len(problem.what) < 600


def test_duplicate_ids_keep_the_first_and_name_both(tmp_path: Path) -> None:
    rows = [{"audio_filepath": f"{n}.wav", "text": str(n), "id": normalize(form, "가")} for n, form in enumerate(FORMS)]
    path = put(tmp_path, "m.jsonl", jsonl(*rows))
    manifest = read_manifest(path)
    assert brief(manifest) == [("가", "uncategorized", "0")]
    problem = only_problem(manifest)
    assert problem.kind is ProblemKind.DUPLICATE_ID
    assert problem.where == f"{path}:2"
    assert f"{path}:1" in problem.what


FORMS = ("NFC", "NFD")


@pytest.mark.parametrize("delimiter", [",", "\t", ";"], ids=["comma", "tab", "semicolon"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("header", ["wav text category", "Path SENTENCE category", "audio transcript category"])
def test_tables(tmp_path: Path, delimiter: str, encoding: str, header: str) -> None:
    text = KOREAN.replace(",", "")
    lines = [header.split(), ["x.wav", text, "D01"], [], ["y.wav", "", ""]]
    data = "\r\n".join(delimiter.join(cells) for cells in lines)
    manifest = read_manifest(put(tmp_path, "m.csv", data.encode(encoding)))
    assert manifest.format == "table"
    assert manifest.problems == ()
    assert brief(manifest) == [("x.wav", "D01", text), ("y.wav", "uncategorized", "")]


def test_csv_quotes_and_line_numbers(tmp_path: Path) -> None:
    data = (
        'audio_filepath,text,speaker,duration,device\n"a.wav","one, ""two""\nthree",s1,1.5,phone\n'
        "b.wav,too,few\nc.wav,four,,x,\n"
    )
    path = put(tmp_path, "m.csv", data)
    manifest = read_manifest(path)
    (utterance,) = manifest.utterances
    assert utterance.reference == 'one, "two"\nthree'
    assert (utterance.speaker, utterance.duration, utterance.fields) == ("s1", 1.5, {"device": "phone"})
    assert [problem.where for problem in manifest.problems] == [f"{path}:4", f"{path}:5"]


def test_quotation_marks_between_tabs_are_text(tmp_path: Path) -> None:
    path = put(tmp_path, "m.tsv", 'path\tsentence\nx.wav\t"Yes", he said\ny.wav\t"No\n')
    assert [utterance.reference for utterance in read_manifest(path).utterances] == ['"Yes", he said', '"No']


def test_an_unclosed_quote_is_a_problem_that_names_its_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "m.csv", 'path,text\nx.wav,x\ny.wav,"y\nz.wav,z\n')
    manifest = read_manifest(path)
    assert [utterance.id for utterance in manifest.utterances] == ["x.wav"]
    assert only_problem(manifest).where == f"{path}:3"
    assert "lines 3 to 4" in only_problem(manifest).what


def as_tree(root: Path) -> Path:
    return root


def as_jsonl(root: Path) -> Path:
    return put(root, "m.jsonl", jsonl(*({"audio_filepath": f"{n}.wav", "text": n, "category": n[0]} for n in NAMES)))


def as_csv(root: Path) -> Path:
    return put(root, "m.csv", "file,transcript,category\n" + "".join(f"{n}.wav,{n},{n[0]}\n" for n in NAMES))


NAMES = ("a/1", "a/2", "b/1")


@pytest.mark.parametrize("write", [as_tree, as_jsonl, as_csv])
def test_the_same_data_in_every_format(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    for name in NAMES:
        put(tmp_path, f"{name}.wav")
        put(tmp_path, f"{name}.txt", name)
    manifest = read_manifest(write(tmp_path))
    assert brief(manifest) == [("a/1.wav", "a", "a/1"), ("a/2.wav", "a", "a/2"), ("b/1.wav", "b", "b/1")]
    assert [Path(utterance.audio) for utterance in manifest.utterances] == [tmp_path / f"{name}.wav" for name in NAMES]
