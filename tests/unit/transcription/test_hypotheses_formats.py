"""The same hypotheses in every format of text: equal texts, errors by line, nothing unbounded."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.corpus import unpacking
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import AsrRegressError, CheckpointError
from asr_regress.transcription.hypotheses import Known, is_hypotheses, name_of, read_hypotheses

IDS = ("D01/1", "D01/2 (a)", "학교")
TEXTS = {"D01/1": 'he said "so, (well)"', "D01/2 (a)": "", "학교": "학교에; 간다"}
FORMATS = (".jsonl", ".ndjson", ".json", ".tsv", ".tab", ".csv", ".trn", ".two.tsv", ".semi.csv")


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def written(kind: str) -> str:
    """`TEXTS` in a format."""
    rows: dict[str, Callable[[str, str], str]] = {
        ".two.tsv": lambda id, text: f"{id}\t{text}",
        ".semi.csv": lambda id, text: f"{quoted(text)};{quoted(id)}",
        ".tsv": lambda id, text: f"{id}\tD01\t{text}",
        ".tab": lambda id, text: f"{id}\tD01\t{text}",
        ".csv": lambda id, text: f"{quoted(id)},{quoted(text)}",
        ".trn": lambda id, text: f"{text} ({id})",
    }
    head = {
        ".tsv": "ID\tcategory\ttext", ".tab": "utt_id\tcategory\tpred_text", ".csv": "id,hypothesis",
        ".semi.csv": "text;id", ".trn": ";; made by hand",
    }  # fmt: skip
    lines = [head[kind]] if kind in head else []
    row = rows.get(kind, lambda id, text: json.dumps({"id": id, "text": text}, ensure_ascii=False))
    return "\n".join([*lines, *(row(*pair) for pair in TEXTS.items())]) + "\n"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_texts(tmp_path: Path, kind: str, packed: bool) -> None:
    content = written(kind).encode()
    path = tmp_path / f"hyps{kind}{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert is_hypotheses(path)
    assert read_hypotheses("other", path.name, path, IDS).texts == TEXTS
    assert name_of(path).startswith("hyps")
    assert not name_of(path).endswith((".gz", ".jsonl"))


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.trn"])
def test_what_korean_excel_saves_is_read(tmp_path: Path, name: str) -> None:
    text = {"a.csv": "id,text\n학교,간다\n", "a.tsv": "학교\t간다\n", "a.trn": "간다 (학교)\n"}[name]
    path = tmp_path / name
    path.write_bytes(text.encode("cp949"))
    assert read_hypotheses("a", "a", path, IDS).texts == {"학교": "간다"}


def test_a_reason_makes_an_empty_cell_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,reason\nD01/1,,timed out\n학교,,\n", encoding="utf-8")
    found = read_hypotheses("a", "a", path, IDS)
    assert found.texts == {"D01/1": None, "학교": ""}
    assert found.reasons == {"D01/1": "timed out"}


def test_a_quoted_cell_goes_over_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,text\n"D01/1","one\ntwo"\nD09,x\n', encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"D09 \(line 4\)"):
        read_hypotheses("a", "a", path, IDS)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "D01/1,x\n", "a.csv:1: no header such as id,text: nothing names the utterance"),
        ("a.csv", "id,sentence\nD01/1,x\n", "a.csv:1: no header such as id,text: no hypothesis or pred_text"),
        ("a.csv", "id,text\nD01/1,x,y\n", "a.csv:2: 3 cells where the header names 2 columns"),
        ("a.csv", 'id,text\n"D01/1",x\n"D01"1,x\n', "a.csv:3: not a row"),
        ("a.csv", 'id,text\n"D01/1,x\n', "a.csv:2: not a row"),
        ("a.csv", "id,text,text\nD01/1,x,y\n", "a.csv:1: two columns of the header have the same name"),
        ("a.csv", "path,sentence\nx,y\n", "a.csv:1: no header such as id,text: no hypothesis or pred_text or text"),
        ("a.tsv", "D01/1\tx\nD01/2 (a)\n", "a.tsv:2: 1 columns, expected an id, a tab and a text"),
        ("a.tsv", "D01/1\tx\nD01/1\ty\n", "a.tsv:2: the id D01/1 stands in line 1 already"),
        ("a.trn", "one (D01/1)\ntwo\n", "a.trn:2: no id in parentheses at the end"),
        ("a.trn", "one D01/1)\n", "a.trn:1: no id in parentheses at the end"),
        ("a.trn", "one (D01/1)\ntwo (D09)\n", "1 of 2 ids are not in the data: D09 (line 2)"),
        ("a.json", '[\n {"id": "D01/1"}]\n', "a.json:1: not JSON"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CheckpointError) as refused:
        read_hypotheses("other", name, path, IDS)
    assert said in str(refused.value)


class TestNemo:
    """Manifests with pred_text, where "text" is the reference."""

    KNOWN = Known(
        ids=frozenset({"one", "학교", "a", "b", "first", "second"}),
        utterances=[
            Utterance("one", "/data/D01/1.wav", "", "D01"),
            Utterance("학교", "/data/D01/학교.wav", "", "D01"),
            Utterance("a", "/data/long.wav", "", "D01"),
            Utterance("b", "/data/long.wav", "", "D01"),
            Utterance("first", "/data/call.wav#t=0,2.5", "", "D01"),
            Utterance("second", "/data/call.wav#t=2.5,4.1", "", "D01"),
        ],
        root="/data",
    )

    def read(self, folder: Path, *rows: dict[str, object]) -> dict[str, str | None]:
        path = folder / "out.json"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return dict(read_hypotheses("nemo", "out.json", path, self.KNOWN).texts)

    def test_recordings_name_utterances_absolute_or_below_the_data(self, tmp_path: Path) -> None:
        decomposed = "D01/./\u1112\u1161\u11a8\u1100\u116d.wav"
        rows = [("/data/D01/1.wav", "heard"), (decomposed, "들은")]
        given = [{"audio_filepath": audio, "text": "reference", "pred_text": text} for audio, text in rows]
        assert self.read(tmp_path, *given) == {"one": "heard", "학교": "들은"}

    def test_a_manifest_is_no_output(self, tmp_path: Path) -> None:
        with pytest.raises(CheckpointError, match=r'out.json:1: beside "audio_filepath", "text" is the reference'):
            self.read(tmp_path, {"audio_filepath": "/data/D01/1.wav", "text": "reference"})

    def test_where_pred_text_is_missing_the_reference_is_not_taken(self, tmp_path: Path) -> None:
        with pytest.raises(CheckpointError, match=r"out.json:2: "):
            self.read(
                tmp_path,
                {"audio_filepath": "/data/D01/1.wav", "text": "reference", "pred_text": "heard"},
                {"audio_filepath": "/data/D01/학교.wav", "text": "reference"},
            )

    def test_an_unknown_recording_is_another_data_set(self, tmp_path: Path) -> None:
        with pytest.raises(CheckpointError, match=r"1 of 1 ids are not in the data: /other/1.wav \(line 1\)"):
            self.read(tmp_path, {"audio_filepath": "/other/1.wav", "pred_text": "heard"})

    def test_parts_of_one_recording_are_not_told_apart_by_it(self, tmp_path: Path) -> None:
        with pytest.raises(CheckpointError, match=r"out.json:1: the recording long.wav has several utterances"):
            self.read(tmp_path, {"audio_filepath": "long.wav", "pred_text": "heard"})

    def test_parts_of_one_recording_are_told_apart_by_their_offset(self, tmp_path: Path) -> None:
        first = {"audio_filepath": "call.wav", "offset": 0, "duration": 2.5, "pred_text": "one"}
        second = {"audio_filepath": "/data/call.wav", "offset": 2.5, "duration": 1.6, "pred_text": "two"}
        assert self.read(tmp_path, first, second) == {"first": "one", "second": "two"}
        with pytest.raises(CheckpointError, match="name each by its id, or by its offset"):
            self.read(tmp_path, {"audio_filepath": "call.wav", "pred_text": "all of it"})
        with pytest.raises(CheckpointError, match=r'out.json:1: "offset" must be a number of seconds'):
            self.read(tmp_path, {**first, "offset": "soon"})


class TestPacked:
    def test_what_is_no_gzip_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl.gz"
        path.write_bytes(b"{}")
        with pytest.raises(CheckpointError, match=r"a.jsonl.gz: cannot be unpacked"):
            read_hypotheses("a", "a", path, IDS)

    def test_one_that_ends_early_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl.gz"
        path.write_bytes(gzip.compress(written(".jsonl").encode())[:-12])
        with pytest.raises(CheckpointError, match=r"a.jsonl.gz: cannot be unpacked"):
            read_hypotheses("a", "a", path, IDS)

    def test_a_bomb_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unpacking, "MAX_MANIFEST_BYTES", 1 << 20)
        path = tmp_path / "a.jsonl.gz"
        path.write_bytes(gzip.compress(b"\n" * (4 << 20)))
        with pytest.raises(CheckpointError, match="unpacked over 1 MiB"):
            read_hypotheses("a", "a", path, IDS)


@pytest.mark.parametrize("name", ["f.tsv", "f.csv", "f.trn", "f.jsonl.gz"])
@given(content=st.binary(max_size=100) | st.text(alphabet='id,text\t()"\n;1é', max_size=40).map(str.encode))
def test_any_bytes_are_hypotheses_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    with suppress(AsrRegressError):
        assert set(read_hypotheses("other", name, path, IDS).texts) <= set(IDS)
