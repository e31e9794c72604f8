import io
import sys

import pytest

from asr_regress.basics.progress import Bar, Lines, Quiet, choose_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("quiet", "stream", "chosen"),
    [
        (True, Terminal(), Quiet),
        (True, io.StringIO(), Quiet),
        (False, Terminal(), Bar),
        (False, io.StringIO(), Lines),
    ],
)
def test_a_bar_is_for_a_terminal_and_nothing_is_for_quiet(monkeypatch, quiet, stream, chosen):
    monkeypatch.setattr(sys, "stderr", stream)
    assert choose_progress(quiet=quiet) is chosen


def test_lines_come_now_and_then_with_rate_and_time_left(capsys):
    now = iter([0.0, 10.0, 29.0, 30.0, 45.0, 61.0, 100.0])
    with Lines("base", 1000, clock=lambda: next(now)) as progress:
        for _ in range(5):
            progress.advance(100)
        progress.advance(500)
    assert capsys.readouterr().err.splitlines() == [
        "base: 300 of 1000 utterances, 10.0 a second, about 1 min left",
        "base: 500 of 1000 utterances, 8.2 a second, about 1 min left",
    ]


def test_a_line_said_is_said_at_once_with_its_label(capsys):
    with Lines("base", 10) as progress:
        progress.say("transcribing 10 recordings")
        assert capsys.readouterr().err == "base: transcribing 10 recordings\n"


def test_quiet_shows_nothing(capfd):
    with Quiet("base", 3) as progress:
        progress.advance(3)
        progress.say("something")
    assert capfd.readouterr() == ("", "")


def test_a_bar_moves_and_lets_lines_pass_above_it(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with Bar("base", 4) as progress:
        progress.advance(3)
        progress.say("out of memory")
    assert "base: out of memory\n" in stream.getvalue()
    assert "3/4" in stream.getvalue()
