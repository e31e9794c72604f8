"""What is refused of a cluster's machines, and what people are told; no cluster is needed for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import Row, SettingsRejectedError
from asr_regress.transcription.engines.ray_bridge import ending_of
from asr_regress.transcription.engines.ray_checks import Standard, check_seen
from asr_regress.transcription.engines.ray_node import Place, look, marks
from asr_regress.transcription.engines.worker import Outcome
from asr_regress.transcription.plan import Batch, WorkItem
from asr_regress.transcription.settings import DecodingSettings, library_versions

SETTINGS = DecodingSettings(
    "whisper", "en", "transcribe", 1, "float32", "sdpa", "cpu", 4, "soundfile+soxr", library_versions()
)
ON_GPU = replace(SETTINGS, device="cuda (NVIDIA H200)")
DIED = """The actor died unexpectedly before finishing this task.
\tclass_name: Actor
\tpid: 14590
\tip: 10.0.0.7
The actor is dead because its worker process has died. Worker exit type: SYSTEM_ERROR Worker exit detail: """


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(40_000_000)
    return Checkpoint("model", "the model", folder, "whisper")


@pytest.fixture
def batches(tmp_path: Path) -> list[Batch]:
    paths = [tmp_path / "audio" / f"{number % 3}" / f"{number}.wav" for number in range(100)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    items = [WorkItem(path.name, str(path), 1.0) for path in paths]
    return [Batch(tuple(items[number : number + 4])) for number in range(0, 100, 4)]


def refused(standard: Standard, place: Place) -> str:
    with pytest.raises(MeasurementError) as caught:
        standard.check(place)
    return str(caught.value)


def test_this_machine_matches_itself(checkpoint, batches):
    standard = Standard(checkpoint, SETTINGS, batches)
    place = look(standard.question)
    standard.check(place)
    standard.check(replace(place, node="another", python="3.11.99" if place.python[:5] == "3.11." else place.python))
    assert place.unseen == ()
    assert len(place.model or ()) == 2
    assert {Path(path).parent.name for path in standard.question.recordings} == {"0", "1", "2"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"python": "3.9.1"}, "it runs Python 3.9.1, this machine 3."),
        ({"code": "other"}, "it has other code of asr_regress than this machine"),
        ({"libraries": (("torch", "1.0"), ("soxr", library_versions()["soxr"]))}, "it has torch 1.0, not 2."),
        ({"model": None}, "there is no model /"),
        ({"model": ("config.json 2 ab", "model.safetensors 40000000 cd")}, "config.json, model.safetensors differ"),
    ],
)
def test_what_a_machine_may_differ_in(checkpoint, batches, change, said):
    for settings in (SETTINGS, None):
        standard = Standard(checkpoint, settings, batches)
        told = refused(standard, replace(look(standard.question), node="node-7", **change))
        assert told.startswith("Ray cluster, node-7: ")
        assert said in told


def test_recordings_that_are_here_but_not_there(checkpoint, batches):
    standard = Standard(checkpoint, SETTINGS, batches)
    place = look(standard.question)
    told = refused(standard, replace(place, unseen=place.unseen + standard.question.recordings[:5]))
    assert f"5 of {len(standard.question.recordings)} recordings that are here cannot be opened there: /" in told
    assert "and 2 more" in told
    assert "mount the shared file system there, too" in told
    Path(standard.question.recordings[0]).unlink()  # what is missing here as well is the utterance's failure
    standard.check(replace(place, unseen=standard.question.recordings[:1]))


def test_a_recording_that_turns_out_to_be_missing_there(batches):
    batch = batches[0]
    rows = tuple(Row(item.digest, None, "there is no such file", unseen=True) for item in batch.items)
    with pytest.raises(MeasurementError, match="Ray cluster, node-7: 4 of 4 recordings that are here cannot be opened"):
        check_seen("node-7", batch, Outcome(rows))
    check_seen("node-7", batch, Outcome(tuple(replace(row, unseen=False) for row in rows)))
    for item in batch.items:
        Path(item.audio).unlink()
    check_seen("node-7", batch, Outcome(rows))


def test_gpus_of_another_kind(checkpoint, batches):
    place = replace(look(Standard(checkpoint, SETTINGS, batches).question), gpu="NVIDIA H200")
    other = replace(place, gpu="NVIDIA A100-SXM4-80GB", node="node-7")
    standard = Standard(checkpoint, ON_GPU, batches)
    standard.check(place)
    told = refused(standard, other)
    assert "its GPU is NVIDIA A100-SXM4-80GB, the settings are for cuda (NVIDIA H200)" in told
    with pytest.raises(SettingsRejectedError) as caught:  # the whole cluster is another: nothing was measured yet
        Standard(checkpoint, ON_GPU, batches).check(other)
    assert caught.value.settings.device == "cuda (NVIDIA A100-SXM4-80GB)"
    assert "not seen by torch" in refused(Standard(checkpoint, ON_GPU, batches), replace(place, gpu=None))


def test_cpus_of_another_kind(checkpoint, batches):
    standard = Standard(checkpoint, SETTINGS, batches)
    place = look(standard.question)
    standard.check(replace(place, processor=("x86_64", "avx2", "avx512_bf16")))
    told = refused(standard, replace(place, processor=("x86_64", "avx2"), node="node-7"))
    assert f"its CPU and that of {place.node} are of different kinds (avx512_bf16)" in told


def test_marks_see_another_file_of_the_same_size(checkpoint):
    before = marks(checkpoint)
    (checkpoint.folder / "training.log").write_text("what loading does not read may change meanwhile")
    assert marks(checkpoint) == before
    weights = checkpoint.folder / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(10)
        file.write(b"other")
    assert marks(checkpoint) != before
    weights.unlink()
    assert len(marks(checkpoint) or ()) == 1
    assert marks(replace(checkpoint, folder=checkpoint.folder / "nowhere")) is None


@pytest.mark.parametrize(
    ("said", "lost", "told"),
    [
        (
            DIED + "Worker unexpectedly exits with a connection error code 2. End of file. Some common causes include",
            False,
            "the worker process on 10.0.0.7 died (killed from outside, a native crash, or memory ran out)",
        ),
        (
            DIED + "Worker exits with an exit code 1.",
            False,
            "the worker process on 10.0.0.7 died (Worker exits with an exit code 1.)",
        ),
        ("\tip: 10.0.0.7\nits node has died", True, "the worker on 10.0.0.7 was lost with its machine"),
        ("", False, "the worker process died (no reason given)"),
    ],
)
def test_an_ending_is_told_in_a_line(said, lost, told):
    assert ending_of(said, lost) == told
