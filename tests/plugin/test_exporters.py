"""--asr-export: the finished report goes to somebody else's tool, and what goes wrong there decides nothing."""

import json
import os
from pathlib import Path

import pytest

OWN = """
import json, pathlib

def send(report, folder):
    names = sorted(path.name for path in folder.iterdir())
    pathlib.Path("sent.json").write_text(json.dumps({"verdict": report["verdict"], "files": names}))

def fail(report, folder):
    raise ConnectionError("no route to the server")
"""


@pytest.fixture
def own(project, monkeypatch):
    (project.path / "own_exporters.py").write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(project.path), os.environ.get("PYTHONPATH", "")]))
    return project


@pytest.mark.parametrize("options", [(), ("--asr-report=report",), ("-n", "2")], ids=["alone", "report", "xdist"])
def test_a_function_of_the_users_own(own, options):
    result = own.run("--asr-export=own_exporters:send", *options)
    assert result.ret == 0
    sent = json.loads((own.path / "sent.json").read_text())
    assert sent["verdict"] == "pass"
    assert {"report.json", "report.md", "utterances.parquet"} <= set(sent["files"])
    result.stdout.fnmatch_lines(["exported: own_exporters:send"])


@pytest.mark.parametrize(("wrong", "code"), [((), 0), ((1,), 1)])
def test_one_that_fails_is_said_loudly_and_changes_nothing(own, wrong, code):
    own.data(wrong=wrong)
    (own.path / "pytest.ini").write_text("[pytest]\nasr_export =\n    own_exporters:fail\n    own_exporters:send\n")
    result = own.run()
    assert result.ret == code
    result.stdout.re_match_lines(
        [
            r"WARNING: --asr-export=own_exporters:fail failed, the verdict stands: ConnectionError: no route to the "
            r"server \(own_exporters.py:9\)",
            r"(PASS|REGRESSED): tiny .*",
        ]
    )
    assert (own.path / "sent.json").exists()


def test_an_unknown_one_is_refused_before_anything_is_measured(project, refused):
    refused(
        project.run("--asr-export=mlfow"), "--asr-export=mlfow: there is none of this name. Give one of mlflow, wandb"
    )


def test_mlflow_has_figures_settings_verdict_and_files(project, monkeypatch):
    pytest.importorskip("mlflow")
    for name in ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (project.path / "mlruns").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    project.data(wrong=[1])
    result = project.run("--asr-export=mlflow", "--asr-report=report", "-W", "ignore")
    assert result.ret == 1
    result.stdout.no_fnmatch_line("WARNING*")
    runs = [path.parent for path in (project.path / "mlruns").glob("*/*/params")]
    assert len(runs) == 1
    (run,) = runs
    rate = float((run / "metrics/cer/D01").read_text().split()[1])
    assert rate == pytest.approx(project.report()["models"][0]["categories"]["D01"]["cer"]["rate"])
    assert (run / "params/fingerprint").read_text() == project.report()["models"][0]["fingerprint"]
    assert (run / "tags/verdict").read_text() == "regressed"
    assert (run / "tags/mlflow.runName").read_text() == "tiny"
    assert (run / "artifacts/asr-regress/report.json").read_bytes() == (
        project.path / "report/report.json"
    ).read_bytes()


def test_several_models_are_runs_beneath_one(project, monkeypatch):
    pytest.importorskip("mlflow")
    monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (project.path / "mlruns").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    assert project.run("--asr-export=mlflow", "-W", "ignore", models=["tiny", "other"]).ret == 1
    tags = [path.parent for path in (project.path / "mlruns").glob("*/*/tags/verdict")]
    names = {(folder / "mlflow.runName").read_text(): folder for folder in tags}
    assert set(names) == {"asr-regress", "tiny", "other"}
    above = {(names[name] / "mlflow.parentRunId").read_text() for name in ("tiny", "other")}
    assert above == {names["asr-regress"].parent.name}


def test_weights_and_biases_offline(project, monkeypatch):
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(project.path))
    monkeypatch.setenv("WANDB_CACHE_DIR", str(project.path / "cache"))
    monkeypatch.setenv("WANDB_DATA_DIR", str(project.path / "staging"))
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(project.path / "config"))
    result = project.run("--asr-export=wandb", "--asr-report=report", "-W", "ignore")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("WARNING*")
    kept = list(Path(project.path).glob("wandb/offline-run-*/run-*.wandb"))
    assert len(kept) == 1
    content = kept[0].read_bytes()
    for text in (b"cer/D01", b"data_fingerprint", b"asr-regress-report"):
        assert text in content
