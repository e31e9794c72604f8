"""What a gate does when its workers die, hang or can't load: processes, faults and the tiny model are real."""

import json
from pathlib import Path

import pytest

SUPPORT = Path(__file__).parent / "support"
LIMIT = 5  # many times what a batch takes; one that is hit wrongly is tried again


@pytest.fixture
def faulty(project, monkeypatch, tone):
    """Makes a project's workers faulty: `faulty(crash=True)` on a recording that is added, `faulty(once="stop")`."""

    def arrange(**faults):
        for fault in {"crash", "hang"} & set(faults):
            faults[fault] = [16_000]
            tone(project.path / "data/D02/005.wav", 500, 1.0)
        (project.path / "faults.json").write_text(json.dumps(faults))
        monkeypatch.setenv("ASR_REGRESS_FAULTS", str(project.path / "faults.json"))
        monkeypatch.setenv("PYTHONPATH", str(SUPPORT))
        monkeypatch.setenv("OMP_NUM_THREADS", "1")

    return arrange


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("crash", "the worker process died (SIGSEGV: a native crash)"),
        ("hang", f"the worker process gave no answer within {LIMIT} s (see --asr-batch-timeout)"),
    ],
)
def test_one_poisonous_recording_costs_one_recording(project, faulty, fault, reason):
    faulty(**{fault: True})
    project.pytester.makeini(f"[pytest]\nasr_batch_timeout = {LIMIT}\n")
    result = project.run("--asr-report=report", shared_store=False)
    assert result.ret == 10, result.stdout.str()
    result.assert_outcomes(passed=2, failed=4)  # D02 and the total hold it, D01 does not
    assert f"transcribing it failed: {reason}" in " ".join(result.stdout.str().split())
    model = project.report()["models"][0]
    assert model["accounting"] == {"expected": 5, "scored": 4, "empty_reference": 0, "failed": 1}
    assert model["total"]["cer"]["errors"] == 0  # what all others say is what they always say


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        ("stop", f"1 x a worker was replaced: the worker process gave no answer within {LIMIT} s"),
        ("no room", None),
    ],
)
def test_what_happens_once_costs_nothing(project, faulty, fault, shown):
    faulty(once=fault)
    result = project.run(f"--asr-batch-timeout={LIMIT}", shared_store=False)
    assert result.ret == 0, result.stdout.str()
    result.assert_outcomes(passed=6)
    output = " ".join(result.stdout.str().split())
    assert shown in output if shown else "replaced" not in output


def test_workers_that_cannot_load_the_model_end_the_run(project, faulty):
    faulty(load="break")
    result = project.run("--asr-report=report", shared_store=False)
    assert result.ret == 10, result.stdout.str()
    result.assert_outcomes(failed=6)
    output = result.stdout.str() + result.stderr.str()
    assert "tiny: the model does not load: ImportError: libcudart.so.12: cannot open" in " ".join(output.split())
    assert "Traceback" not in output
    assert project.report()["verdict"] == "not_measured"


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "soon"])
def test_a_limit_that_is_none_is_refused(project, refused, text):
    refused(project.run(f"--asr-batch-timeout={text}"), "--asr-batch-timeout", text)
