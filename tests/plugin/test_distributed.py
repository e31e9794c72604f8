"""pytest -n: one measurement, one summary, the same report and exit code as without."""

import xml.etree.ElementTree as ElementTree

import pytest

pytestmark = pytest.mark.usefixtures("fresh")


def without_timing(report):
    return {**report, "models": [{**model, "timing": None} for model in report["models"]]}


def test_each_utterance_is_transcribed_once(project):
    project.without_torch()
    result = project.run("-n", "4", "--asr-report=distributed", "--junitxml=junit.xml", shared_store=False)
    assert result.ret == 0
    result.assert_outcomes(passed=6)
    assert result.stderr.str().count("transcribing 5 recordings") == 1
    assert result.stdout.str().count("sample predictions") == 1
    (model,) = project.report("distributed")["models"]
    assert (model["timing"]["transcribed"], model["timing"]["cached"]) == (5, 0)
    cases = ElementTree.parse(project.path / "junit.xml").iter("testcase")
    properties = [{each.get("name"): each.get("value") for each in case.iter("property")} for case in cases]
    assert len(properties) == 6
    assert {each["verdict"] for each in properties} == {"pass"}
    assert {each["rate"] for each in properties} == {"0.0000"}

    alone = project.run("--asr-report=alone", shared_store=False)
    assert alone.ret == 0
    assert "transcribing" not in alone.stderr.str()
    assert without_timing(project.report("alone")) == without_timing(project.report("distributed"))
    rows = [(project.path / folder / "utterances.parquet").read_bytes() for folder in ("alone", "distributed")]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(("flags", "code"), [(("-k", "typo"), 5), (("--asr-category=D02",), 0)], ids=str)
def test_exit_codes_of_a_good_model(project, flags, code):
    assert project.run("-n", "2", *flags).ret == code


def test_exit_codes_of_what_is_not_good(project):
    (project.path / "data/D02/005.wav").write_bytes(b"no audio")
    assert project.run("-n", "2").ret == 10
    project.data(wrong=[1])
    assert project.run("-n", "2").ret == 1


def test_a_part_is_a_part_on_every_worker(project):
    result = project.run("-n", "2", "-k", "D02", "--asr-report=report")
    assert result.ret == 0
    report = project.report()
    assert report["partial"]
    assert list(report["models"][0]["categories"]) == ["D02"]
    result.stdout.fnmatch_lines(["PARTIAL*4 of 6 gate tests deselected*"])


def test_a_baseline_is_written_once_by_the_controller(project):
    result = project.run("-n", "2", "--asr-save-baseline=new.json")
    assert result.ret == 0
    assert (project.path / "new.json").is_file()
    assert result.stdout.str().count("\nbaseline: ") == 1


def test_without_a_cache_nothing_is_left_and_nothing_done_twice(project, monkeypatch):
    project.without_torch()
    temporary = project.path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    result = project.run("-n", "2", "--asr-no-cache", shared_store=False)
    assert result.ret == 0
    assert result.stderr.str().count("transcribing 5 recordings") == 1
    assert not list(temporary.glob("asr_regress*"))
    assert not (project.path / ".asr_regress").exists()
