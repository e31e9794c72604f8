import hashlib
from pathlib import Path

import pytest

from asr_regress.basics.progress import Lines, Quiet
from asr_regress.corpus.inspector import Inspector
from asr_regress.transcription.inspection import inspect_files
from asr_regress.transcription.store.store import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    yield store
    store.close()


def test_files_are_told_by_content_and_length_and_bad_ones_by_their_reason(tmp_path, store, recordings):
    good = recordings(3)
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "junk.wav").write_bytes(b"junk" * 100)
    bad = [str(tmp_path / name) for name in ("empty.wav", "junk.wav", "gone.wav")]
    facts, reasons = inspect_files([*good, *bad], store, Quiet)
    assert {path: fact.digest for path, fact in facts.items()} == {
        path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in good
    }
    assert [facts[path].seconds for path in good] == [4000 / 16000, 4100 / 16000, 4200 / 16000]
    assert set(reasons) == set(bad)
    assert reasons[bad[0]] == "the file is empty"
    assert reasons[bad[2]] == "there is no such file"


def test_a_second_look_reads_only_what_changed(store, recordings, tone, capsys):
    paths = recordings(3)
    before, _ = inspect_files(paths, store, Quiet)
    assert inspect_files(paths, store, _refused) == (before, {})
    tone(Path(paths[0]), 900, 0.9)
    after, _ = inspect_files(paths, store, Lines)
    assert after[paths[0]].seconds == 0.9
    assert {path: after[path] for path in paths[1:]} == {path: before[path] for path in paths[1:]}


def test_a_recording_that_changes_after_it_was_read_is_read_again(store, recordings, tone, monkeypatch):
    paths = recordings(2)
    look = Inspector.look

    def look_and_change(inspector, part):
        found = look(inspector, part)
        tone(Path(paths[0]), 900, 0.9)
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Inspector, "look", look_and_change)
        before, _ = inspect_files(paths, store, Quiet)
    assert store.recall_files(paths) == {paths[1]: before[paths[1]]}
    assert inspect_files(paths, store, Quiet)[0][paths[0]].seconds == 0.9


def test_the_limit_of_this_run_holds_whatever_an_earlier_one_allowed(store, recordings):
    paths = recordings(3)
    reason = "it is {} s long, over the limit of {} s (--asr-max-duration)"
    for limit, left in ((0.1, 0), (0.26, 2), (3600, 3), (0.255, 1), (0.1, 0), (3600, 3)):
        facts, reasons = inspect_files(paths, store, Quiet, limit)
        assert list(facts) == paths[:left]
        assert reasons == dict.fromkeys(paths[left:], reason.format(0, f"{limit:,}"))


def _refused(label, total):
    raise AssertionError(f"{total} files are read again")
