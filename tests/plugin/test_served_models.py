"""A gate on a model behind a server: a process on loopback that speaks the API, with faults to order."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import wave

import psutil
import pyarrow.parquet as pq
import pytest
from serving import serving
from speech_server import letters

LIMITS = "version: 1\ndefaults: {cer: {max: 0}, wer: {max: 0}}\n"
LOOSE = "version: 1\ndefaults: {cer: {max: 500}}\n"


@pytest.fixture(scope="module")
def server(tiny_checkpoint):
    """The tiny checkpoint behind a server, and two models that are none."""
    with serving(models=(f"tiny={tiny_checkpoint}", "letters", "openai/other")) as running:
        yield running


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    for name in ("ASR_REGRESS_API_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def run(project, *arguments):
    return project.run(*arguments, models=(), shared_store=False)


def accounting(project):
    (model,) = project.report()["models"]
    return model["accounting"]


def hypotheses(project, folder="report"):
    return [row["hypothesis"] for row in pq.read_table(project.path / folder / "utterances.parquet").to_pylist()]


def to_be_heard(project, data="data"):
    """What a model of the server that is none says of the recordings, in the order of their ids."""
    texts = []
    for path in sorted((project.path / data).rglob("*.wav")):
        with wave.open(str(path)) as file:
            texts.append(letters(file.readframes(file.getnframes())))
    return texts


def test_it_says_what_the_same_checkpoint_says_here(project, server):
    project.thresholds("version: 1\ndefaults: {cer: {max: 500, max_regression: 0}}\n")
    local, served = f"--model=local={project.checkpoints['tiny']}", f"--model={server.url}#tiny"
    how = ("--asr-dtype=float32", "--asr-language=en", "--asr-report=report")
    before = len(server.requests())
    result = run(project, local, served, *how, "--asr-baseline=local")
    assert result.ret == 0, result.stdout.str()
    model = {each["name"]: each for each in project.report()["models"]}["tiny"]
    assert model["path"] == f"{server.url}#tiny"
    assert model["accounting"] == {"expected": 5, "scored": 5, "empty_reference": 0, "failed": 0}
    assert model["total"]["cer"]["delta"] == 0
    assert hypotheses(project)[:5] == hypotheses(project)[5:]
    assert any("a server's weights cannot be seen" in note for note in model["notes"])
    assert model["decoding"]["device"] == f"{server.url}/audio/transcriptions, model tiny"
    assert len(server.requests()) == before + 5


def test_what_was_asked_once_is_asked_again_only_without_the_store(project, server):
    project.thresholds(LOOSE)
    before = len(server.requests())
    for arguments, asked, counts in (((), 5, (0, 5)), ((), 5, (5, 0)), (("--asr-no-cache",), 10, (0, 5))):
        result = run(project, f"--model={server.url}#letters", "--asr-report=report", *arguments)
        assert result.ret == 0, result.stdout.str()
        assert len(server.requests()) == before + asked
        timing = project.report()["models"][0]["timing"]
        assert (timing["cached"], timing["transcribed"]) == counts


@pytest.mark.parametrize("more", [("--asr-workers=1",), ("--asr-workers=4",), ("-n", "2")], ids=" ".join)
def test_predictions_hang_neither_on_requests_in_flight_nor_on_processes(project, server, more):
    project.thresholds(LOOSE)
    before = len(server.requests())
    result = run(project, f"--model={server.url}#letters", "--asr-report=report", *more)
    assert result.ret == 0, result.stdout.str()
    requests = server.requests()[before:]
    assert len(requests) == 5
    assert hypotheses(project) == to_be_heard(project)
    assert max(request["under_way"] for request in requests) <= 4


def test_language_task_and_decoding_are_sent_and_recorded(project, server):
    project.thresholds(LOOSE)
    result = run(
        project, f"--model=x={server.url}#letters", "--asr-report=report", "--asr-language=KO", "--asr-task=translate"
    )
    assert result.ret == 0
    last = server.requests()[-1]
    assert last["path"] == "/v1/audio/translations"
    sent = {"model": "letters", "language": "ko", "temperature": "0", "response_format": "json"}
    assert last["fields"] == sent
    decoding = project.report()["models"][0]["decoding"]
    assert (decoding["backend"], decoding["language"], decoding["task"]) == ("openai-api", "ko", "translate")


class TestMistakes:
    """What somebody meets who does this for the first time."""

    def test_no_server(self, project, refused):
        with serving() as gone:
            url = gone.url
        refused(
            run(project, f"--model={url}#tiny"), f"{url}: the server does not answer: no connection: ", "Is it running"
        )

    def test_no_name(self, project, refused, server):
        refused(
            run(project, f"--model={server.url}"), "which of its models? Name it behind a #:",
            f"--model={server.url}#tiny", f"--model={server.url}#openai/other",
        )  # fmt: skip

    def test_a_wrong_name(self, project, refused, server):
        refused(
            run(project, f"--model={server.url}#tinny"),
            "unknown model 'tinny'; did you mean 'tiny'? (known: tiny, letters, openai/other)",
        )

    def test_a_name_that_is_like_none(self, project, refused, server):
        project.thresholds(LOOSE)
        refused(
            run(project, f"--model={server.url}#whisper-1"),
            "404 Not Found: The model `whisper-1` does not exist; unknown model 'whisper-1' (known: tiny, letters,",
        )

    def test_v1_forgotten(self, project, refused, server):
        refused(
            run(project, f"--model={server.root}#tiny"),
            f"{server.root}: no API there (404 Not Found: Not Found), but below /v1: --model={server.url}#tiny",
        )

    def test_https_where_http_is_spoken(self, project, refused, server):
        url = server.url.replace("http:", "https:")
        refused(run(project, f"--model={url}#tiny"), f"It speaks http, it seems: write {server.url}")

    def test_no_scheme(self, project, refused, server):
        given = f"{server.url.removeprefix('http://')}#tiny"
        refused(run(project, f"--model={given}"), f"is it a server? Then write http://{given}")

    @pytest.mark.parametrize(
        ("variable", "told"),
        [
            ("", "401 Unauthorized: no key was sent: set ASR_REGRESS_API_KEY (or OPENAI_API_KEY)"),
            ("OPENAI_API_KEY", "401 Unauthorized: the key in OPENAI_API_KEY is not the one it wants"),
        ],
    )
    def test_a_wrong_key_which_is_not_shown(self, project, refused, monkeypatch, variable, told):
        if variable:
            monkeypatch.setenv(variable, "sk-wrong-key")
        with serving("--key=sk-right") as locked:
            result = run(project, f"--model={locked.url}#tiny")
        refused(result, told)
        assert "sk-wrong-key" not in result.stdout.str() + result.stderr.str()

    def test_a_password_in_the_url_is_not_repeated(self, project, refused, server):
        result = run(project, f"--model=http://me:secret@127.0.0.1:{server.port}/v1#tiny")
        refused(result, "a URL with a user name or password would be shown and stored", "ASR_REGRESS_API_KEY")
        assert "secret" not in result.stdout.str() + result.stderr.str()

    def test_beams_cannot_be_asked_for(self, project, refused, server):
        project.thresholds(LOOSE)
        refused(
            run(project, f"--model={server.url}#letters", "--asr-num-beams=5"),
            "a server decodes as it was set up; it cannot be asked for 5 beams",
        )

    def test_a_language_is_told_by_its_code(self, project, refused, server):
        project.thresholds(LOOSE)
        refused(run(project, f"--model={server.url}#letters", "--asr-language=Korean"), "by its code, such as ko")


def test_the_right_key_opens_and_is_kept_nowhere(project, monkeypatch):
    monkeypatch.setenv("ASR_REGRESS_API_KEY", "sk-right-one")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-this-one")
    project.thresholds(LOOSE)
    with serving("--key=sk-right-one") as locked:
        result = run(project, f"--model={locked.url}#tiny", "--asr-report=report")
        assert locked.requests()
    assert result.ret == 0
    kept = [path for path in project.path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite" for path in kept)
    assert not [path for path in kept if b"sk-right-one" in path.read_bytes()]


class TestFaults:
    """What a user sees of a server that is not well, and how it is accounted for."""

    @pytest.mark.parametrize(
        ("fault", "told"),
        [
            ("busy", "5 x the server was asked again: 429 Too Many Requests: Rate limit reached"),
            ("cut", "x the server was asked again: the connection broke: "),
        ],
    )
    def test_what_passes_costs_nothing_but_time(self, project, fault, told):
        project.thresholds(LOOSE)
        with serving(f"--fault={fault}") as faulty:
            result = run(project, f"--model={faulty.url}#tiny", "--asr-report=report")
            assert len(faulty.requests()) == 10
        assert result.ret == 0, result.stdout.str()
        assert hypotheses(project) == to_be_heard(project)
        assert accounting(project) == {"expected": 5, "scored": 5, "empty_reference": 0, "failed": 0}
        (model,) = project.report()["models"]
        assert any(told in note for note in model["notes"]), model["notes"]

    @pytest.mark.parametrize(
        ("fault", "requests", "told"),
        [
            ("refused", 1, "the server: 400 Bad Request: Audio file might be corrupted or unsupported"),
            ("huge", 1, "the server: the answer is over 4 MiB"),
        ],
    )
    def test_an_utterance_that_keeps_failing_is_failed_and_asked_for_again_next_time(
        self, project, tone, fault, requests, told
    ):
        project.thresholds(LOOSE)
        tone(project.path / "data" / "D01" / "003.wav", 500, 2.0)
        with serving(f"--fault={fault}", "--times=99", "--at-least=1") as faulty:
            result = run(project, f"--model={faulty.url}#tiny", "--asr-report=report")
            assert len(faulty.requests()) == 4 + requests
            assert result.ret == 10
            assert accounting(project) == {"expected": 5, "scored": 4, "empty_reference": 0, "failed": 1}
            result.stdout.fnmatch_lines([f"*D01/003*{told}*".replace("[", "?")])
            again = run(project, f"--model={faulty.url}#tiny", "--asr-report=report")
            assert again.ret == 10
            assert len(faulty.requests()) == 4 + 2 * requests

    def test_a_server_that_hangs_on_one_recording(self, project):
        project.thresholds(LOOSE)
        with serving("--fault=hang", "--times=99", "--at-least=0") as faulty:
            result = run(project, f"--model={faulty.url}#tiny", "--asr-report=report", "--asr-batch-timeout=0.3")
            assert len(faulty.requests()) == 10
        assert result.ret == 10
        assert accounting(project) == {"expected": 5, "scored": 0, "empty_reference": 0, "failed": 5}
        result.stdout.fnmatch_lines(["*the server: no answer within 0.3 s (2 tries)*"])


def kept(project):
    path = project.path / ".asr_regress" / "store.sqlite"
    if not path.exists():
        return 0
    with contextlib.closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.OperationalError):
        return int(connection.execute("SELECT count(*) FROM hypotheses").fetchone()[0])
    return 0


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=" ".join)
def test_after_ctrl_c_only_the_rest_is_asked_for(project, more):
    project.write_data(project.path / "long", {"A": ["text"] * 40})
    project.thresholds(LOOSE, data="long")
    with serving("--seconds=0.2") as slow:
        arguments = (f"--model={slow.url}#tiny", "--asr-workers=2", "--asr-report=report")
        command = [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", *arguments, *more]
        with (project.path / "output.txt").open("w") as output:
            started = subprocess.Popen(command, cwd=project.path, stdout=output, stderr=output, start_new_session=True)
            end = time.monotonic() + 120
            while kept(project) < 4 and time.monotonic() < end and started.poll() is None:
                time.sleep(0.02)
            children = psutil.Process(started.pid).children(recursive=True)
            os.killpg(started.pid, signal.SIGINT)
            assert started.wait(60) == pytest.ExitCode.INTERRUPTED, (project.path / "output.txt").read_text()
        _, alive = psutil.wait_procs(children, 20)
        assert not alive
        done, asked = kept(project), len(slow.requests())
        assert 4 <= done < 40
        assert asked <= done + 4  # what was in flight is lost
        result = run(project, *arguments)
        assert result.ret == 0, result.stdout.str()
        assert len(slow.requests()) == asked + 40 - done
    assert hypotheses(project) == to_be_heard(project, "long")
