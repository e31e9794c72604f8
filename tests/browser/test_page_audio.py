"""Recordings: in the page, or where they lie on disk."""

import pytest
from page_data import Spoken, run_of

from asr_regress.reports.html.audio import AudioSource
from asr_regress.reports.html.page import page
from asr_regress.reports.json_report import report
from asr_regress.reports.parquet import utterance_table
from asr_regress.reports.saved_report import SavedReport

SECONDS = 1.5


def written(folder, tone, source):
    audio = tone(folder / "소리 #1.wav", 440, SECONDS)
    other = str(folder / "gone.wav")
    heard = {"old": "하나", "new": "둘"}
    spoken = [Spoken("a", "D01", "하나", heard, audio=str(audio)), Spoken("b", "D01", "하나", heard, audio=other)]
    run, details = run_of(spoken)
    target = folder / "report.html"
    target.write_bytes(page(SavedReport(report(run), utterance_table(run, details).to_pydict()), source))
    return target


@pytest.mark.parametrize("embed", [True, False], ids=["embedded", "linked"])
def test_the_recording_plays(open_page, tmp_path, tone, embed):
    opened = open_page(written(tmp_path, tone, AudioSource(embed=embed)), "#u=a")
    opened.until("document.getElementById('audio')?.duration > 0")
    assert opened.run("document.getElementById('audio').duration") == pytest.approx(SECONDS, abs=0.15)
    assert opened.run("document.getElementById('audio').src.split(':')[0]") == ("blob" if embed else "file")
    opened.page.click("#list .tabulator-row:has(b:text-is('a')) .play")
    opened.until("document.getElementById('audio').currentTime > 0")
    assert opened.complaints == []
    assert {each.split(":")[0] for each in opened.asked} == (set() if embed else {"file"})


def test_a_recording_that_has_gone_is_named(open_page, tmp_path, tone):
    opened = open_page(written(tmp_path, tone, AudioSource()), "#u=b")
    opened.until("document.querySelector('#detail').innerText.includes('cannot be played')")
    assert "gone.wav" in opened.text("#detail")
