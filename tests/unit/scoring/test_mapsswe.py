import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import ztest

from asr_regress.scoring.mapsswe import Mapsswe, mapsswe, segment_errors
from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.text.rules import get_rules

TRANSCRIPTS = Path(__file__).resolve().parents[2] / "data" / "real_transcripts.jsonl"
RUNAWAY = "aligner/mfa_uhuh"

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)
PAIRS = st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=8)
Pair = tuple[list[str], list[str], list[str]]


def words(*texts: str) -> tuple[list[str], ...]:
    return tuple(text.split() for text in texts)


@pytest.mark.parametrize(
    ("reference", "first", "second", "expected"),
    [
        ("a b c d", "a b c d", "a b c d", []),
        ("a b c d", "a x c d", "a b c d", [(1, 0)]),
        # Two words right in both part two errors; one does not.
        ("a b c d e f", "x b c d e f", "a b c x e f", [(1, 0), (0, 1)]),
        ("a b c d e f", "x b c d e f", "a b x d e f", [(1, 1)]),
        # A word that was inserted between them is an error, and they are not consecutive.
        ("a b c d e f", "x b y c d e", "a b c x e f", [(3, 1)]),
        ("a b c", "z a b c", "a b c", [(1, 0)]),
        ("a b c", "a b c", "a b c y z", [(0, 2)]),
        ("a b c", "a b c z", "a b c y", [(1, 1)]),
        ("a b c", "", "a b c", [(3, 0)]),
        ("", "x y", "", [(2, 0)]),
        ("", "", "", []),
    ],
)
def test_segments_open_at_an_error_and_close_after_two_words_right_in_both(
    reference: str, first: str, second: str, expected: list[tuple[int, int]]
) -> None:
    assert list(segment_errors(*words(reference, first, second))) == expected


def test_a_comparison_worked_by_hand() -> None:
    # Segments, errors of the first and the second: (1, 0) (2, 1) | (0, 1) | (3, 0) (1, 0) | (1, 0).
    # Differences 1 1 -1 3 1 1: mean 1; squared deviations 0 0 4 4 0 0 add up to 8; sd = sqrt(8 / 5) = 1.2649;
    # z = 1 / (1.2649 / sqrt 6) = 1.9365; two-sided p = 0.0528.
    found = mapsswe(
        [
            words("a b c d e f g", "x b c d y y g", "a b c d e f x"),
            words("a b c", "a b c", "a c"),
            words("a b c d e f", "d e x", "a b c d e f"),
            words("one two three four five", "one two three four nine", "one two three four five"),
        ]
    )
    assert found == Mapsswe(6, 1.0, pytest.approx(1.9365, abs=1e-4), pytest.approx(0.0528, abs=1e-4))


@settings(deadline=None, max_examples=100)
@given(PAIRS)
def test_no_error_is_lost_and_none_is_counted_twice(pairs: list[Pair]) -> None:
    for reference, first, second in pairs:
        segments = list(segment_errors(reference, first, second))
        assert sum(one for one, _ in segments) == count_edits(reference, first).errors
        assert sum(two for _, two in segments) == count_edits(reference, second).errors
        assert all(one or two for one, two in segments)


@settings(deadline=None, max_examples=100)
@given(PAIRS)
def test_it_is_a_z_test_that_knows_no_first_and_second(pairs: list[Pair]) -> None:
    found, turned = mapsswe(pairs), mapsswe([(reference, second, first) for reference, first, second in pairs])
    differences = [one - two for pair in pairs for one, two in segment_errors(*pair)]
    assert found.segments == len(differences)
    if found.z is None or found.p is None or turned.z is None:
        assert len(differences) < 2 or len(set(differences)) == 1
        assert (turned.z, turned.p) == (None, None) == (found.z, found.p)
        return
    assert turned.z == pytest.approx(-found.z)
    if len(set(differences)) > 1:
        z, p = ztest(differences)
        assert (found.z, found.p) == pytest.approx((z, p))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], Mapsswe(0, 0.0, None, None)),
        ([words("a b", "a x", "a b")], Mapsswe(1, 1.0, None, None)),
        ([words("a b", "a x", "a b")] * 3, Mapsswe(3, 1.0, None, None)),
        ([words("a b", "a x", "a x")] * 3, Mapsswe(3, 0.0, 0.0, 1.0)),
    ],
)
def test_what_cannot_be_told_is_none(pairs: list[Pair], expected: Mapsswe) -> None:
    assert mapsswe(pairs) == expected


def real_pairs() -> list[Pair]:
    """Of whisper-base and whisper-tiny.en; without the runaway, whose words can be aligned in many equal ways."""
    rules = get_rules("basic")
    lines = [json.loads(line) for line in TRANSCRIPTS.read_text(encoding="utf-8").splitlines()]
    return [
        (rules(line["reference"]).split(), rules(line["base"]).split(), rules(line["tiny"]).split())
        for line in lines
        if line["id"] != RUNAWAY
    ]


def test_real_transcripts_give_what_nist_finds() -> None:
    # sclite 2.10 and sc_stats -t mapsswe -v on the same texts: "# segs: 73", "mean: 0.055", "Z Stat: 0.269".
    found = mapsswe(real_pairs())
    assert found.segments == 73
    assert round(found.mean, 3) == 0.055
    assert found.z is not None
    assert round(found.z, 3) == 0.269


def test_sc_stats_agrees_where_it_is_installed(tmp_path: Path) -> None:
    folder = next((path for path in (shutil.which("sc_stats"), "/usr/lib/sctk/bin/sc_stats") if path), "")
    if not Path(folder).is_file():
        pytest.skip("NIST's SCTK is not installed")
    tools = Path(folder).parent
    pairs = real_pairs()
    alignments = b""
    for place, side in enumerate(("reference", "base", "tiny")):
        lines = [f"{' '.join(pair[place])} (speaker_{number:04d})\n" for number, pair in enumerate(pairs)]
        (tmp_path / side).write_text("".join(lines), encoding="utf-8")
        if place:
            command = [tools / "sclite", "-r", "reference", "trn", "-h", side, "trn", side, "-i", "swb", "-o", "sgml"]
            subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
            alignments += (tmp_path / f"{side}.sgml").read_bytes()
    command = [tools / "sc_stats", "-p", "-t", "mapsswe", "-v", "-n", "-"]
    said = subprocess.run(command, cwd=tmp_path, input=alignments, capture_output=True, check=False).stdout.decode()
    line = re.search(r"# segs: (\d+)\).*mean: *(\S+)\).*Z Stat: *(\S+)\)", said)
    assert line is not None, said
    found = mapsswe(pairs)
    assert found.z is not None
    assert (int(line[1]), float(line[2]), float(line[3])) == (found.segments, round(found.mean, 3), round(found.z, 3))
