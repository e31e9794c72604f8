"""How many 95 % intervals hold the true value: of a rate and of a difference, by percentiles plain and expanded.

    python benchmarks/interval_coverage.py            # two minutes
    python benchmarks/interval_coverage.py --runs 20  # seconds, too few to quote

The worlds are those of gate_calibration.py: one category of 400 utterances, two equally good systems.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from rival_tests import difference
from simulated_systems import World, by_speaker, simulate

from asr_regress.scoring.intervals import percentile_interval
from asr_regress.scoring.resampling import group_sums, resample_sums

RESAMPLES = 1_000


def coverage(world: World, runs: int) -> list[float]:
    """Shares of intervals that hold the truth, in percent: the rate, plain and expanded, and the difference."""
    truth = _rate(simulate(World(2_000, world.taste, world.runaways), np.random.default_rng(9), 400_000).sum(axis=0))
    held = np.zeros(4)
    for run in range(runs):
        utterances = simulate(world, np.random.default_rng((7, world.speakers, run)))
        sums = resample_sums(
            group_sums(utterances, by_speaker(utterances, world.speakers)), resamples=RESAMPLES, seed=run
        )
        ends = [
            (percentile_interval(samples, units=units), true)
            for samples, true in ((_rate(sums), float(truth)), (difference(sums), 0.0))
            for units in (None, world.speakers)
        ]
        held += [interval.low <= true <= interval.high for interval, true in ends]
    return [float(each) for each in 100 * held / runs]


def _rate(sums: np.ndarray) -> np.ndarray:
    """Of the first system, in percent."""
    return np.asarray(100 * sums[..., 1] / sums[..., 0])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000, help="intervals a line")
    runs = parser.parse_args(arguments).runs
    print("| speakers | runaways | rate, plain | rate, expanded | difference, plain | difference, expanded |")
    print("| --- | --- | --- | --- | --- | --- |")
    for runaways in (0.0, 0.003):
        for speakers in (10, 20, 40, 100):
            shares = (f"{share:.1f}" for share in coverage(World(speakers, runaways=runaways), runs))
            print(f"| {speakers} | {100 * runaways:.1f} % | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
