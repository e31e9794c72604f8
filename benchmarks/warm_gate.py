"""What the gate takes when nothing has to be transcribed, and what it takes to have the plugin installed.

    python benchmarks/warm_gate.py --json benchmarks/warm_gate.json

Whole processes, in turns, medians: `pytest --model=CHECKPOINT --asr-baseline=FILE` with everything in the store, over
`pytest` in an empty folder without the plugin (both without hypothesis's plugin, which imports all of hypothesis at the
end of any run). Four categories, two metrics, 10,000 draws. The transcripts in the store are made up (see
`gate_project.py`); recordings, manifest, checkpoint and store are files as ever, and each is looked at as ever. CPU
seconds are of all cores together, and lean less on what else the machine does.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gate_project import Ended, GateProject, new_project
from machine import machine

BARE, INSTALLED, WARM = "bare", "installed", "warm"
_LIBRARIES = ("pytest", "pytest-xdist", "pytest-cov", "numpy", "scipy")
_ALWAYS = ("-p", "no:hypothesispytest")
_WITHOUT = ("-p", "no:asr_regress.plugin")


def run_warm(project: GateProject) -> Ended:
    """The gate, which must not transcribe anything.

    Raises:
        SystemExit: It did, or could not judge.
    """
    ended = project.pytest(*_ALWAYS, *project.gate)
    if ended.status or f"0 transcribed, {project.utterances:,} from cache" not in ended.output:
        raise SystemExit(f"this was no warm run (exit code {ended.status}):\n{ended.output}")
    return ended


def over_bare(project: GateProject, empty: Path, rounds: int) -> dict[str, Any]:
    """The warm gate and pytest without it, in turns."""
    run_warm(project)  # the first one reads files and writes bytecode that all others find
    found: dict[str, list[Ended]] = {BARE: [], WARM: []}
    for _ in range(rounds):
        found[BARE].append(project.pytest(*_ALWAYS, *_WITHOUT, folder=empty))
        found[WARM].append(run_warm(project))
    return {"utterances": project.utterances, "rounds": rounds, **_differences(found, WARM)}


def cost_of_installing(project: GateProject, empty: Path, rounds: int) -> dict[str, Any]:
    """Pytest in an empty folder, with the plugin installed and without it, in turns."""
    found: dict[str, list[Ended]] = {BARE: [], INSTALLED: []}
    for _ in range(rounds):
        found[BARE].append(project.pytest(*_ALWAYS, *_WITHOUT, folder=empty))
        found[INSTALLED].append(project.pytest(*_ALWAYS, folder=empty))
    return {"rounds": rounds, **_differences(found, INSTALLED)}


def _differences(found: Mapping[str, Sequence[Ended]], name: str) -> dict[str, Any]:
    """Medians of both, and the median of what every round took more."""
    more = [
        (one.seconds - bare.seconds, one.cpu_seconds - bare.cpu_seconds)
        for one, bare in zip(found[name], found[BARE], strict=True)
    ]
    medians = {
        f"{which}_{what}": statistics.median(getattr(each, what) for each in found[which])
        for which in (BARE, name)
        for what in ("seconds", "cpu_seconds")
    }
    return {
        **medians,
        "more_seconds": statistics.median(seconds for seconds, _ in more),
        "more_cpu_seconds": statistics.median(seconds for _, seconds in more),
        "each": more,
    }


def show(report: Mapping[str, Any]) -> None:
    """Print the tables of docs/performance.md."""
    print(f"{report['machine']}\n")
    print("| utterances | bare pytest, s | warm gate, s | more, s | more, CPU s |")
    print("| --- | --- | --- | --- | --- |")
    for row in report["warm"]:
        print(
            f"| {row['utterances']:,} | {row['bare_seconds']:.2f} | {row['warm_seconds']:.2f} "
            f"| {row['more_seconds']:.2f} | {row['more_cpu_seconds']:.2f} |"
        )
    row = report["installed"]
    print(
        f"\nhaving the plugin installed: {1000 * row['more_seconds']:.0f} ms more "
        f"({1000 * row['more_cpu_seconds']:.0f} ms CPU), median of {row['rounds']}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--utterances", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--installed-rounds", type=int, default=31)
    parser.add_argument("--projects", type=Path, help="where projects are kept between runs, rather than removed")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.projects or Path(temporary)
        empty = Path(temporary) / "empty"
        empty.mkdir()
        projects = [kept_project(folder / f"gate-{count}", count) for count in options.utterances]
        report = {
            "machine": machine(_LIBRARIES),
            "installed": cost_of_installing(projects[0], empty, options.installed_rounds),
            "warm": [over_bare(project, empty, options.rounds) for project in projects],
        }
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def kept_project(folder: Path, utterances: int) -> GateProject:
    """A project whose store is full: one from before, or a new one."""
    finished = folder / "filled"
    if finished.exists():
        return GateProject(folder, utterances)
    project = new_project(folder, utterances)
    project.fill()
    finished.touch()
    return project


if __name__ == "__main__":
    sys.exit(main())
