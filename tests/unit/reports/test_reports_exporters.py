import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from asr_regress.errors import ConfigurationError
from asr_regress.gate.outcome import TOTAL
from asr_regress.reports import exporters
from asr_regress.reports.exporters import Exporter, export_report, load_exporters
from asr_regress.reports.exporters.figures import figures, labels, settings
from asr_regress.reports.json_report import json_bytes, report


@pytest.fixture
def run(build):
    model = build.model("m", {"D01": 4.21, "D02": 5.87, TOTAL: 5.04}, baselines={"D01": 4.0})
    return build.run(model, build.model("n"))


def test_figures_have_the_names_that_people_chart(run):
    found = figures(report(run)["models"][0])
    assert found["cer/D01"] == pytest.approx(4.21)
    assert found["cer/D01/baseline"] == pytest.approx(4.0)
    assert found["cer/D01/delta"] == pytest.approx(0.21)
    assert found["cer/TOTAL"] == pytest.approx(5.04)
    assert found["wer/D02"] == pytest.approx(11.73, abs=0.02)
    assert "cer/D02/baseline" not in found
    assert found["utterances/expected"] == found["utterances/scored"] + found["utterances/failed"]
    assert found["rtfx"] == 72.0


def test_names_of_categories_are_made_to_fit_and_stay_apart(build):
    names = ["가입 상담", "a/b", "a:b", "..", "\x1b[31m", "x" * 256]
    model = report(build.run(build.model("m", {**dict.fromkeys(names, 1.0), TOTAL: 1.0})))["models"][0]
    found = [name for name in figures(model) if name.startswith("cer/") and name.count("/") == 1]
    assert len(found) == len(names) + 1
    assert {"cer/가입 상담", "cer/a_b", "cer/a_b_2", "cer/__"} <= set(found)
    assert max(map(len, found)) < 250


def test_settings_and_labels(run):
    known = report(run)
    model = known["models"][0]
    assert settings(known, model)["decoding.language"] == "ko"
    assert settings(known, model)["data_fingerprint"] == "d" * 64
    assert labels(known, model) == {"verdict": "pass", "partial": "no", "asr_regress": "gate"}


def test_each_gets_a_copy_of_its_own_and_none_keeps_the_others_from_it(run, tmp_path: Path):
    seen = []

    def spoil(values, folder):
        values.clear()
        raise ValueError("no\nserver\x1b[31m")

    def leave(values, folder):
        sys.exit(3)

    def note(values, folder):
        seen.append((values["verdict"], folder))

    chosen = [Exporter("spoil", spoil), Exporter("leave", leave), Exporter("note", note)]
    failures = export_report(chosen, json_bytes(run), tmp_path)
    assert seen == [("pass", tmp_path)]
    assert len(failures) == 2
    assert failures[0].startswith(
        "--asr-export=spoil failed, the verdict stands: ValueError: no server\\x1b[31m (test_"
    )
    assert "SystemExit: 3" in failures[1]


def test_a_module_in_the_project_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path.copy())
    (tmp_path / "exporter_of_the_project.py").write_text("def send(report, folder): return 'sent'\n", encoding="utf-8")
    (exporter,) = load_exporters(["exporter_of_the_project:send"], tmp_path)
    assert exporter.export({}, tmp_path) == "sent"
    assert sys.modules.pop("exporter_of_the_project")


def test_a_function_by_its_module(monkeypatch):
    module = SimpleNamespace(send=lambda values, folder: None, deep=SimpleNamespace(er=print), number=3)
    monkeypatch.setitem(sys.modules, "my_exporters", module)
    assert [each.export for each in load_exporters(["my_exporters:send", "my_exporters:deep.er"])] == [
        module.send,
        print,
    ]
    assert len(load_exporters(["my_exporters:send"] * 3)) == 1
    with pytest.raises(ConfigurationError, match="it is no function"):
        load_exporters(["my_exporters:number"])
    with pytest.raises(ConfigurationError, match="AttributeError"):
        load_exporters(["my_exporters:absent"])


def test_entry_points_are_exporters_by_name(monkeypatch):
    offered = [SimpleNamespace(name="ours", load=lambda: json.dumps)]
    monkeypatch.setattr(exporters, "entry_points", lambda group: offered if group == "asr_regress.exporters" else [])
    assert load_exporters(["ours"])[0].export is json.dumps
    with pytest.raises(
        ConfigurationError, match=r"none of this name\. Give one of mlflow, ours, wandb, or MODULE:FUNCTION"
    ):
        load_exporters(["theirs"])


@pytest.mark.parametrize("name", ["", ":", "no_such_module_at_all:f", "os:", ":path", "\x1b[31m", "os.path"])
def test_what_is_no_exporter_is_refused(name: str):
    with pytest.raises(ConfigurationError) as refused:
        load_exporters([name])
    assert str(refused.value).isprintable()


def test_a_package_that_is_missing_is_said_before_anything_is_measured(monkeypatch):
    monkeypatch.setattr(exporters, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"--asr-export=mlflow: mlflow is not installed.*pip install"):
        load_exporters(["mlflow"])


def test_an_exporter_is_loaded_without_what_it_exports_to():
    code = (
        "import sys; from asr_regress.reports.exporters import mlflow_runs, wandb_runs; "
        "print({'mlflow', 'wandb', 'torch', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
