"""What on_inconclusive and policy do to the exit code, with hypotheses from elsewhere: no audio is touched."""

import json
from collections.abc import Callable

import pytest

GATE = """
def test_error_rate(asr_case):
    asr_case.check()
"""
WORDS = "one two three four five six seven eight nine ten"
Judge = Callable[..., pytest.RunResult]


@pytest.fixture
def judge(pytester: pytest.Pytester) -> Judge:
    """Judges a model with some wrong words against one with 10 others, on 40 utterances of 10 words."""

    def lines(name: str, wrong: set[int]) -> None:
        rows = (
            {"id": f"u{number:02}", "text": WORDS.replace("one", "won") if number in wrong else WORDS}
            for number in range(40)
        )
        (pytester.path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    def run(wrong: set[int], policy: str = "") -> pytest.RunResult:
        limits = f"version: 1\ndata: data.jsonl\ndefaults: {{wer: {{max_regression: 0.5}}}}\n{policy}\n"
        (pytester.path / "thresholds.yaml").write_text(limits, encoding="utf-8")
        return pytester.runpytest_subprocess(
            "--model=old=old.jsonl", f"--model=new={new(wrong)}", "--asr-baseline=old", "-k", "wer", timeout=120
        )

    def new(wrong: set[int]) -> str:
        lines("new.jsonl", wrong)
        return "new.jsonl"

    rows = (
        {"id": f"u{number:02}", "audio_filepath": f"{number}.wav", "text": WORDS, "category": "D01"}
        for number in range(40)
    )
    (pytester.path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    lines("old.jsonl", set(range(10)))
    pytester.makepyfile(test_asr_gate=GATE)
    return run


MORE = set(range(5, 19))
"""14 wrong utterances instead of 10, 5 of them the same: one point worse, by chance or not."""


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("", 0),
        ("on_inconclusive: pass", 0),
        ("on_inconclusive: fail", 1),
        ("policy: non_inferior", 1),
        ("policy: point", 1),
        ("on_inconclusive: fail\ncategories: {D01: {on_inconclusive: warn}}\ntotal: {on_inconclusive: warn}", 0),
        ("confidence: 0.5", 1),
    ],
)
def test_what_the_data_cannot_decide(judge: Judge, policy: str, code: int) -> None:
    result = judge(MORE, policy)
    assert result.ret == code, result.stdout.str()
    if policy == "":
        result.stdout.fnmatch_lines(
            ["INCONCLUSIVE: new: 2 inconclusive; too little data to tell*", "open (on_inconclusive: warn)*"]
        )
    if policy == "on_inconclusive: fail":
        result.stdout.fnmatch_lines(
            ["difference  +1.00 ?-0.8, +2.8? points*", "*of them fail for that (on_inconclusive:*"]
        )


def test_a_worsening_beyond_chance_fails_under_any_policy(judge: Judge) -> None:
    assert judge(set(range(30)), "on_inconclusive: pass").ret == 1


def test_the_same_hypotheses_pass(judge: Judge) -> None:
    assert judge(set(range(10)), "policy: non_inferior").ret == 0


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("group: speaker", "thresholds.yaml:4: group: unknown field 'speaker' (known: none): no utterance has it"),
        ("policy: sure", "thresholds.yaml:4: policy: unknown value 'sure'"),
    ],
)
def test_what_cannot_be_used_ends_with_4(judge: Judge, policy: str, said: str) -> None:
    result = judge(MORE, policy)
    assert result.ret == 4
    assert said in result.stderr.str()
