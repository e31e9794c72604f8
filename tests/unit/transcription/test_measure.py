"""Measuring with real stores and real worker processes; only what the model hears is rehearsed, without torch."""

import shutil
import unicodedata
import wave
from pathlib import Path

import pytest

SAYS = [f"{length} samples" for length in range(4000, 5000, 100)]


def texts_of(result, paths):
    return [result["texts"].get(path) for path in paths]


class TestAgain:
    def test_a_second_measurement_transcribes_nothing_and_no_worker_starts(self, bench, recordings):
        paths, bench = recordings(6), bench()
        first = bench.measure(paths)
        assert texts_of(first, paths) == SAYS[:6]
        assert first["record"]["tally"]["transcribed"] == 6
        assert first["record"]["tally"]["audio_seconds"] == pytest.approx(sum(range(4000, 4600, 100)) / 16_000)
        assert "transcribing 6 recordings (0 more are in the store) on 1 x cpu" in first["said"]
        heard = bench.heard
        second = bench.measure(paths, run="another")
        assert second["texts"] == first["texts"]
        assert bench.heard == heard
        assert (bench.checkpoint / "resolved").read_text() == "once\n"
        tally = second["record"]["tally"]
        assert (tally["transcribed"], tally["cached"], tally["audio_seconds"]) == (0, 6, 0.0)
        assert first["torch"] == second["torch"] == []
        assert first["children"] == second["children"] == 0
        assert second["said"] == ""

    def test_a_changed_recording_is_transcribed_again_and_a_renamed_one_is_not(self, bench, recordings, tone):
        paths, bench = recordings(4), bench()
        bench.measure(paths)
        tone(Path(paths[0]), 700, 0.5)
        Path(paths[1]).rename(renamed := paths[1] + ".renamed.wav")
        shutil.copy2(paths[2], copied := paths[2] + ".copy.wav")
        now = [paths[0], renamed, paths[2], copied, paths[3]]
        again = bench.measure(now, run="another")
        assert texts_of(again, now) == ["8000 samples", SAYS[1], SAYS[2], SAYS[2], SAYS[3]]
        assert bench.lengths_heard == [4000, 4100, 4200, 4300, 8000]

    def test_equal_recordings_are_transcribed_once(self, bench, recordings):
        (path,), bench = recordings(1), bench()
        copies = [path, *(shutil.copy(path, f"{path}.{n}.wav") for n in range(5))]
        result = bench.measure(copies)
        assert texts_of(result, copies) == [SAYS[0]] * 6
        assert bench.lengths_heard == [4000]
        assert len(set(result["digests"].values())) == 1

    def test_a_name_that_is_composed_otherwise_on_disk_is_found(self, bench, tmp_path, tone):
        bench = bench()
        decomposed = unicodedata.normalize("NFD", str(tmp_path / "통화.wav"))
        tone(Path(decomposed), 300, 0.25)
        given = unicodedata.normalize("NFC", decomposed)
        assert given != decomposed
        assert texts_of(bench.measure([given]), [given]) == [SAYS[0]]

    def test_other_settings_are_transcribed_anew_and_other_workers_are_not(self, bench, recordings):
        paths, bench = recordings(3), bench()
        bench.measure(paths)
        bench.measure(paths, run="more workers", workers=2)
        assert bench.lengths_heard == [4000, 4100, 4200]
        bench.measure(paths, run="beams", num_beams=2)
        assert bench.lengths_heard == [4000, 4000, 4100, 4100, 4200, 4200]

    def test_another_model_is_transcribed_anew(self, bench, recordings):
        paths, bench = recordings(2), bench()
        bench.measure(paths)
        (bench.checkpoint / "model.safetensors").write_bytes(b"other weights")
        bench.measure(paths, run="another")
        assert bench.lengths_heard == [4000, 4000, 4100, 4100]


def put_nan(path):
    """A float WAV that looks whole and holds NaN."""
    import numpy as np
    import soundfile

    soundfile.write(path, np.array([0.5, np.nan] * 2000, dtype=np.float32), 16_000, subtype="FLOAT")
    return str(path)


class TestBadRecordings:
    def test_each_fails_alone_with_its_reason_and_a_lasting_one_is_not_tried_again(self, bench, recordings, tmp_path):
        good, bench = recordings(3), bench()
        (tmp_path / "junk.wav").write_bytes(b"junk" * 100)
        nan, junk, gone = put_nan(tmp_path / "nan.wav"), str(tmp_path / "junk.wav"), str(tmp_path / "gone.wav")
        paths = [nan, junk, *good, gone]
        first = bench.measure(paths)
        assert first["record"]["error"] is None
        assert texts_of(first, paths) == [None, None, *SAYS[:3], None]
        reasons = first["record"]["reasons"]
        assert set(reasons) == {nan, junk, gone}
        assert reasons[nan] == "it holds NaN at 0.000 s"
        assert reasons[gone] == "there is no such file"
        heard = bench.heard
        second = bench.measure(paths, run="another")
        assert (second["texts"], second["record"]["reasons"]) == (first["texts"], reasons)
        assert bench.heard == heard
        assert bench.lengths_heard == [4000, 4100, 4200]

    def test_a_model_that_cannot_cope_with_one_is_asked_again_in_the_next_run(self, bench, recordings):
        paths, bench = recordings(6), bench(fail=[4200])
        first = bench.measure(paths)
        assert texts_of(first, paths) == [*SAYS[:2], None, *SAYS[3:6]]
        assert first["record"]["reasons"] == {paths[2]: "transcribing it failed: ValueError: cannot cope with this one"}
        (bench.checkpoint / "heard.jsonl").unlink()
        bench.measure(paths, run="another")
        assert set(bench.lengths_heard) == {4200}

    def test_a_batch_that_comes_back_with_too_few_texts_gives_none_to_the_wrong_recording(self, bench, recordings):
        paths, bench = recordings(4), bench(short=[4100])
        result = bench.measure(paths)
        assert texts_of(result, paths) == [SAYS[0], None, SAYS[2], SAYS[3]]
        assert "transcribing it failed: ValueError" in result["record"]["reasons"][paths[1]]

    @pytest.mark.parametrize("to", ["other sound", "nothing"])
    def test_a_recording_that_changes_meanwhile_leaves_nothing_under_its_old_content(
        self, bench, recordings, tone, tmp_path, result_of, wait_for, to
    ):
        paths, bench = recordings(2), bench(load="wait")
        original = shutil.copy2(paths[0], tmp_path / "original.wav")
        process = bench.start(paths)
        wait_for(lambda: bench.heard)  # every recording has been looked at, none has been transcribed
        if to == "nothing":
            Path(paths[0]).unlink()
        else:
            tone(Path(paths[0]), 900, 0.75)
        (bench.checkpoint / "go on").touch()
        first = result_of(process)
        said = "there is no such file" if to == "nothing" else "the file changed while it was measured"
        assert first["record"]["reasons"] == {paths[0]: said}
        shutil.move(original, paths[0])
        again = bench.measure(paths, run="another")
        assert texts_of(again, paths) == SAYS[:2]


class TestRun:
    def test_a_run_measures_a_model_once_and_tells_all_its_processes_the_same(self, bench, recordings):
        paths, bench = recordings(3), bench()
        assert bench.measure(paths, action="recall")["record"]["error"] == "no process of this run measured it"
        first = bench.measure(paths)
        (bench.checkpoint / "model.safetensors").unlink()
        (bench.checkpoint / "model.safetensors").write_bytes(b"nobody looks at these")
        for action in ("measure", "recall"):
            other = bench.measure(paths, action=action)
            assert other["record"] == first["record"]
            assert other["texts"] == first["texts"]
        assert bench.lengths_heard == [4000, 4100, 4200]

    @pytest.mark.parametrize(
        ("rehearsal", "request_", "error", "unusable"),
        [
            ({"load": "refuse"}, {}, "these weights are no good", True),
            (
                {"load": "die"},
                {},
                "3 workers for cpu could not load the model; the last one: the worker process",
                False,
            ),
            ({"load": "break"}, {}, "the model does not load: ImportError: libcudart.so.12: cannot open", False),
            ({}, {"language": "xx"}, "no such language", True),
            ({"rows_that_fit": 0}, {}, "out of memory with a single recording on cpu", False),
        ],
    )
    def test_a_failure_is_recorded_and_not_met_twice(self, bench, recordings, rehearsal, request_, error, unusable):
        paths, bench = recordings(2), bench(**rehearsal)
        first = bench.measure(paths, workers=2, **request_)
        assert error in first["record"]["error"]
        assert first["record"]["unusable"] is unusable
        assert (first["texts"], first["children"]) == ({}, 0)
        heard = bench.heard
        assert bench.measure(paths, **request_)["record"] == first["record"]
        assert bench.heard == heard

    def test_what_a_check_refuses_is_never_transcribed(self, bench, recordings):
        paths, bench = recordings(2), bench()
        result = bench.measure(paths, refuse=True)
        assert result["record"]["error"] == "2 recordings of other data"
        assert result["record"]["unusable"]
        assert bench.heard == []

    @pytest.mark.parametrize("same_run", [True, False])
    def test_processes_at_once_transcribe_each_recording_once(self, bench, recordings, result_of, same_run):
        paths, bench = recordings(8), bench()
        started = [bench.start(paths, run="same" if same_run else f"{n}", batch_size=2) for n in range(3)]
        results = [result_of(process) for process in started]
        assert [texts_of(result, paths) for result in results] == [SAYS[:8]] * 3
        assert bench.lengths_heard == list(range(4000, 4800, 100))


class TestOutOfMemory:
    def test_the_batch_is_halved_for_the_whole_model_and_so_noted_and_remembered(
        self, bench, recordings, tone, tmp_path
    ):
        paths, bench = recordings(10), bench(rows_that_fit=2)
        first = bench.measure(paths, batch_size=8)
        assert texts_of(first, paths) == SAYS
        assert first["record"]["settings"]["batch_size"] == 2
        assert first["record"]["notes"] == [
            "out of memory at batch size 8 on cpu; started again with 4",
            "out of memory at batch size 4 on cpu; started again with 2",
        ]
        sizes = [size for _, size, lengths in bench.heard if lengths]
        assert sizes == [8, 8, 4, 4, 2, 2, 2, 2, 2]
        (bench.checkpoint / "heard.jsonl").unlink()
        fresh = str(tone(tmp_path / "fresh.wav", 500, 0.5))
        second = bench.measure([*paths, fresh], batch_size=8, run="another")
        assert second["record"]["settings"] == first["record"]["settings"]
        assert second["record"]["notes"] == first["record"]["notes"]
        assert [(size, lengths) for _, size, lengths in bench.heard if lengths] == [(2, [8000])]

    def test_once_may_be_chance(self, bench, recordings):
        paths, bench = recordings(4), bench(does_not_fit_once=[4000])
        result = bench.measure(paths, batch_size=4)
        assert texts_of(result, paths) == SAYS[:4]
        assert result["record"]["settings"]["batch_size"] == 4
        assert result["record"]["notes"] == []

    def test_one_long_recording_fails_alone_and_changes_no_batch(self, bench, recordings, tone, tmp_path):
        long = str(tone(tmp_path / "long.wav", 300, 31.0))
        paths, bench = [*recordings(4), long], bench(does_not_fit=[31 * 16_000])
        result = bench.measure(paths, batch_size=2)
        assert texts_of(result, paths) == [*SAYS[:4], None]
        assert result["record"]["reasons"] == {long: "transcribing it failed: out of memory on cpu, 31 s of audio"}
        assert result["record"]["settings"]["batch_size"] == 2
        assert result["record"]["notes"] == []


def test_attention_that_does_not_load_is_replaced_and_so_noted_and_remembered(bench, recordings):
    paths, bench = recordings(2), bench(load="no flash", attention="flash_attention_2")
    for run in ("first", "second"):
        result = bench.measure(paths, run=run)
        assert texts_of(result, paths) == SAYS[:2]
        assert result["record"]["settings"]["attention"] == "sdpa"
        assert result["record"]["notes"] == [
            "FlashAttention 2 did not load (built for another CUDA); SDPA is used instead"
        ]
    assert bench.lengths_heard == [4000, 4100]


def test_recordings_longer_than_the_window_by_their_samples_alone_are_no_trouble(bench, tmp_path):
    """A header that says less than there is: the plan believes it, the file is read as it is."""
    path = tmp_path / "lies.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\1\0" * 4000)
    with path.open("ab") as file:
        file.write(b"\2\0" * 4000)
    bench = bench()
    assert texts_of(bench.measure([str(path)]), [str(path)]) == ["4000 samples"]
