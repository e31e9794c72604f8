"""The engine of served models, against a real server: events, faults, what is sent, how it ends."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import soundfile
from serving import Serving, serving
from speech_server import letters

from asr_regress.corpus.audio import PassingAudioError, inspect_audio, load_audio
from asr_regress.errors import CheckpointError, ConfigurationError, MeasurementError
from asr_regress.transcription.engines import Done, Event, Loaded, Repeated, Row
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.engines.served import ServedEngine
from asr_regress.transcription.plan import WorkItem, plan
from asr_regress.transcription.served import open_served
from asr_regress.transcription.served import wav as wav_module
from asr_regress.transcription.served.patience import Patience
from asr_regress.transcription.served.wav import Encoder, wav_of
from asr_regress.transcription.settings import Request

QUICK = Patience(pause=0.01, longest_pause=0.02)
Tone = Callable[..., Path]


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ASR_REGRESS_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory, tone: Tone) -> Sequence[WorkItem]:
    folder = tmp_path_factory.mktemp("tones")
    return [item(tone(folder / f"{number}.wav", 200 + 20 * number, 0.2)) for number in range(12)]


def item(path: Path) -> WorkItem:
    facts = inspect_audio(str(path))
    return WorkItem(facts.digest, str(path), facts.seconds)


def said(path: str) -> str:
    with soundfile.SoundFile(path) as file:
        return letters(file.read(dtype="int16").tobytes())


def run(
    server: Serving,
    items: Sequence[WorkItem],
    *,
    workers: int = 4,
    patience: Patience = QUICK,
    seconds: float | None = None,
) -> Iterator[Event]:
    model = open_served(f"{server.url}#tiny")
    engine = ServedEngine(Limits(batch_seconds=seconds), patience)
    resolution = engine.resolve(Request(workers=workers), model)
    yield from engine.run(model, resolution, plan(items, 1, 30.0))


def rows(events: Iterator[Event]) -> dict[str, Row]:
    found = [row for event in events if isinstance(event, Done) for row in event.rows]
    assert len({row.digest for row in found}) == len(found)
    return {row.digest: row for row in found}


@pytest.mark.parametrize("workers", [1, 3, 16])
def test_every_recording_comes_back_once_with_the_same_text(
    server: Serving, items: Sequence[WorkItem], workers: int
) -> None:
    events = list(run(server, items, workers=workers))
    assert isinstance(events[0], Loaded)
    assert len(events) == 1 + len(items)
    assert {digest: row.text for digest, row in rows(iter(events)).items()} == {
        each.digest: said(each.audio) for each in items
    }


def test_requests_are_in_flight_together_and_no_more_than_allowed(items: Sequence[WorkItem]) -> None:
    with serving("--seconds=0.2") as slow:
        rows(run(slow, items, workers=3))
        assert max(request["under_way"] for request in slow.requests()) == 3


def test_an_unusable_recording_fails_alone_and_lastingly(
    server: Serving, items: Sequence[WorkItem], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.wav"
    soundfile.write(broken, [0.0, float("nan"), 0.0], 16_000, subtype="FLOAT")
    found = rows(run(server, [*items[1:], item(broken)]))
    row = found[item(broken).digest]
    assert (row.text, row.lasting) == (None, True)
    assert row.reason is not None
    assert "NaN" in row.reason
    assert sum(each.text is not None for each in found.values()) == len(items) - 1


@pytest.mark.parametrize(
    ("fault", "told", "requests"),
    [
        ("refused", "400 Bad Request: Audio file might be corrupted or unsupported", 1),
        ("huge", "the answer is over 4 MiB", 1),
        ("packed", "the answer is encoded as gzip, which was not asked for", 1),
        ("no-text", 'the answer is no JSON object with a "text" (5 tries)', 5),
        ("garbage", 'the answer is no JSON object with a "text" (5 tries)', 5),
        ("busy", "429 Too Many Requests: Rate limit reached (5 tries)", 5),
        ("broken", r"500 Internal Server Error: CUDA error: \x1b[31mout of memory (5 tries)", 5),
    ],
)
def test_what_a_server_does_not_manage_fails_with_its_reason_and_not_lastingly(
    items: Sequence[WorkItem], fault: str, told: str, requests: int
) -> None:
    with serving(f"--fault={fault}", "--times=99") as faulty:
        found = rows(run(faulty, items[:2]))
        assert len(faulty.requests()) == 2 * requests
    assert list(found.values()) == [Row(digest, None, f"the server: {told}") for digest in found]


@pytest.mark.parametrize("fault", ["busy", "broken", "cut", "garbage", "no-text"])
def test_what_passes_costs_nothing_but_time(items: Sequence[WorkItem], fault: str) -> None:
    with serving(f"--fault={fault}") as faulty:
        events = list(run(faulty, items[:3]))
    assert sum(isinstance(event, Repeated) for event in events) == 3
    assert all(row.text for row in rows(iter(events)).values())


def test_a_server_that_is_gone_ends_the_run_and_what_came_is_kept(items: Sequence[WorkItem]) -> None:
    found: list[Event] = []

    def until_it_ends(mortal: Serving) -> None:
        for event in run(mortal, items, workers=1, patience=Patience(pause=0.01, failures=2)):
            found.append(event)
            if isinstance(event, Done):
                mortal.stop()

    with serving() as mortal, pytest.raises(MeasurementError) as ended:
        until_it_ends(mortal)
    assert 1 <= len(rows(iter(found))) < len(items)
    assert str(ended.value).startswith("tiny: the server failed on 4 utterances in a row; at last: no connection: ")
    assert str(ended.value).endswith("(5 tries)")


def test_a_server_that_hangs_ends_the_run(items: Sequence[WorkItem]) -> None:
    with serving("--fault=hang", "--times=99") as hung, pytest.raises(MeasurementError, match="--asr-batch-timeout"):
        list(run(hung, items, seconds=0.1))


def test_an_answer_that_drips_is_not_waited_for(items: Sequence[WorkItem]) -> None:
    with serving("--fault=drip", "--times=1") as dripping:
        events = list(run(dripping, items[:2], seconds=0.3))
    assert [event.reason for event in events if isinstance(event, Repeated)] == ["no answer within 0.3 s"] * 2
    assert all(row.text for row in rows(iter(events)).values())


def test_a_retry_after_date_is_honored(items: Sequence[WorkItem]) -> None:
    with serving("--fault=busy", "--retry-after=date") as busy:
        assert all(row.text for row in rows(run(busy, items[:2])).values())
        assert len(busy.requests()) == 4


@pytest.mark.parametrize(
    ("fault", "said"),
    [("redirect", "307 Temporary Redirect: it sends on to http://127.0.0.1:9/elsewhere")],
)
def test_what_no_recording_would_get_past_ends_the_run_at_once(
    items: Sequence[WorkItem], fault: str, said: str
) -> None:
    with serving(f"--fault={fault}", "--times=99") as wrong, pytest.raises(CheckpointError, match=said):
        list(run(wrong, items))


def test_closing_early_stops_everything(items: Sequence[WorkItem]) -> None:
    before = threading.active_count()
    with serving("--seconds=0.1") as slow:
        events = run(slow, items, workers=2)
        assert isinstance(next(events), Loaded)
        assert isinstance(next(events), Done)
        events.close()  # type: ignore[attr-defined]
        asked = len(slow.requests())
    assert asked < len(items)
    assert threading.active_count() <= before + 1  # an encoder may still be ending


class TestOpening:
    def test_the_fingerprint_is_of_address_name_and_what_the_server_says(self) -> None:
        with serving("--root=a", models=("tiny", "other")) as one:
            first = open_served(f"{one.url}#tiny")
            assert open_served(f"{one.url}/#tiny", "named").fingerprint == first.fingerprint
            assert open_served(f"{one.url}#other").fingerprint != first.fingerprint
            port = one.port
        with serving("--root=b", f"--port={port}", models=("tiny",)) as other:
            assert open_served(f"{other.url}#tiny").fingerprint != first.fingerprint
        with serving("--root=a", f"--port={port}", models=("tiny",)) as same:
            assert open_served(f"{same.url}#tiny").fingerprint == first.fingerprint

    def test_a_moment_of_creation_that_is_the_moment_of_asking_says_nothing(self) -> None:
        with serving("--created=now") as vllm:
            assert "created" not in open_served(f"{vllm.url}#tiny").facts
        with serving() as other:
            assert open_served(f"{other.url}#tiny").facts["created"] == "1700000000"

    def test_a_server_without_a_list_is_believed_with_a_note(self, items: Sequence[WorkItem]) -> None:
        with serving("--no-list") as plain:
            model = open_served(f"{plain.url}#tiny")
            assert "lists no models" in model.notes[-1]
            assert all(row.text for row in rows(run(plain, items[:1])).values())
            with pytest.raises(CheckpointError, match="name one behind a #"):
                open_served(plain.url)

    def test_and_if_it_does_not_know_the_name_the_run_ends(self, items: Sequence[WorkItem]) -> None:
        with serving("--no-list", models=("another",)) as plain:
            with pytest.raises(CheckpointError, match="404 Not Found: The model `tiny` does not exist"):
                list(run(plain, items))
            assert len(plain.requests()) <= 4

    def test_a_list_may_leave_out_what_the_server_has(self, items: Sequence[WorkItem]) -> None:
        with serving("--unlisted=tiny", models=("tiny", "large")) as partial:
            model = open_served(f"{partial.url}#tiny")
            assert model.facts == {}
            assert "lists no model of that name: unknown model 'tiny' (known: large)" in model.notes[-1]
            assert all(row.text for row in rows(run(partial, items[:1])).values())

    def test_a_server_that_sends_on_is_not_followed(self) -> None:
        with serving("--moved") as moved, pytest.raises(CheckpointError, match="it sends on to https://else"):
            open_served(f"{moved.url}#tiny")

    def test_a_server_without_models(self) -> None:
        with serving(models=()) as empty, pytest.raises(CheckpointError, match="it lists no models"):
            open_served(empty.url)

    def test_a_key_that_cannot_be_sent_is_not_shown(self, server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-세종")
        with pytest.raises(ConfigurationError, match="OPENAI_API_KEY") as refused:
            open_served(f"{server.url}#tiny")
        assert "세종" not in str(refused.value)

    def test_an_empty_variable_keeps_the_other_key_at_home(
        self, monkeypatch: pytest.MonkeyPatch, items: Sequence[WorkItem]
    ) -> None:
        monkeypatch.setenv("ASR_REGRESS_API_KEY", "")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-for-somebody-else")
        with serving() as running:
            rows(run(running, items[:1]))
            assert [row["sent"] for row in running.requests("/models")] == [False]

    def test_without_the_extra(self, server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "httpx2", None)
        with pytest.raises(ConfigurationError, match=r"pip install 'asr-regress\[server\]'"):
            open_served(f"{server.url}#tiny")

    def test_a_proxy_that_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ALL_PROXY", "nonsense://x")
        with pytest.raises(ConfigurationError, match="no HTTP client can be set up"):
            open_served("http://example.invalid/v1#tiny")


class TestWav:
    def test_sixteen_bits_come_out_as_they_went_in(self, items: Sequence[WorkItem], tmp_path: Path) -> None:
        path = tmp_path / "sent.wav"
        path.write_bytes(wav_of(items[0]))
        sent, given = (soundfile.read(name, dtype="int16")[0] for name in (path, items[0].audio))
        assert (sent == given).all()

    def test_what_is_beyond_full_scale_is_clipped(self, tmp_path: Path) -> None:
        import numpy as np

        path, sent = tmp_path / "loud.wav", tmp_path / "sent.wav"
        soundfile.write(path, np.array([2.0, -2.0, 0.5], np.float32), 16_000, subtype="FLOAT")
        sent.write_bytes(wav_of(item(path)))
        assert soundfile.read(sent, dtype="int16")[0].tolist() == [32767, -32768, 16384]

    def test_other_rates_are_resampled_here(self, tmp_path: Path) -> None:
        import numpy as np

        path, sent = tmp_path / "rate.flac", tmp_path / "sent.wav"
        tone = np.sin(np.arange(44_100) / 30) / 2
        soundfile.write(path, np.stack([tone, tone], 1), 44_100)
        sent.write_bytes(wav_of(item(path)))
        assert np.abs(soundfile.read(sent, dtype="float32")[0] - load_audio(str(path))).max() <= 2**-16

    def test_a_recording_that_kills_the_decoder_fails_alone(
        self, items: Sequence[WorkItem], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CRASHES", items[0].digest)
        monkeypatch.setattr(wav_module, "wav_of", crashing_wav_of)
        encoder = Encoder()
        try:
            with pytest.raises(PassingAudioError, match="decoding it failed: the worker process died"):
                encoder.encode(items[0])
            assert encoder.encode(items[1]) == wav_of(items[1])
        finally:
            encoder.close()
        with pytest.raises(MeasurementError, match="stopped"):
            encoder.encode(items[1])


def crashing_wav_of(item: WorkItem) -> bytes:
    import os

    if item.digest == os.environ["CRASHES"]:
        os.abort()
    return wav_of(item)
