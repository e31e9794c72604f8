"""The page: one file that opens from disk, without a network."""

from collections.abc import Sequence

from asr_regress.reports.html.audio import AudioSource
from asr_regress.reports.html.saved_report import LineChart, SavedReport


def page(run: SavedReport, audio: AudioSource | None = None, charts: Sequence[LineChart] = ()) -> bytes:
    """The page of a run as UTF-8 HTML.

    Args:
        run: What to show.
        audio: Where recordings are; None to show and link none.
        charts: Curves over several runs or checkpoints, drawn below the verdict.
    """
    raise NotImplementedError
