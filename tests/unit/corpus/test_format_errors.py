"""Broken input in every format: what is said, of which file and line; and that nothing is dropped in silence."""

import gzip
import json
from pathlib import Path

import pytest
from data_formats import WRITTEN, put

from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.utterance import Manifest, ProblemKind
from asr_regress.errors import DataError

BROKEN, DUPLICATE = ProblemKind.BROKEN_ENTRY, ProblemKind.DUPLICATE_ID
NO_TEXT, NO_AUDIO = ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, ProblemKind.TRANSCRIPT_WITHOUT_AUDIO


def told(manifest: Manifest) -> list[tuple[str, ProblemKind, str]]:
    root = f"{manifest.root}/"
    return [(each.where.removeprefix(root), each.kind, each.what.replace(root, "")) for each in manifest.problems]


def ids(manifest: Manifest) -> list[str]:
    return [each.id for each in manifest.utterances]


# Kaldi

COMMAND = "is a command, and none is ever run; write its output to a file and name that"


def kaldi(root: Path, **files: str) -> Path:
    for name, text in {"wav_scp": "a a.wav\n", "text": "a some words\n", **files}.items():
        put(root / name.replace("_", "."), text)
    return root


def test_kaldi_whatever_is_amiss_is_told_by_line(tmp_path: Path) -> None:
    kaldi(
        tmp_path,
        wav_scp=(
            "a a.wav\nb sox b.wav -t wav - |\nc foo.ark:1234\nd | touch here\n\nunsaid u.wav\na again.wav\n"
            "sub/é sub/é.wav\ne\nlong long.flac\nlong2 -\n"
        ),
        text="a some words\nb x\nc x\nd x\nmissing x\na twice\nsub/é\t tab and  spaces \ne x\nlong2 x\n",
        utt2spk="a s1\nsub/é s2\nnobody s3\n",
        utt2category="a D01\n",
        utt2dur="a 2.5\nsub/é much\n",
        utt2lang="a en\n",
    )
    manifest = read_manifest(tmp_path)
    first, other = manifest.utterances
    assert (first.id, first.reference, first.category, first.speaker) == ("a", "some words", "D01", "s1")
    assert (first.audio, first.duration, first.fields) == (f"{tmp_path}/a.wav", 2.5, {"language": "en"})
    assert (other.id, other.reference, other.category, other.duration) == (
        "sub/é",
        "tab and  spaces",
        "uncategorized",
        None,
    )
    assert told(manifest) == [
        ("wav.scp:7", DUPLICATE, "a is already in line 1"),
        ("text:6", DUPLICATE, "a is already in line 1"),
        ("wav.scp:2", BROKEN, f"b: sox b.wav -t wav - | {COMMAND}"),
        ("wav.scp:3", BROKEN, "c: foo.ark:1234 is no file of its own; copy it out of the archive and name that"),
        ("wav.scp:4", BROKEN, f"d: | touch here {COMMAND}"),
        ("text:5", NO_AUDIO, "missing: wav.scp does not have it"),
        ("wav.scp:9", BROKEN, "e: wav.scp names no file"),
        ("wav.scp:11", BROKEN, "long2: - is no file of its own; copy it out of the archive and name that"),
        ("wav.scp:6", NO_TEXT, "unsaid: no utterance of text is of it"),
        ("wav.scp:10", NO_TEXT, "long: no utterance of text is of it"),
        ("utt2spk:3", BROKEN, "the utterance nobody is not in text"),
    ]  # fmt: skip
    assert not (tmp_path / "here").exists()


def test_kaldi_segments_are_told_by_line(tmp_path: Path) -> None:
    kaldi(
        tmp_path,
        wav_scp="r r.wav\nunused u.wav\n",
        text="".join(f"{name} x\n" for name in "abcdefghik"),
        segments=(
            "a r 0.5 1.25\nb r 2 -1\nc r -2 1\nd r 3 3\ne nowhere 0 1\nf r 1\ng r one two\nh r 1 2 B\nj r 0 1\n"
            "a r 1 2\nk\n"
        ),
    )
    manifest = read_manifest(tmp_path)
    assert {each.id: each.audio.removeprefix(f"{tmp_path}/") for each in manifest.utterances} == {
        "a": "r.wav#t=0.5,1.25",
        "b": "r.wav#t=2",
        "h": "r.wav#ch=1&t=1,2",
    }
    assert told(manifest) == [
        ("segments:10", DUPLICATE, "a is already in line 1"),
        ("segments:3", BROKEN, "the segment starts at -2 s"),
        ("segments:4", BROKEN, "the segment ends at 3 s, and starts at 3 s"),
        ("segments:5", BROKEN, "e: wav.scp does not have its recording nowhere"),
        ("segments:6", BROKEN, "f: expected UTTERANCE RECORDING START END"),
        ("segments:7", BROKEN, "g: one two are no numbers of seconds"),
        ("text:9", NO_AUDIO, "i: segments does not have it"),
        ("segments:11", BROKEN, "k: expected UTTERANCE RECORDING START END"),
        ("wav.scp:2", NO_TEXT, "unused: no utterance of text is of it"),
        ("segments:9", NO_TEXT, "j: no utterance of text is of it"),
    ]


def test_kaldi_commands_of_a_real_exporter_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"broken entry: 40(.|\n)*wav\.scp:1: .* is a command, and none is ever run"):
        read_manifest(WRITTEN / "lhotse-kaldi")


# LibriSpeech


def test_librispeech_whatever_is_amiss_is_told_by_line(tmp_path: Path) -> None:
    chapter = tmp_path / "LibriSpeech/test-clean/61/70968"
    put(
        chapter / "61-70968.trans.txt",
        "61-70968-0000 HE BEGAN\n61-70968-0001 LOST\n61-70968-0002\n61-70968-0000 TWICE\n",
    )
    for name in ("61-70968-0000.flac", "61-70968-0002.wav", "61-70968-0003.flac", "._61-70968-0004.flac"):
        put(chapter / name, "")
    put(tmp_path / "LibriSpeech/test-other/1/2/1-2-0000.flac", "")
    manifest = read_manifest(tmp_path)
    assert manifest.format == "librispeech"
    assert [(each.id, each.reference, each.category, each.speaker) for each in manifest.utterances] == [
        ("61-70968-0000", "HE BEGAN", "test-clean", "61"),
        ("61-70968-0002", "", "test-clean", "61"),
    ]
    here = "LibriSpeech/test-clean/61/70968/"
    assert told(manifest) == [
        (f"{here}61-70968.trans.txt:2", NO_AUDIO, "there is no recording 61-70968-0001.* beside it"),
        (f"{here}61-70968.trans.txt:4", DUPLICATE, f'id "61-70968-0000" is already that of {here}61-70968.trans.txt:1'),
        (f"{here}61-70968-0003.flac", NO_TEXT, "no *.trans.txt beside it has 61-70968-0003"),
        ("LibriSpeech/test-other/1/2/1-2-0000.flac", NO_TEXT, "no *.trans.txt beside it has 1-2-0000"),
    ]


@pytest.mark.parametrize(("below", "category"), [("test-clean", "uncategorized"), ("test-clean/61", "uncategorized")])
def test_librispeech_may_be_given_from_any_folder_down(tmp_path: Path, below: str, category: str) -> None:
    put(tmp_path / "test-clean/61/70968/61-70968.trans.txt", "61-70968-0000 HE BEGAN\n")
    put(tmp_path / "test-clean/61/70968/61-70968-0000.flac", "")
    (found,) = read_manifest(tmp_path / below).utterances
    assert (found.id, found.category, found.speaker) == ("61-70968-0000", category, "61")


# Common Voice


def test_common_voice_whatever_is_amiss_is_told_by_line(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    lines = [
        "client_id\tpath\tsentence\taccents\tlocale",
        'c1\ta.mp3\tSo "he" said\t\ten',
        "c2\tb.mp3",
        "c2\t\tx\t\ten",
    ]
    put(tmp_path / "test.tsv", "\n".join([*lines, "c3\ta.mp3\ttwice\t\ten"]) + "\n")
    manifest = read_manifest(tmp_path)
    assert manifest.format == "common-voice"
    (found,) = manifest.utterances
    assert (found.id, found.reference, found.speaker, found.fields) == ("a", 'So "he" said', "c1", {"locale": "en"})
    assert found.audio == f"{tmp_path}/clips/a.mp3"
    assert told(manifest) == [
        ("test.tsv:3", BROKEN, "2 cells where the header names 5 columns"),
        ("test.tsv:4", BROKEN, '"path" is empty'),
        ("test.tsv:5", DUPLICATE, 'id "a" is already that of test.tsv:2'),
    ]
    put(tmp_path / "validated.tsv", lines[0] + "\n")
    with pytest.raises(DataError, match=r"which of test\.tsv, validated\.tsv is meant"):
        read_manifest(tmp_path)
    assert ids(read_manifest(tmp_path / "test.tsv")) == ["a"]


# Lhotse


def cut(**other: object) -> dict[str, object]:
    recording = {"id": "r", "sources": [{"type": "file", "channels": [0], "source": "r.wav"}], "duration": 10.0}
    spoken = [{"id": "s", "start": 0, "duration": 2, "text": "some words", "speaker": "s1"}]
    return {"id": "a", "start": 1, "duration": 2, "channel": 0, "supervisions": spoken, "recording": recording, **other}


def recording(**other: object) -> dict[str, object]:
    return {"recording": {**cut()["recording"], **other}}  # type: ignore[dict-item]


def source(**other: object) -> dict[str, object]:
    return recording(sources=[{"type": "file", "channels": [0], "source": "r.wav", **other}])


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        ({"supervisions": []}, NO_TEXT, "the cut a has no supervision"),
        ({"start": -1}, BROKEN, '"start" must be a number of seconds'),
        ({"duration": None}, BROKEN, 'a: "duration" is missing'),
        ({"duration": 0.0}, BROKEN, "a supervision goes beyond the cut"),
        ({"start": 9}, BROKEN, "a: the cut from 9 to 11 s goes beyond its recording of 10 s"),
        ({"type": "MixedCut", "tracks": []}, BROKEN, "only cuts of one recording and channel are read"),
        ({"type": "PaddingCut"}, BROKEN, "only cuts of one recording"),
        ({"id": 5}, BROKEN, 'the cut: "id" is missing'),
        ({"recording": None}, BROKEN, 'a: "recording" is missing'),
        ({"supervisions": [{"start": -1, "duration": 2, "text": "x"}]}, BROKEN, "a supervision goes beyond the cut"),
        ({"supervisions": [{"start": 0, "duration": 1}]}, BROKEN, '"text" is missing'),
        ({"supervisions": [5]}, BROKEN, '"supervisions" is no list of objects'),
        ({"channel": [0, 1]}, BROKEN, "a cut of several channels"),
        (source(type="command", source="touch here"), BROKEN, "its recording is a command, and none is ever run"),
        (source(type="memory"), BROKEN, "its recording is no file (type memory)"),
        (source(source=""), BROKEN, "its recording is no file"),
        (recording(sources=[]), BROKEN, "has to have one source"),
        (recording(transforms=[{"name": "Speed"}]), BROKEN, "is to be transformed, which is not done"),
    ],
)  # fmt: skip
def test_lhotse_whatever_is_amiss_is_told_by_line(
    tmp_path: Path, changed: dict[str, object], kind: ProblemKind, said: str
) -> None:
    rows = [cut(id="good"), cut(**changed)]
    with gzip.open(tmp_path / "m.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, rows)))
    manifest = read_manifest(tmp_path / "m.jsonl.gz")
    assert manifest.format == "lhotse"
    assert ids(manifest) == ["good"]
    ((where, found, what),) = told(manifest)
    assert (where, found) == ("m.jsonl.gz:2", kind)
    assert said in what


def test_lhotse_what_a_cut_means(tmp_path: Path) -> None:
    two = recording(sources=[{"type": "file", "channels": [0, 1], "source": "two.wav"}])
    spoken = [{"start": 1, "duration": 1, "text": "second"}, {"start": 0, "duration": 1, "text": "first"}]
    rows = [
        cut(),
        cut(id="whole", start=0, duration=10),
        cut(id="right", channel=1, **two),
        cut(id="several", supervisions=spoken, custom={"category": "D01", "snr": 5.5, "other": [1]}),
    ]
    put(tmp_path / "cuts.jsonl", "\n".join(map(json.dumps, rows)))
    found = {each.id: each for each in read_manifest(tmp_path).utterances}
    assert {id: each.audio.removeprefix(f"{tmp_path}/") for id, each in found.items()} == {
        "a": "r.wav#t=1,3",
        "whole": "r.wav",
        "right": "two.wav#ch=1&t=1,3",
        "several": "r.wav#t=1,3",
    }
    assert (found["several"].reference, found["several"].category) == ("first second", "D01")
    assert (found["several"].fields, found["several"].speaker) == ({"snr": 5.5}, None)


def test_lhotse_what_lhotse_itself_wrote(tmp_path: Path) -> None:
    manifest = read_manifest(WRITTEN / "lhotse-odd")
    (found,) = manifest.utterances
    assert (found.id, found.reference, found.speaker) == ("part", "first second", "a")
    assert found.audio.endswith("/read_speech/jfk.flac#t=2.5,5.75")
    assert [
        (where.partition("cuts.jsonl")[2], kind, what.partition(": ")[2]) for where, kind, what in told(manifest)
    ] == [
        (":2", BROKEN, "only cuts of one recording and channel are read, found MixedCut"),
        (":3", BROKEN, "only cuts of one recording and channel are read, found MixedCut"),
        (":4", BROKEN, "its recording is to be transformed, which is not done; save the result and name that"),
        (":5", NO_TEXT, ""),
    ]


# SCTK


def test_trn_whatever_is_amiss_is_told_by_line(tmp_path: Path) -> None:
    for name in ("D01/a.wav", "D02/b.flac", "x/twice.wav", "y/twice.wav", "top.mp3"):
        put(tmp_path / name, "")
    lines = [
        ";; a comment",
        "some words (a)",
        "no id",
        "b (c) (b)",
        "gone (gone)",
        "x (twice)",
        "{ uh / um } (a)",
        "(top)",
    ]
    put(tmp_path / "ref.trn", "\n".join([*lines, "again (a)"]) + "\n")
    manifest = read_manifest(tmp_path / "ref.trn")
    assert [(each.id, each.reference, each.category) for each in manifest.utterances] == [
        ("a", "some words", "D01"),
        ("b", "b (c)", "D02"),
        ("top", "", "uncategorized"),
    ]
    assert told(manifest) == [
        ("ref.trn:3", BROKEN, "expected an utterance-id in parentheses at the end of the line"),
        ("ref.trn:5", NO_AUDIO, "there is no recording gone.*"),
        ("ref.trn:6", NO_AUDIO, "which recording is meant by twice? There are x/twice.wav and y/twice.wav"),
        ("ref.trn:7", BROKEN, "alternatives such as { uh / um } are not understood; write the one that was said"),
        ("ref.trn:9", DUPLICATE, 'id "a" is already that of ref.trn:2'),
    ]


def test_stm_whatever_is_amiss_is_told_by_line(tmp_path: Path) -> None:
    for name in ("D01/a.wav", "call.sph"):
        put(tmp_path / name, "")
    lines = [
        ';; LABEL "O" "Overall" "Overall"',
        "a 1 s1 0.5 1.25 <o,f0,male> some words",
        "a 1 s1 1.25 2 further words",
        "call A s2 0 1 <NA> x",
        "call B s3 0 1 y",
        "a 1 s1 2 3 IGNORE_TIME_SEGMENT_IN_SCORING",
        "a 1 s1 3 2 x",
        "a 1 s1 -3 2 x",
        "a 1 s1",
        "call C s1 1 2 x",
        "gone 1 s1 1 2 x",
        "a 1 s1 0.50 1.250 the same again",
        "a 1 s1 5 6",
    ]
    put(tmp_path / "ref.stm", "\n".join(lines) + "\n")
    manifest = read_manifest(tmp_path / "ref.stm")
    assert [(each.id, each.reference, each.category, each.speaker) for each in manifest.utterances] == [
        ("a#t=0.5,1.25", "some words", "f0", "s1"),
        ("a#t=1.25,2", "further words", "D01", "s1"),
        ("a#t=5,6", "", "D01", "s1"),
        ("call#ch=0&t=0,1", "x", "uncategorized", "s2"),
        ("call#ch=1&t=0,1", "y", "uncategorized", "s3"),
    ]
    assert [each.audio.removeprefix(f"{tmp_path}/") for each in manifest.utterances][2:4] == [
        "D01/a.wav#t=5,6",
        "call.sph#ch=0&t=0,1",
    ]
    assert told(manifest) == [
        ("ref.stm:9", BROKEN, "expected RECORDING CHANNEL SPEAKER START END <LABELS> WORDS"),
        ("ref.stm:6", NO_TEXT, "a: marked IGNORE_TIME_SEGMENT_IN_SCORING"),
        ("ref.stm:7", BROKEN, "the segment ends at 2 s, and starts at 3 s"),
        ("ref.stm:8", BROKEN, "a: the start -3 is no number of seconds"),
        ("ref.stm:10", BROKEN, "call: C is no channel: A, B, or a number from 1"),
        ("ref.stm:11", NO_AUDIO, "there is no recording gone.*"),
        ("ref.stm:12", DUPLICATE, 'id "a#t=0.5,1.25" is already that of ref.stm:2'),
    ]


# Packed


def test_a_packed_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from asr_regress.corpus import unpacking

    monkeypatch.setattr(unpacking, "MAX_MANIFEST_BYTES", 1 << 22)
    with gzip.open(tmp_path / "m.jsonl.gz", "wb") as file:
        file.write(b'{"audio_filepath": "x.wav", "text": "x"}\n' + b"\n" * (1 << 23))
    with pytest.raises(DataError, match="unpacked over 4 MiB"):
        read_manifest(tmp_path / "m.jsonl.gz")


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"plain text", gzip.compress(b"{" * 1000)[:-9]])
def test_what_cannot_be_unpacked_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "m.jsonl.gz").write_bytes(data)
    with pytest.raises(DataError, match=r"m\.jsonl\.gz"):
        read_manifest(tmp_path / "m.jsonl.gz")
