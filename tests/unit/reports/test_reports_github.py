import re
from dataclasses import replace
from pathlib import Path

import pytest

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.policy import OnInconclusive
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.github import annotations, append_step_summary


def test_the_summary_is_appended_to(tmp_path: Path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    assert append_step_summary(lambda limit: "## 결과 \ud800\n", {"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_text(encoding="utf-8") == "before\n## 결과 \\ud800\n\n"


def test_there_may_be_no_summary(tmp_path: Path):
    assert not append_step_summary(str, {})
    assert not append_step_summary(str, {"GITHUB_STEP_SUMMARY": ""})
    assert not append_step_summary(str, {"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert not append_step_summary(str, {"GITHUB_STEP_SUMMARY": "\0"})


def test_what_other_commands_of_the_step_wrote_counts(tmp_path: Path):
    summary = tmp_path / "summary.md"
    environment = {"GITHUB_STEP_SUMMARY": str(summary)}
    for there, room in ((0, 65_000), (1_048_576 - 40_008, 10_000), (1_048_576 - 4_000, None), (2_000_000, None)):
        summary.write_bytes(b"x" * there)
        assert append_step_summary(lambda limit: "가" * limit, environment) == (room is not None)
        written = summary.read_text(encoding="utf-8")[there:]
        assert written == ("가" * room + "\n\n" if room else "")
        assert not room or summary.stat().st_size <= 1_048_576


def test_what_is_not_green_is_annotated(build):
    verdicts = {"D01": Verdict.REGRESSED, "D02": Verdict.INCONCLUSIVE, TOTAL: Verdict.NOT_MEASURED}
    run = build.run(build.model("m", verdicts=verdicts), build.model("broken", error="no weights: a, b"))
    assert annotations(run) == [
        "::error title=m regressed%3A D01::D01 CER 4.21 %25 (limit 7.00 %25); D01 has a reason",
        "::error title=m not measured%3A TOTAL::TOTAL CER 5.04 %25 (limit 7.00 %25); TOTAL has a reason",
        "::error title=broken not measured::no weights: a, b",
        "::warning title=m inconclusive%3A D02::D02 CER 5.87 %25 (limit 7.00 %25); D02 has a reason",
    ]
    assert annotations(build.run(build.model())) == []


@pytest.mark.parametrize(("choice", "level"), [("warn", "warning"), ("fail", "error"), ("pass", None)])
def test_what_is_inconclusive_is_as_loud_as_thresholds_say(build, choice: str, level: str | None):
    unsure = build.metric(5.0, verdict=Verdict.INCONCLUSIVE, on_inconclusive=OnInconclusive(choice))
    model = replace(build.model("m"), categories={"D01": build.category("D01", [unsure])})
    assert [line.split(" ")[0] for line in annotations(build.run(model))] == ([f"::{level}"] if level else [])


def test_there_are_never_more_than_are_shown(build):
    rates = {**{f"D{number:02}": 9.0 for number in range(30)}, TOTAL: 9.0}
    run = build.run(build.model("m", rates, verdicts=dict.fromkeys(rates, Verdict.REGRESSED)))
    lines = annotations(run)
    assert len(lines) == 10
    assert lines[-1] == "::error title=asr-regress::and 22 more: see the summary"


def test_hostile_text_cannot_start_a_command(hostile_run: RunOutcome):
    lines = annotations(hostile_run)
    assert lines
    for line in lines:
        assert line.isprintable()
        assert re.fullmatch(r"::(?:error|warning) title=[^:,]*::.*", line)
        assert "##[" not in line
        line.encode("utf-8")
