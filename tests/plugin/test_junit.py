"""JUnit XML as GitLab and Jenkins read it: a class a model and category, errors apart from failures, numbers."""

import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

SCHEMA = Path(__file__).parent.parent / "data" / "junit.xsd"


@pytest.fixture(scope="session")
def schema():
    xmlschema = pytest.importorskip("xmlschema")
    return xmlschema.XMLSchema(SCHEMA)


def cases(path: Path) -> dict[str, ElementTree.Element]:
    return {case.get("name", ""): case for case in ElementTree.parse(path).iter("testcase")}


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("-o", "junit_family=xunit1")], ids=["xunit2", "xdist", "xunit1"])
def test_what_gitlab_and_jenkins_show(project, schema, options):
    project.thresholds("version: 1\ndefaults: {cer: {max: 5}, wer: {max: 400}}\n")
    project.data(wrong=[4])
    assert project.run("--junit-xml=report/junit.xml", *options).ret == 1
    path = project.path / "report/junit.xml"
    schema.validate(path)
    found = cases(path)

    failed = found["test_error_rate[tiny-D02-cer]"]
    assert failed.get("classname") == "tiny.D02"
    failure = failed.find("failure")
    assert failure.get("type") == "regressed"
    assert failure.get("message").startswith("REGRESSED: tiny D02 CER ")
    assert "\n" not in failure.get("message")
    assert "worst 1 utterance" in failure.text

    passed = found["test_error_rate[tiny-D01-cer]"]
    assert passed.get("classname") == "tiny.D01"
    assert passed.find("system-out").text.startswith("pass: tiny D01 CER 0.00 %")
    assert passed.find("failure") is None
    assert (passed.get("file") == "test_asr_gate.py") is ("junit_family=xunit1" in options)

    suite = ElementTree.parse(path).find("testsuite")
    properties = {each.get("name"): each.get("value") for each in suite.find("properties")}
    assert properties["asr_verdict"] == "regressed"
    assert properties["asr_partial"] == ""
    assert properties["asr_expected"] == "5"
    counted = {name: len(list(suite.iter(name.rstrip("s")))) for name in ("failures", "errors")}
    assert counted == {name: int(suite.get(name)) for name in counted}


def test_what_was_not_measured_is_an_error_and_neither_a_failure_nor_a_pass(project, schema):
    (project.path / "data/D01/001.wav").write_bytes(b"nothing")
    assert project.run("--junit-xml=junit.xml").ret == 10
    path = project.path / "junit.xml"
    schema.validate(path)
    case = cases(path)["test_error_rate[tiny-D01-cer]"]
    assert case.find("failure") is None
    assert case.find("error").get("type") == "not_measured"
    assert case.find("error").get("message").startswith("NOT MEASURED: tiny D01 CER ")
    suite = ElementTree.parse(path).find("testsuite")
    assert suite.get("failures") == "0"
    assert suite.get("errors") == str(len(list(suite.iter("error")))) == "4"


def test_what_was_not_judged_is_skipped(project, schema):
    project.thresholds("version: 1\n")
    project.run("--junit-xml=junit.xml")  # without any limit or baseline
    schema.validate(project.path / "junit.xml")
    found = cases(project.path / "junit.xml")
    assert found
    for name, case in found.items():
        verdict = next(each.get("value") for each in case.iter("property") if each.get("name") == "verdict")
        assert (verdict, case.find("skipped") is not None) == ("not_judged", True), name


def test_tests_that_are_no_gate_tests_stay_as_they_are(project, schema):
    project.pytester.makepyfile(
        test_both="""
        import pytest

        @pytest.fixture
        def broken():
            raise RuntimeError("no microphone")

        def test_own(asr_run):
            assert asr_run.models

        def test_error_rate(asr_case, broken):
            asr_case.check()
        """
    )
    (project.path / "test_asr_gate.py").unlink()
    shutil.copy(project.path / "test_both.py", project.path / "test_more.py")
    (project.path / "test_more.py").write_text(
        "def test_error_rate(asr_case):\n    asr_case.check()\n", encoding="utf-8"
    )
    assert project.run("--junit-xml=junit.xml", "--junit-prefix=ci").ret == 1
    path = project.path / "junit.xml"
    schema.validate(path)
    by_class = {case.get("classname") for case in ElementTree.parse(path).iter("testcase")}
    assert by_class == {"ci.test_both", "ci.tiny.D01", "ci.tiny.D02", "ci.tiny.TOTAL"}
    errors = [case.find("error") for case in ElementTree.parse(path).iter("testcase") if case.find("error") is not None]
    assert all("no microphone" in error.get("message") for error in errors)
    assert len(errors) == 6


def test_a_file_that_cannot_be_mended_is_said_and_decides_nothing(project):
    project.pytester.makeconftest(
        """
        import pathlib, pytest

        @pytest.hookimpl(trylast=True)
        def pytest_sessionfinish():
            pathlib.Path("junit.xml").write_text("<testsuites>")
        """
    )
    result = project.run("--junit-xml=junit.xml")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["WARNING: *junit.xml: is as pytest wrote it, without verdicts: *"])
