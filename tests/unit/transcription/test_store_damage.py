"""A damaged store is set aside, said and begun anew with what is whole of it; never does it tell a wrong text."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.corpus.audio import AudioFacts
from asr_regress.errors import AsrRegressError, ConfigurationError
from asr_regress.transcription.store.known import Stored
from asr_regress.transcription.store.stamps import stamps_of
from asr_regress.transcription.store.store import Store
from asr_regress.transcription.store.tables import seal, seals

DIGESTS = [f"{n:064x}" for n in range(400)]
TEXTS = {digest: Stored(f"문장 {n} of the recording" * (n % 7 + 1), None) for n, digest in enumerate(DIGESTS)}
PAGE = 4096


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 400 hypotheses; its file has 36 pages or so."""
    folder = tmp_path_factory.mktemp("filled")
    store = Store(folder)
    store.add("model", "settings", [(digest, stored.text, None) for digest, stored in TEXTS.items()])
    file = str(folder / ".gitignore")
    store.remember_files([(file, AudioFacts(DIGESTS[0], 1.5))], stamps_of([file]))
    store.remember_resolution("machine", "{}")
    store.record_run("run", "model", "{}")
    store.close()
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "store"))


def damage(folder: Path, at: int, data: bytes) -> None:
    with (folder / "store.sqlite").open("r+b") as file:
        file.seek(at)
        file.write(data)


def known(store: Store) -> dict[str, Stored]:
    return store.hypotheses("model", "settings", DIGESTS)


def works(store: Store) -> bool:
    """Whether it takes and gives; what it still knows is right."""
    found = known(store)
    assert found.items() <= TEXTS.items()
    store.add("model", "settings", [(digest, stored.text, None) for digest, stored in TEXTS.items()])
    store.record_run("another", "model", "{1}")
    return known(store) == TEXTS and store.run_record("another", "model") == "{1}"


def says_where_and_what_to_do(error: AsrRegressError, folder: Path) -> None:
    assert str(folder) in str(error)
    assert "--asr-cache-dir=DIR" in str(error)


def truncated(share: float) -> Callable[[Path], None]:
    def cut(folder: Path) -> None:
        size = (folder / "store.sqlite").stat().st_size
        os.truncate(folder / "store.sqlite", int(size * share))

    return cut


def overwritten(page: int, count: int) -> Callable[[Path], None]:
    return lambda folder: damage(folder, page * PAGE, b"\xa5" * PAGE * count)


def executed(statement: str) -> Callable[[Path], None]:
    def execute(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "store.sqlite", isolation_level=None)) as connection:
            connection.execute(statement)

    return execute


def replaced(content: bytes, suffix: str = "") -> Callable[[Path], None]:
    return lambda folder: (folder / f"store.sqlite{suffix}").write_bytes(content) and None


@pytest.mark.parametrize(
    ("harm", "least"),
    [
        pytest.param(replaced(b"no database" * 1000), 0, id="garbage"),
        pytest.param(replaced(b"SQLite format 3\0" + b"\xff" * 5000), 0, id="garbage with the right beginning"),
        pytest.param(truncated(0), 0, id="zero bytes"),
        pytest.param(truncated(0.01), 0, id="a piece of the first page"),
        pytest.param(truncated(0.5), 0, id="half of it"),
        pytest.param(truncated(0.97), 300, id="all but the last page"),
        pytest.param(overwritten(12, 1), 300, id="a page in the middle"),
        pytest.param(overwritten(5, 1000), 0, id="all but the first pages"),
        pytest.param(executed("DROP TABLE hypotheses"), 0, id="a table is missing"),
        pytest.param(executed("CREATE TRIGGER t INSERT ON runs BEGIN SELECT 1; END"), 400, id="a trigger"),
        pytest.param(executed("PRAGMA user_version = 0"), 400, id="without its version"),
    ],
)
def test_it_is_said_and_mended(folder: Path, harm: Callable[[Path], None], least: int):
    harm(folder)
    with closing(Store(folder)) as store:
        found = known(store)
        assert found.items() <= TEXTS.items()
        assert len(found) >= least
        assert works(store)
        (note,) = store.notes
        assert "begun anew" in note
        for aside in folder.glob("store.sqlite.damaged-*[0-9]"):
            assert str(aside) in note
    with closing(Store(folder)) as store:
        assert (store.notes, known(store)) == ((), TEXTS)


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"\xa5" * 50_000], ids=["empty", "zeros", "garbage"])
def test_rubbish_beside_the_file_does_no_harm(folder: Path, suffix: str, content: bytes):
    replaced(content, suffix)(folder)
    with closing(Store(folder)) as store:
        assert known(store) == TEXTS
        assert works(store)


def test_a_log_that_was_not_merged_yet_is_read_as_far_as_it_is_whole(folder: Path, tmp_path: Path):
    """As after a kill: the copy has what the file had, and of the log what comes before the damage."""
    digests = [f"late {n}" for n in range(200)]
    with closing(Store(folder)) as store:
        for digest in digests:
            store.add("model", "settings", [(digest, f"text of {digest}", None)])
        killed = Path(shutil.copytree(folder, tmp_path / "killed"))
    log = killed / "store.sqlite-wal"
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    with closing(Store(killed)) as store:
        late = store.hypotheses("model", "settings", digests)
        assert late == {digest: Stored(f"text of {digest}", None) for digest in digests[: len(late)]}
        assert 50 < len(late) < 150
        assert known(store) == TEXTS


@pytest.mark.parametrize(
    "change",
    [
        "text = 'another'",
        "text = NULL",
        "text = CAST(X'FFFE41' AS TEXT)",
        "reason = text, text = NULL",
        f"audio = '{'f' * 64}'",
        "seal = NULL",
        "seal = X'0011223344556677'",
    ],
)
def test_a_row_that_is_not_as_it_was_written_is_unknown(folder: Path, change: str):
    """What SQLite does not notice: bytes that changed within a value."""
    executed(f"UPDATE hypotheses SET {change} WHERE audio = '{DIGESTS[7]}'")(folder)
    with closing(Store(folder)) as store:
        found = store.hypotheses("model", "settings", [*DIGESTS, "f" * 64])
        assert found == {digest: stored for digest, stored in TEXTS.items() if digest != DIGESTS[7]}
        (note,) = store.notes
        assert "begun anew with the 399 transcripts that were whole" in note
        assert works(store)


def test_other_damaged_rows_are_unknown_too(folder: Path, filled: Path):
    path = str(filled / ".gitignore")
    with closing(Store(folder)) as store:
        assert store.recall_files([path]) == {path: AudioFacts(DIGESTS[0], 1.5)}
        assert (store.resolution("machine"), store.run_record("run", "model")) == ("{}", "{}")
    executed(f"UPDATE files SET digest = '{DIGESTS[1]}'")(folder)
    executed("UPDATE resolutions SET resolution = '{'")(folder)
    executed("UPDATE runs SET record = '{'")(folder)
    with closing(Store(folder)) as store:
        assert store.recall_files([path]) == {}
        assert (store.resolution("machine"), store.run_record("run", "model")) == (None, None)


VALUES = st.none() | st.integers() | st.floats() | st.text() | st.binary()


@given(rows=st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=4), known=st.lists(VALUES, max_size=2))
def test_seals_of_many_rows_are_those_of_each(rows: list[tuple[object, ...]], known: list[object]):
    assert seals(zip(*rows, strict=True), known) == [seal((*known, *row)) for row in rows]


def sabotaged(content: bytes, places: list[tuple[float, bytes]], cut: float) -> bytes:
    harmed = bytearray(content)
    for where, data in places:
        at = int(where * (len(harmed) - 1))
        harmed[at : at + len(data)] = data
    return bytes(harmed[: int(len(harmed) * cut)])


PLACES = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=64)), max_size=6)
EARLY = st.lists(st.tuples(st.floats(0, 0.03), st.binary(min_size=1, max_size=4)), max_size=6)
CUTS = st.one_of(st.just(1.0), st.floats(0, 1))


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder where waiting for the disk costs nothing, if there is one."""
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else tmp_path_factory.getbasetemp())
    yield Path(folder)
    shutil.rmtree(folder)


@settings(max_examples=40, deadline=None)
@given(places=PLACES | EARLY, cut=CUTS, in_use=st.booleans())
def test_whatever_the_damage_a_store_works_or_refuses_and_tells_no_wrong_text(
    filled: Path, in_memory: Path, places: list[tuple[float, bytes]], cut: float, in_use: bool
):
    folder = in_memory / "store"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(filled, folder)
    path = folder / "store.sqlite"
    harmed = sabotaged(path.read_bytes(), places, cut)
    try:
        if in_use:
            with closing(Store(folder)) as store:
                known(store)
                damage(folder, 0, harmed)
                os.truncate(path, len(harmed))
                assert works(store)
        path.write_bytes(harmed)
        with closing(Store(folder)) as store:
            assert works(store)
    except AsrRegressError as error:
        says_where_and_what_to_do(error, folder)


def test_two_that_have_it_open_go_on_with_the_same_new_file(folder: Path):
    with closing(Store(folder)) as one, closing(Store(folder)) as other:
        known(one), known(other)
        executed("DROP TABLE hypotheses")(folder)
        assert works(one)
        assert len(one.notes) == 1
        other.add("model", "settings", [("new", "text", None)])
        assert known(other) == TEXTS
        assert other.notes == ()
        assert one.hypotheses("model", "settings", ["new"]) == {"new": Stored("text", None)}
    assert len(list(folder.glob("store.sqlite.damaged-*[0-9]"))) == 1


@pytest.mark.parametrize("what", ["file", "folder"])
def test_one_that_goes_away_while_it_is_used_is_begun_anew(folder: Path, what: str):
    with closing(Store(folder)) as store:
        known(store)
        (folder / "store.sqlite").unlink() if what == "file" else shutil.rmtree(folder)
        assert known(store) == {}
        assert works(store)
        (note,) = store.notes
        assert "went away while it was in use" in note
    with closing(Store(folder)) as store:
        assert known(store) == TEXTS


def test_one_of_the_version_before_is_taken_over(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)) as connection:
        connection.executescript("""
            CREATE TABLE files (
                path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, digest TEXT, seconds REAL) WITHOUT ROWID;
            CREATE TABLE hypotheses (
                recognizer TEXT, decoding TEXT, audio TEXT, text TEXT, reason TEXT,
                PRIMARY KEY (recognizer, decoding, audio)) WITHOUT ROWID;
            CREATE TABLE resolutions (machine TEXT PRIMARY KEY, resolution TEXT) WITHOUT ROWID;
            CREATE TABLE runs (
                run TEXT, model TEXT, finished REAL, record TEXT, PRIMARY KEY (run, model)) WITHOUT ROWID;
            PRAGMA user_version = 1;
            BEGIN;
        """)
        rows = [("model", "settings", digest, stored.text, None) for digest, stored in TEXTS.items()]
        connection.executemany("INSERT INTO hypotheses VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
    with closing(Store(tmp_path)) as store:
        assert known(store) == TEXTS
        (note,) = store.notes
        assert "of an older version of asr_regress" in note
        assert "400 transcripts" in note
    assert len(list(tmp_path.glob("store.sqlite.outdated-*[0-9]"))) == 1
    with closing(Store(tmp_path)) as store:
        assert (store.notes, known(store)) == ((), TEXTS)


@pytest.mark.parametrize("name", ["store.sqlite", "store.sqlite-wal", "open.lock", "ballast"])
def test_a_folder_where_a_file_should_be_is_refused_or_does_no_harm(tmp_path: Path, name: str):
    (tmp_path / name).mkdir()
    try:
        with closing(Store(tmp_path)) as store:
            assert works(store)
    except ConfigurationError as error:
        says_where_and_what_to_do(error, tmp_path)


def test_a_pipe_where_the_file_should_be_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "store.sqlite")
    with pytest.raises(ConfigurationError, match=r"something else is\. Move it away"):
        Store(tmp_path)


def test_a_rescue_that_was_killed_is_done_again(folder: Path):
    """Killed, it leaves the damaged file where it was, and beside it one that was only begun."""
    executed("PRAGMA user_version = 0")(folder)
    (folder / "store.sqlite.fresh").write_bytes(b"half of a database")
    (folder / "store.sqlite.fresh-wal").write_bytes(b"\xa5" * 5000)
    with closing(Store(folder)) as store:
        assert known(store) == TEXTS
    assert not list(folder.glob("*.fresh*"))
