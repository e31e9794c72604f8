"""A damaged store: set aside, said, made anew with what is whole of it; the gate's verdict is the same."""

import pytest

from asr_regress.transcription.store.store import Store


def without_its_version(path):
    path.write_bytes(path.read_bytes()[:60] + bytes(4) + path.read_bytes()[64:])


def garbage(path):
    path.write_bytes(b"no database" * 10_000)


@pytest.mark.parametrize(
    ("harm", "anew", "more"), [(without_its_version, 0, ()), (garbage, 5, ("-n", "2"))], ids=["partly", "wholly"]
)
def test_it_is_said_and_the_gate_passes(project, harm, anew, more):
    project.without_torch()
    project.run("--asr-cache-dir=store", shared_store=False)
    Store(project.path / "store").close()  # merges what the log holds
    harm(project.path / "store/store.sqlite")
    result = project.run("--asr-cache-dir=store", "--asr-report=report", *more, shared_store=False)
    assert result.ret == 0
    (model,) = project.report()["models"]
    assert (model["timing"]["transcribed"], model["timing"]["cached"]) == (anew, 5 - anew)
    (aside,) = (project.path / "store").glob("store.sqlite.damaged-*[0-9]")
    (note,) = [note for note in model["notes"] if "damaged" in note]
    assert f"it was set aside as {aside} and begun anew" in note
    assert "the store was damaged" in result.stdout.str()
    again = project.run("--asr-cache-dir=store", "--asr-report=again", shared_store=False)
    assert again.ret == 0
    assert "damaged" not in again.stdout.str()
    assert project.report("again")["models"][0]["timing"]["cached"] == 5
