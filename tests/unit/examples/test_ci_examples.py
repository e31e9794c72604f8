"""The workflows that docs/ci.md shows: complete files, whose options exist, word for word as the page has them."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from asr_regress.options import OPTIONS

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "examples" / "ci"
FILES = sorted(FOLDER.iterdir())
WORKFLOWS = [path for path in FILES if path.suffix == ".yml"]
FLAGS = {option.flag for option in OPTIONS}


def scripts(value: Any) -> Iterator[str]:
    """What a workflow runs, one script each."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("run", "script", "before_script"):
                yield from [inner] if isinstance(inner, str) else inner
            else:
                yield from scripts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scripts(inner)


def load(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def test_there_are_workflows_for_both():
    assert {path.name for path in FILES} == {"github.yml", "gitlab.yml", "Jenkinsfile"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_option_exists(path: Path):
    text = path.read_text(encoding="utf-8")
    used = set(re.findall(r"(?<![\w-])--(?:asr-[a-z-]+|model)(?=[= \n])", text))
    assert used <= FLAGS
    assert {"--model", "--asr-report"} <= used
    assert set(re.findall(r"asr_[a-z_]+ *=", text)) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_page_has_it_word_for_word(path: Path):
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    language = "groovy" if path.name == "Jenkinsfile" else "yaml"
    assert f"\n```{language}\n{path.read_text(encoding='utf-8')}```\n" in page


def test_init_writes_the_workflow_of_the_page():
    template = ROOT / "asr_regress" / "templates" / "asr-gate.yml"
    assert template.read_text(encoding="utf-8") == (FOLDER / "github.yml").read_text(encoding="utf-8")


def test_the_cache_of_pip_does_not_ask_for_a_file_that_a_repository_of_data_has_not():
    """Without the path setup-python ends the job where there is neither requirements.txt nor pyproject.toml."""
    steps = load("github.yml")["jobs"]["smoke"]["steps"]
    (python,) = (step["with"] for step in steps if "setup-python" in step.get("uses", ""))
    assert (python["cache"], python["cache-dependency-path"]) == ("pip", ".github/workflows/asr-gate.yml")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_script_is_one_that_bash_can_read(path: Path):
    found = list(scripts(load(path.name)))
    assert len(found) > 3
    for script in found:
        # What GitHub puts in before bash sees it may be any word.
        checked = subprocess.run(
            ["bash", "-n"], input=re.sub(r"\$\{\{.*?\}\}", "x", script), text=True, capture_output=True
        )
        assert checked.returncode == 0, checked.stderr
    gates = [script for script in found if re.search(r"(^|/)pytest ", script, re.MULTILINE)]
    assert len(gates) == 2, "a smoke test and the full gate"
    for script in gates:
        (command,) = (line for line in script.splitlines() if "pytest " in line)
        arguments = shlex.split(command.split("||")[0])[1:]
        assert "--asr-report=report" in arguments
        assert "--junit-xml=report/junit.xml" in arguments


def test_github_passes_nothing_from_outside_into_a_script():
    for script in scripts(load("github.yml")):
        assert "${{" not in script, "it would be run, not read: go by env"


@pytest.mark.parametrize(("code", "said"), [("0", ""), ("1", ""), ("4", ""), ("10", "::error title=Not measured::")])
def test_the_job_ends_as_the_gate_did(code: str, said: str, tmp_path: Path):
    steps = {step.get("name"): step for step in load("github.yml")["jobs"]["smoke"]["steps"]}
    (tmp_path / "pytest").write_text(f"#!/bin/sh\nexit {code}\n")
    (tmp_path / "pytest").chmod(0o755)
    output = tmp_path / "output"
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(output),
        "MODEL": "a model",
    }

    def run(name: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-e", "-c", steps[name]["run"]]  # as GitHub runs it
        return subprocess.run(command, env={**environment, **more}, cwd=tmp_path, text=True, capture_output=True)

    assert run("Gate").returncode == 0, "the steps behind it are to run"
    assert output.read_text() == f"code={code}\n"
    ended = run("Verdict", CODE=code)
    assert ended.returncode == int(code)
    assert ended.stdout.startswith(said)
    assert run("Verdict", CODE="").returncode == 4, "never green where the gate did not get to run"


def test_the_comment_is_updated_where_there_is_one(tmp_path: Path):
    steps = {step.get("name"): step for step in load("github.yml")["jobs"]["smoke"]["steps"]}
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.md").write_text("## Speech recognition gate: pass\n")
    fake = tmp_path / "gh"
    fake.write_text('#!/bin/sh\necho "$@" >> calls\ncase "$*" in *--paginate*) cat ids ;; esac\n')
    fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "GITHUB_REPOSITORY": "us/asr", "PR": "7"}
    for ids, expected in (
        ("", "POST repos/us/asr/issues/7/comments"),
        ("11\n12\n", "PATCH repos/us/asr/issues/comments/11"),
    ):
        (tmp_path / "ids").write_text(ids)
        (tmp_path / "calls").unlink(missing_ok=True)
        command = ["bash", "-e", "-c", steps["Comment"]["run"]]
        subprocess.run(command, env=environment, cwd=tmp_path, check=True)
        _, call = (tmp_path / "calls").read_text().splitlines()
        assert call == f"api --silent --method {expected} -F body=@comment.md"
    assert (tmp_path / "comment.md").read_text() == "<!-- asr-regress -->\n## Speech recognition gate: pass\n"


@pytest.mark.parametrize(("code", "said"), [("4", "exit code 4"), ("", "exit code unknown")])
def test_a_gate_that_could_not_start_replaces_the_comment_of_an_earlier_push(tmp_path: Path, code: str, said: str):
    steps = {step.get("name"): step for step in load("github.yml")["jobs"]["smoke"]["steps"]}
    assert steps["Comment"]["env"]["CODE"] == "${{ steps.gate.outputs.code }}"
    fake = tmp_path / "gh"
    fake.write_text('#!/bin/sh\ncase "$*" in *--paginate*) echo 11 ;; *) echo "$@" >> calls ;; esac\n')
    fake.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "GITHUB_REPOSITORY": "us/asr", "PR": "7", "CODE": code}
    subprocess.run(["bash", "-e", "-c", steps["Comment"]["run"]], env=environment, cwd=tmp_path, check=True)
    assert "PATCH repos/us/asr/issues/comments/11" in (tmp_path / "calls").read_text()
    comment = (tmp_path / "comment.md").read_text()
    assert comment == f"<!-- asr-regress -->\n## Speech recognition gate: no verdict, {said}, see the log\n"


def test_gitlab_lets_only_what_was_not_measured_pass_as_a_warning():
    found = load("gitlab.yml")
    assert found["asr-smoke"]["allow_failure"] == {"exit_codes": 10}
    assert "allow_failure" not in found["asr-full"]
    assert found[".asr-gate"]["artifacts"]["reports"] == {"junit": "report/junit.xml"}
    assert found["asr-smoke"]["script"][-1] == 'exit "$code"'
