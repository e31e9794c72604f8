"""From gate runs to `asr-regress report`, `compare` and `history`, and many checkpoints in one run, end to end."""

import json
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.cli import main
from asr_regress.runs.archive import Archive

GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"
SYLLABLES = "가나다라마바사아자차카타파하"
RATES = {"ckpt-500": 0.15, "ckpt-1000": 0.08, "ckpt-1500": 0.02, "ckpt-2000": 0.10}
_FOREIGN = ("GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_PLUGINS")
_LEAN = ("-p", "no:hypothesispytest", "-p", "no:pytest_cov", "-p", "no:anyio")


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty utterances in two categories, and what four checkpoints say of them."""
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    draw, path = random.Random(7), pytester.path
    references = {f"D0{1 + n % 2}/{n:03}": "".join(draw.choices(SYLLABLES, k=20)) for n in range(60)}
    write(
        path / "manifest.jsonl",
        [
            {"audio_filepath": f"{key}.wav", "text": text, "category": key[:3], "id": key}
            for key, text in references.items()
        ],
    )
    (path / "hyps").mkdir()
    for name, rate in RATES.items():
        draw = random.Random(name)
        said = {
            key: "".join("뷁" if draw.random() < rate else each for each in text) for key, text in references.items()
        }
        write(path / "hyps" / f"{name}.jsonl", [{"id": key, "text": text} for key, text in said.items()])
    (path / "test_gate.py").write_text(GATE, encoding="utf-8")
    (path / "thresholds.yaml").write_text(
        "version: 1\ndata: manifest.jsonl\nnormalize: none\ndefaults: {cer: {max: 50, max_regression: 1}}\n"
    )
    return path


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


Gate = Callable[..., pytest.RunResult]


@pytest.fixture
def gate(pytester: pytest.Pytester, folder: Path) -> Gate:
    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(*_LEAN, *arguments, timeout=120)

    return run


@pytest.fixture
def command(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs `asr-regress` in the folder: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return run


def kept(folder: Path) -> list[str]:
    return Archive(folder / ".asr_regress").ids()


def test_a_gate_run_is_kept_compared_and_drawn(folder: Path, gate: Gate, command):
    for name in ("ckpt-500", "ckpt-1500", "ckpt-2000"):
        result = gate(f"--model=hyps/{name}.jsonl", "--asr-report=report")
        assert result.ret == 0, result.stdout.str()
    ids = kept(folder)
    assert len(ids) == 3
    result.stdout.fnmatch_lines([f"run: {ids[2]} (asr-regress report, compare, history)"])

    code, out, _ = command("history")
    assert code == 0
    assert out.startswith("3 runs, ")
    text = " ".join(out.split())
    assert "ckpt-* TOTAL" in text
    assert re.search(rf"ckpt-\* TOTAL CER: best \d\.\d\d % by ckpt-1500 in {ids[1]}; above its interval since ", text)
    assert f"asr-regress compare {ids[1]} {ids[2]} asks chance" in text

    code, out, _ = command("compare", ids[1], "latest", "--html=compare.html")
    assert code == 0
    assert "REGRESSED: ckpt-2000 regressed in " in out
    assert "newly broken" in out
    page = (folder / "compare.html").read_text(encoding="utf-8")
    assert "ckpt-2000" in page

    code, out, _ = command("report", "latest~1")
    assert code == 0
    assert "PASS: ckpt-1500 passes 3 judged cases" in " ".join(out.split())
    assert (folder / "report.html").stat().st_size > 10_000
    code, out, _ = command("report", "report", "--out=page.html")
    assert code == 0
    assert "ckpt-2000" in out
    assert (folder / "page.html").exists()


def test_values_for_scripts(folder: Path, gate: Gate, command):
    for name in ("ckpt-1500", "ckpt-2000"):
        gate(f"--model=hyps/{name}.jsonl")
    code, out, _ = command("compare", "latest~1", "latest", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["first"], found["second"]) == tuple(kept(folder))
    (comparison,) = found["comparisons"]
    assert comparison["against"] == "ckpt-1500"
    assert comparison["report"]["models"][0]["total"]["cer"]["verdict"] == "regressed"
    (utterances,) = comparison["utterances"]
    assert utterances["newly_broken"][0]["errors_before"] == 0
    assert utterances["newly_broken"][0]["errors"] > 0
    assert {each["errors"] for each in utterances["newly_fixed"]} <= {0}
    code, out, _ = command("history", "--json", "--category=TOTAL")
    assert code == 0
    (line,) = json.loads(out)["lines"]
    assert [point["model"] for point in line["points"]] == ["ckpt-1500", "ckpt-2000"]
    assert line["best"]["model"] == "ckpt-1500"
    assert line["worse_since"]["model"] == "ckpt-2000"


def test_the_history_as_a_page(folder: Path, gate: Gate, command):
    for name in ("ckpt-500", "ckpt-1500"):
        gate(f"--model=hyps/{name}.jsonl")
    code, out, _ = command("history", "--html=history.html")
    assert code == 0
    assert "page: history.html" in out
    page = (folder / "history.html").read_text(encoding="utf-8")
    assert kept(folder)[0] in page
    assert "Content-Security-Policy" in page


def test_many_checkpoints_in_one_run(folder: Path, gate: Gate, command):
    result = gate("--model=hyps/ckpt-*.jsonl", "--asr-report=report", "-v")
    assert result.ret == 0, result.stdout.str()
    result.stdout.fnmatch_lines(["CER in percent, steps 500 to 2,000: *"])
    result.stdout.fnmatch_lines(["*- best by the total: ckpt-1500 *"])
    tests = [line.split("[")[1].split("]")[0] for line in result.outlines if "::test_error_rate[" in line]
    assert tests == sorted(tests)
    report = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    assert [model["name"] for model in report["models"]] == ["ckpt-500", "ckpt-1000", "ckpt-1500", "ckpt-2000"]
    assert report["curve"]["total"]["best"] == "ckpt-1500"
    assert [each["step"] for each in report["curve"]["models"]] == [500, 1000, 1500, 2000]
    assert "best by the total: ckpt-1500" in (folder / "report" / "report.md").read_text(encoding="utf-8")
    code, out, _ = command("report")
    assert code == 0
    assert "best by the total: ckpt-1500" in out


def test_named_checkpoints_and_the_same_tests_in_every_worker(folder: Path, gate: Gate):
    result = gate("--model=ft=hyps/ckpt-1*.jsonl", "-n", "2", "-v")
    assert result.ret == 0, result.stdout.str()
    text = result.stdout.str()
    for name in ("ft-1000", "ft-1500"):
        assert f"test_error_rate[{name}-TOTAL-cer]" in text
    assert len(kept(folder)) == 1


def test_a_pattern_without_a_model(folder: Path, gate: Gate):
    result = gate("--model=hyps/step-*.jsonl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--model=hyps/step-[*].jsonl: nothing matches; in *hyps there is ckpt-500.jsonl, *"])
    assert not kept(folder)


@pytest.mark.parametrize("option", ["--asr-no-cache", "--asr-keep-runs=0"])
def test_nothing_is_kept_where_nobody_wants_it(folder: Path, gate: Gate, option: str):
    result = gate("--model=hyps/ckpt-500.jsonl", option)
    assert result.ret == 0
    assert kept(folder) == []
    assert "asr-regress report" not in result.stdout.str()


def test_how_many_are_kept_is_an_ini_key(folder: Path, gate: Gate):
    (folder / "pytest.ini").write_text("[pytest]\nasr_keep_runs = 2\n")
    for _ in range(3):
        assert gate("--model=hyps/ckpt-500.jsonl").ret == 0
    assert len(kept(folder)) == 2


def test_a_place_that_takes_no_runs_fails_no_gate(folder: Path, gate: Gate):
    store = folder / ".asr_regress"
    store.mkdir()
    (store / "runs").write_text("a file")
    result = gate("--model=hyps/ckpt-500.jsonl")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["run: not kept for asr-regress history: *runs: File exists"])


def test_parts_are_marked_and_stand_apart(folder: Path, gate: Gate, command):
    gate("--model=hyps/ckpt-500.jsonl")
    gate("--model=hyps/ckpt-500.jsonl", "--asr-limit=10")
    code, out, _ = command("history")
    assert code == 0
    assert out.count("PARTIAL") == 2
    assert "data changed between these runs" in " ".join(out.split())
    code, out, _ = command("compare", "latest~1", "latest")
    assert code == 0
    assert "PARTIAL" in out
    code, _, error = command("compare", "latest", "latest~1")
    assert code == 4
    assert "utterances" in error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["history"], "no history: no runs are kept in "),
        (["report"], "latest: No runs are kept in "),
        (["report", "nowhere"], "'nowhere': no such run, and no such folder. No runs are kept in "),
        (["report", "hyps"], "hyps: there is no report.json in it. A run is a folder written with --asr-report"),
        (["compare", "latest", "latest~1"], "latest: No runs are kept in "),
        (["history", "--asr-cache-dir=elsewhere"], "no runs are kept in elsewhere"),
        (["report", "old"], "old/report.json: schema 2: this asr-regress reads schema 1"),
        (["compare", "old", "old"], "old/report.json: schema 2"),
    ],
)
def test_newcomers_mistakes(folder: Path, command, arguments: list[str], said: str):
    (folder / "old").mkdir()
    (folder / "old" / "report.json").write_text('{"schema": 2}')
    code, out, error = command(*arguments)
    assert (code, out) == (4, "")
    assert said in error


def test_more_mistakes(folder: Path, gate: Gate, command):
    gate("--model=hyps/ckpt-500.jsonl")
    gate("--model=hyps/ckpt-1000.jsonl", "--model=hyps/ckpt-1500.jsonl")
    for arguments, said in (
        (["report", "2099"], "no such run, and no such folder. There are 2 runs in "),
        (["report", "latest~2"], "There are 2 runs in "),
        (["report", "--out=nowhere/\0/x.html"], "the page cannot be written"),
        (["compare", "latest", "latest~1"], "Say which one to compare with: --against=NAME"),
        (["history", "--category=D1"], "unknown category 'D1'; did you mean 'D01'"),
    ):
        code, out, error = command(*arguments)
        assert (code, out) == (4, ""), arguments
        assert said in error
    code, _, _ = command("compare", "latest", "latest~1", "--against=ckpt-1500")
    assert code == 0


def test_a_kept_run_that_was_made_up_acts_on_nobody(folder: Path, gate: Gate, command):
    gate("--model=hyps/ckpt-500.jsonl")
    path = folder / ".asr_regress" / "runs" / kept(folder)[0] / "report.json"
    report = json.loads(path.read_text(encoding="utf-8"))
    evil = "\x1b]0;owned\x07\n::error::x\n##[error]y\u202e"
    report |= {"sentence": evil, "text_rules": evil, "baseline": evil}
    report["data"]["path"] = evil
    report["models"][0]["path"] = evil
    report["models"][0]["total"]["cer"]["reasons"] = [evil]
    path.write_text(json.dumps(report), encoding="utf-8")
    for arguments in (
        ["history"],
        ["report"],
        ["compare", "latest", "latest"],
        ["compare", "latest", "latest", "--json"],
    ):
        code, out, _ = command(*arguments)
        assert code == 0
        assert out.replace("\n", "").isprintable()
        assert not any(line.lstrip().startswith("::") or "##[" in line for line in out.splitlines())


@pytest.mark.parametrize("change", ["categories", "no slices", "texts"])
def test_a_report_that_only_the_page_stumbles_over(folder: Path, gate: Gate, command, change: str):
    gate("--model=hyps/ckpt-500.jsonl")
    path = folder / ".asr_regress" / "runs" / kept(folder)[0] / "report.json"
    report = json.loads(path.read_text(encoding="utf-8"))
    for model in report["models"]:
        if change == "categories":
            model["categories"] = {name: {} for name in model["categories"]}
        elif change == "no slices":
            model["slices"], model["accounting"] = 7, {"failed": 0}
        else:
            model["total"]["cer"]["limit"] = "none"
    path.write_text(json.dumps(report), encoding="utf-8")
    code, _, error = command("report")
    assert code in (0, 4), error
    code, _, error = command("compare", "latest", "latest")
    assert code in (0, 4), error


def test_commands_import_nothing_heavy(folder: Path, gate: Gate, pytester: pytest.Pytester):
    gate("--model=hyps/ckpt-500.jsonl")
    heavy = ("torch", "transformers", "evaluate", "pandas", "pyarrow", "scipy", "statsmodels")
    program = (
        f"import sys; from asr_regress.cli import main; main(['history']); print(set({heavy!r}) & set(sys.modules))"
    )
    done = pytester.run(sys.executable, "-c", program)
    assert done.ret == 0
    assert done.outlines[-1] == "set()"
