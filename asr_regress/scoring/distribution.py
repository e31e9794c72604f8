"""How errors are spread over utterances: what a pooled rate does not tell.

The same CER may be a little in every utterance, or everything in a few.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from asr_regress.basics.columns import column_of
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import ScoredUtterance
from asr_regress.scoring.scored_columns import in_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

DISTRIBUTED_METRIC: Final = "cer"
"""The metric whose rates of single utterances are looked at."""

_BOUNDS = (2.0, 5.0, 10.0, 20.0, 30.0)  # Seconds: as slices by duration have them.
DURATION_BINS = ("under 2 s", "2-5 s", "5-10 s", "10-20 s", "20-30 s", "30 s and more", "unknown")
"""Names of what recordings are grouped into by their length."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Rates of single utterances, in percent.

    Attributes:
        counts: Of all of them, pooled.
        utterances: How many were scored.
        perfect: How many of them have no error.
        quartiles: A quarter, half and three quarters of the utterances have at most this rate. Between two utterances
            it is interpolated linearly (Hyndman and Fan's type 7, numpy's default).
        percentile_95: So have 95 of 100.
        by_duration: The same by the length of the recordings, bins in which there are any; empty where no length is
            known. A recording on a bound belongs to the longer ones.
    """

    counts: ErrorCounts
    utterances: int
    perfect: int
    quartiles: tuple[float, float, float]
    percentile_95: float
    by_duration: Mapping[str, "Distribution"]

    @property
    def perfect_percent(self) -> float:
        """Share of the utterances that have no error."""
        return 100 * self.perfect / self.utterances


def distributions(
    utterances: Sequence[ScoredUtterance], seconds: Mapping[str, float]
) -> Mapping[str | None, Distribution]:
    """The distribution of every category that has a scored utterance, and under None that of all.

    Args:
        utterances: Of all statuses.
        seconds: Length of recordings by the utterance's id, as far as it is known.
    """
    import numpy as np

    table = in_columns(utterances)
    if not table.has(DISTRIBUTED_METRIC):
        return {}
    counts, category = table.counts(DISTRIBUTED_METRIC), table.category[table.scored]
    lengths = np.array(column_of(seconds, table.ids), dtype=np.float64)[table.scored]  # None becomes NaN
    bins = np.where(np.isnan(lengths), len(DURATION_BINS) - 1, np.digitize(lengths, _BOUNDS))
    numbers = {table.categories[number]: number for number in np.unique(category).tolist()}
    return {
        None: _distribution(counts, bins),
        **{
            name: _distribution(counts[category == number], bins[category == number])
            for name, number in numbers.items()
        },
    }


def duration_bin(seconds: float | None) -> int:
    """The place of a recording in `DURATION_BINS`, by its length."""
    return len(DURATION_BINS) - 1 if seconds is None else bisect_right(_BOUNDS, seconds)


def _distribution(counts: "NDArray[Any]", bins: "NDArray[Any] | None") -> Distribution:
    """Of (utterances, 4) counts, and (utterances,) numbers of bins; None for a distribution without bins."""
    import numpy as np

    errors = counts[:, :3].sum(axis=1)
    first, second, third, last = np.percentile(100 * errors / counts[:, 3], (25, 50, 75, 95)).tolist()
    present = [] if bins is None else np.unique(bins).tolist()
    known = present != [len(DURATION_BINS) - 1]
    return Distribution(
        counts=ErrorCounts(*map(int, counts.sum(axis=0))),
        utterances=len(counts),
        perfect=int((errors == 0).sum()),
        quartiles=(first, second, third),
        percentile_95=last,
        by_duration={DURATION_BINS[number]: _distribution(counts[bins == number], None) for number in present if known},
    )
