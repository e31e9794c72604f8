import base64
import hashlib
import json
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.errors import BaselineError
from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.gate.baseline_file import MAX_FILE_BYTES, check_baseline_writable, read_baseline, write_baseline
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Status

MakeBaseline = Callable[..., Baseline]

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)  # Lone surrogates too: file names may hold them.
COUNTS = st.builds(lambda s, i, d, correct: ErrorCounts(s, i, d, s + d + correct), *[st.integers(0, 2**30)] * 4)
KEYS = st.integers(0, 2**32 - 1).map("{:08x}".format)


@st.composite
def baselines(draw: st.DrawFn) -> Baseline:
    metrics = tuple(draw(st.lists(TEXTS, max_size=3, unique=True)))

    def row(utterance_id: str) -> BaselineRow:
        status = draw(st.sampled_from(Status))
        counts = tuple(draw(COUNTS) for _ in metrics)
        if status is Status.FAILED:
            counts = tuple(ErrorCounts() for _ in metrics)
        elif status is Status.EMPTY_REFERENCE:
            counts = tuple(ErrorCounts(insertions=one.insertions) for one in counts)
        audio = draw(st.just("") | KEYS.filter(lambda key: key != "00000000"))
        return BaselineRow(utterance_id, draw(TEXTS), status, draw(KEYS), audio, counts)

    texts = st.dictionaries(TEXTS, TEXTS, max_size=3)
    return Baseline(
        draw(TEXTS),
        draw(TEXTS),
        draw(TEXTS),
        draw(TEXTS),
        metrics,
        draw(texts),
        draw(texts),
        tuple(row(utterance_id) for utterance_id in sorted(draw(st.lists(TEXTS, max_size=4, unique=True)))),
    )


@given(baselines())
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, baseline: Baseline) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.json"
    write_baseline(path, baseline)
    assert read_baseline(path) == baseline


@pytest.mark.parametrize(
    "id_form",
    ["D{category:02}/S{speaker:06}/{number:08}.wav", "방송 뉴스/D{category:02}/{bits:032x}.wav"],
    ids=["numbered", "random names"],
)
def test_20000_utterances_stay_within_1_mb(tmp_path: Path, make_baseline: MakeBaseline, id_form: str) -> None:
    path = tmp_path / "baseline.json"
    baseline = make_baseline(20_000, id_form)
    write_baseline(path, baseline)
    assert path.stat().st_size < 1_000_000
    assert read_baseline(path) == baseline


def test_the_summary_comes_first_and_can_be_reviewed(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    path = tmp_path / "new folder" / "baseline.json"
    baseline = make_baseline()
    write_baseline(path, baseline)
    document = json.loads(path.read_text("utf-8"))
    assert list(document)[-1] == "utterances"
    assert document["model"] == {"name": "medium-ft-2", "fingerprint": "ab" * 32}
    scored = [row.counts[0] for row in baseline.rows if row.status is Status.SCORED]
    cer = sum(scored, ErrorCounts())
    assert document["total"]["scored"] == len(scored)
    assert document["total"]["metrics"]["cer"] == {
        "percent": round(100 * cer.errors / cer.reference_length, 4),
        "errors": cer.errors,
        "substitutions": cer.substitutions,
        "insertions": cer.insertions,
        "deletions": cer.deletions,
        "reference_length": cer.reference_length,
    }
    assert list(document["categories"]) == sorted(document["categories"])
    assert all(len(line) < 120 for line in path.read_text("utf-8").splitlines()[:-5])


def test_the_same_baseline_gives_the_same_bytes(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    for name in ("a", "b"):
        write_baseline(tmp_path / name, make_baseline())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, make_baseline())
    before = path.read_bytes()
    rows = (replace(make_baseline().rows[0], reference_key="not hexadecimal"),)
    with pytest.raises(BaselineError, match=r"baseline\.json: the baseline cannot be written"):
        write_baseline(path, replace(make_baseline(), rows=rows))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["baseline.json"]  # noqa: PTH208


def test_a_folder_in_the_way(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    with pytest.raises(BaselineError, match="cannot be written"):
        write_baseline(tmp_path, make_baseline())
    assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.parent.glob("*.tmp")) == []


def test_a_link_is_followed(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_baseline(tmp_path / "link.json", make_baseline())
    assert (tmp_path / "link.json").is_symlink()
    assert read_baseline(tmp_path / "real.json") == make_baseline()


def set_in(*keys: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = value

    return change


def change_columns(edit: Callable[[bytes], bytes]) -> Callable[[dict[str, Any]], None]:
    """Edit the unpacked columns and make the digest fit, as a hostile hand would."""

    def change(document: dict[str, Any]) -> None:
        stored = document["utterances"]
        data = edit(zlib.decompress(base64.b64decode(stored["columns"])))
        stored["columns"] = base64.b64encode(zlib.compress(data)).decode()
        stored["sha256"] = hashlib.sha256(data).hexdigest()

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_in("schema", value=2), "reads baselines of schema 1, found 2"),
        (set_in("schema", value=True), "'schema': expected a whole number, found True"),
        (set_in("model", value="m"), "model: expected a JSON object, found str"),
        (set_in("model", "name", value=None), "model: 'name': expected text, found None"),
        (set_in("metrics", value=["cer", "cer"]), "'metrics': expected a list of different names"),
        (set_in("metrics", value=[[]]), "'metrics': expected a list of names"),
        (set_in("decoding", "num_beams", value=1), "'decoding': expected text for every name"),
        (set_in("data", "expected", value=-1), "'expected': expected a whole number, found -1"),
        (set_in("data", "expected", value=31), "utterances: "),
        (set_in("data", "expected", value=29), "utterances: "),
        (set_in("data", "expected", value=2**31), "2,147,483,648 of them, more than 2,000,000"),
        (set_in("total", "scored", value=1), "total: not the sum of the utterances"),
        (set_in("total", "metrics", "cer", "percent", value=0.0), "total: not the sum of the utterances"),
        (set_in("categories", "D01", "metrics", "wer", "errors", value=0), "categories: 'D01' is not the sum"),
        (set_in("categories", "D99", value={}), "categories: 'D99' is not the sum"),
        (set_in("categories", "A", value={}), "categories: "),
        (set_in("utterances", "encoding", value="pickle"), "expected the encoding 'columns 1, zlib, base64'"),
        (set_in("utterances", "columns", value=7), "the columns are missing"),
        (set_in("utterances", "columns", value="%"), "utterances: damaged"),
        (set_in("utterances", "columns", value="AAAA"), "utterances: damaged"),
        (set_in("utterances", "sha256", value="00"), "do not have the SHA-256"),
        (change_columns(lambda data: data[:-1]), "the ids do not have the lengths"),
        (change_columns(lambda data: data + b"x"), "the ids do not have the lengths"),
        (change_columns(lambda data: b""), "fewer than the 30"),
        (change_columns(lambda data: data[:120] + b"\xff" + data[121:]), "a category or a status"),
        (change_columns(lambda data: data[:240] + b"\xff" * 30 + data[270:]), "a category or a status"),
        (change_columns(lambda data: data[:240] + b"\x02" * 30 + data[270:]), "is failed and yet has counts"),
        (change_columns(lambda data: data[:600] + b"\xff" * 30 + data[630:]), "more substitutions and deletions"),
        (change_columns(lambda data: data[:-1] + b"\xff"), "an id is not UTF-8"),
    ],
)
def test_a_baseline_that_was_tampered_with(
    tmp_path: Path, make_baseline: MakeBaseline, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, make_baseline())
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(BaselineError) as caught:
        read_baseline(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "--asr-save-baseline" in str(caught.value)


def test_unpacking_is_bounded(tmp_path: Path, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, make_baseline())
    monkeypatch.setattr("asr_regress.gate.baseline_columns.MAX_BYTES", 100)
    with pytest.raises(BaselineError, match="over 100 bytes once unpacked"):
        read_baseline(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a baseline"),
        (b"[]", "expected a JSON object, found list"),
        (b"{}", "'schema' is missing"),
        (b'{"schema": 1, "schema": 1}', "a key that is there twice"),
        (b'{"schema": NaN}', "NaN is not a number"),
        (b'{"schema": ' + b"9" * 5000 + b"}", "not a baseline"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[" + b"{}," * 500_001 + b"{}]", "it has more than 1,000,000 values"),
        (b"\xff", "not a baseline"),
    ],
)
def test_what_is_no_baseline(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(data)
    with pytest.raises(BaselineError, match=message):
        read_baseline(path)


def test_a_file_too_large_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(BaselineError, match="too large for a baseline"):
        read_baseline(path)


def test_no_file_and_no_regular_file(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="no such baseline"):
        read_baseline(tmp_path / "baseline.json")
    with pytest.raises(BaselineError, match="not a file"):
        read_baseline(tmp_path)


def test_where_it_could_not_be_written_is_refused_beforehand(tmp_path: Path) -> None:
    check_baseline_writable(tmp_path / "new" / "baseline.json")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_bytes(b"")
    for path, why in (
        (tmp_path, "is a folder"),
        (tmp_path / "file" / "baseline.json", "file"),
        (tmp_path / "a\0b", "null"),
    ):
        with pytest.raises(BaselineError, match=f"the baseline cannot be written: .*{why}") as caught:
            check_baseline_writable(path)
        assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("field", ["substitutions", "insertions", "reference_length"])
def test_a_count_that_does_not_fit_is_refused_and_nothing_written(tmp_path: Path, field: str) -> None:
    for value, fits in ((2**32 - 1, True), (2**32, False)):
        counts = ErrorCounts(**{"reference_length": value, field: value})
        row = BaselineRow("a", "D01", Status.SCORED, "0" * 8, "1" * 8, (counts,))
        baseline = Baseline("m", "f", "d", "basic 1", ("cer",), {}, {}, (row,))
        path = tmp_path / f"{value}.json"
        if fits:
            write_baseline(path, baseline)
            assert read_baseline(path) == baseline
        else:
            with pytest.raises(BaselineError, match="does not fit into 32 bits"):
                write_baseline(path, baseline)
            assert not path.exists()


@pytest.mark.parametrize(("size", "name"), [(31, "MAX_ROWS"), (30, "MAX_ROWS"), (30, "MAX_BYTES")])
def test_more_than_can_be_read_is_not_written(
    tmp_path: Path, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch, size: int, name: str
) -> None:
    monkeypatch.setattr(f"asr_regress.gate.baseline_columns.{name}", 30)
    path = tmp_path / "baseline.json"
    if size == 30 and name == "MAX_ROWS":
        write_baseline(path, make_baseline(size))
        assert read_baseline(path) == make_baseline(size)
    else:
        with pytest.raises(BaselineError, match=f"{size} utterances are too many for a baseline"):
            write_baseline(path, make_baseline(size))


def test_metrics_and_ids_are_bounded(
    tmp_path: Path, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, make_baseline(5, "u{number:03}"))
    monkeypatch.setattr("asr_regress.gate.baseline_columns.MAX_ID_BYTES", 4)
    monkeypatch.setattr("asr_regress.gate.baseline_columns.MAX_METRICS", 2)
    assert read_baseline(path) == make_baseline(5, "u{number:03}")
    monkeypatch.setattr("asr_regress.gate.baseline_columns.MAX_ID_BYTES", 3)
    with pytest.raises(BaselineError, match="an id is longer than 3 bytes"):
        read_baseline(path)
    monkeypatch.setattr("asr_regress.gate.baseline_columns.MAX_METRICS", 1)
    with pytest.raises(BaselineError, match="metrics: 2 of them, more than 1"):
        read_baseline(path)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, make_baseline: MakeBaseline) -> bytes:
    path = tmp_path_factory.mktemp("written") / "baseline.json"
    write_baseline(path, make_baseline(8))
    return path.read_bytes()


def read_or_refuse(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with suppress(BaselineError):
        assert isinstance(read_baseline(path), Baseline)


@given(data=st.binary(max_size=100), at=st.integers(0, 10_000), cut=st.integers(0, 100))
def test_any_damage_gives_a_baseline_or_our_error(
    tmp_path_factory: pytest.TempPathFactory, written: bytes, data: bytes, at: int, cut: int
) -> None:
    at %= len(written)
    read_or_refuse(tmp_path_factory.getbasetemp() / "damaged.json", written[:at] + data + written[at + cut :])


@given(data=st.binary(max_size=8), at=st.integers(0, 500), expected=st.integers(0, 12), metrics=st.integers(0, 4))
def test_any_columns_give_a_baseline_or_our_error(
    tmp_path_factory: pytest.TempPathFactory, written: bytes, data: bytes, at: int, expected: int, metrics: int
) -> None:
    document = json.loads(written)
    change_columns(lambda columns: columns[: at % len(columns)] + data + columns[at % len(columns) + len(data) :])(
        document
    )
    document["data"]["expected"] = expected
    document["metrics"] = [f"m{number}" for number in range(metrics)]
    read_or_refuse(tmp_path_factory.getbasetemp() / "columns.json", json.dumps(document).encode())
