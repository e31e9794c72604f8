import xml.etree.ElementTree as ElementTree

import pytest

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports import junit
from asr_regress.reports.junit import case_properties, mended


def test_a_case_has_its_numbers_as_properties(build):
    run = build.run(build.model("m", baselines={"D01": 4.0}, verdicts={"D01": Verdict.REGRESSED}))
    assert case_properties(run, "m", "D01", "cer") == [
        ("model", "m"),
        ("category", "D01"),
        ("metric", "cer"),
        ("verdict", "regressed"),
        ("rate", "4.2100"),
        ("ci", ""),
        ("limit", "max 7.00 %, max_regression 0.30 points"),
        ("baseline", "4.0000"),
        ("delta", "0.2100"),
        ("delta_ci", ""),
        ("confidence", ""),
        ("p", ""),
        ("substitutions", "252"),
        ("deletions", "85"),
        ("insertions", "84"),
        ("reference_length", "10000"),
        ("utterances", "100"),
        ("failed", "0"),
    ]


def test_how_sure_it_is_can_be_read_by_a_machine(build):
    model = build.judged([(10, 14), (10, 12)] * 30)
    evidence = model.categories["D01"].metrics["cer"].evidence
    properties = dict(case_properties(build.run(model), "m", "D01", "cer"))
    assert [float(end) for end in properties["ci"].split()] == pytest.approx(
        [evidence.rate.low, evidence.rate.high], abs=1e-4
    )
    assert [float(end) for end in properties["delta_ci"].split()] == pytest.approx(
        [evidence.difference.low, evidence.difference.high], abs=1e-4
    )
    assert properties["confidence"] == "0.95"
    assert float(properties["p"]) == pytest.approx(evidence.p_adjusted, rel=0.01)


def test_what_is_not_there_is_empty(build):
    properties = dict(case_properties(build.run(build.model("m")), "m", TOTAL, "wer"))
    assert properties["verdict"] == "not_judged"
    assert (properties["limit"], properties["baseline"], properties["delta"]) == ("", "", "")


def test_an_unknown_case_is_a_key_error(build):
    with pytest.raises(KeyError):
        case_properties(build.run(build.model("m")), "m", "D99", "cer")


def written(run: RunOutcome, *cases: tuple[str, str, str], texts: tuple[str, ...] = ()) -> str:
    """A file as pytest writes it, with a test a case: those that have a text failed with it."""
    suite = ElementTree.Element("testsuite", name="pytest", errors="0", failures=str(len(texts)))
    for number, case in enumerate(cases):
        test = ElementTree.SubElement(
            suite, "testcase", classname="tests.test_gate", name=f"test[{number}]", time="0.1"
        )
        properties = ElementTree.SubElement(test, "properties")
        for name, value in case_properties(run, *case):
            ElementTree.SubElement(properties, "property", name=name, value=value)
        if number < len(texts):
            ElementTree.SubElement(test, "failure", message=texts[number][:500]).text = texts[number]
    return ElementTree.tostring(suite, encoding="unicode")


def test_classes_are_models_and_categories_and_messages_one_line(build):
    model = build.model("whisper.v2", {"D.01": 9.0, TOTAL: 5.0}, verdicts={"D.01": Verdict.REGRESSED})
    run = build.run(model)
    xml = written(run, ("whisper.v2", "D.01", "cer"), ("whisper.v2", TOTAL, "cer"), texts=("REGRESSED: m\n\nlong",))
    red, green = ElementTree.fromstring(mended(xml, run, prefix="ci")).iter("testcase")
    assert (red.get("classname"), green.get("classname")) == ("ci.whisper.v2.D_01", "ci.whisper.v2.TOTAL")
    assert red.find("failure").get("message") == (
        "REGRESSED: whisper.v2 D.01 CER 9.00 % (limit 7.00 %); D.01 has a reason"
    )
    assert red.find("failure").text == "REGRESSED: m\n\nlong"
    assert green.find("system-out").text == "pass: whisper.v2 TOTAL CER 5.00 % (limit 7.00 %)\n"


def test_what_was_not_measured_is_counted_as_an_error(build):
    run = build.run(build.model("m", verdicts={"D01": Verdict.NOT_MEASURED}))
    suite = ElementTree.fromstring(mended(written(run, ("m", "D01", "cer"), texts=("NOT MEASURED: m, D01",)), run))
    assert (suite.get("failures"), suite.get("errors")) == ("0", "1")
    assert next(suite.iter("error")).get("type") == "not_measured"


def test_a_test_that_failed_for_a_reason_of_its_own_keeps_its_message(build):
    run = build.run(build.model("m"))
    suite = ElementTree.fromstring(mended(written(run, ("m", "D01", "cer"), texts=("AssertionError: mine",)), run))
    assert next(suite.iter("failure")).attrib == {"message": "AssertionError: mine"}


def test_an_inconclusive_case_that_lets_the_gate_open_says_so(build):
    run = build.run(build.model("m", verdicts={"D01": Verdict.INCONCLUSIVE}))
    suite = ElementTree.fromstring(mended(written(run, ("m", "D01", "cer")), run))
    assert next(suite.iter("system-out")).text == "inconclusive: m D01 CER 4.21 % (limit 7.00 %)\nD01 has a reason\n"
    properties = {each.get("name"): each.get("value") for each in suite.find("properties")}
    assert properties["asr_verdict"] == "inconclusive"
    assert properties["asr_sentence"].startswith("INCONCLUSIVE: m: ")


def test_texts_are_bounded_together(build, monkeypatch):
    monkeypatch.setattr(junit, "_MOST", 2_000)
    red = dict.fromkeys(("D01", "D02", TOTAL), Verdict.REGRESSED)
    run = build.run(build.model("m", verdicts=red))
    cases = [("m", name, "cer") for name in red]
    xml = mended(written(run, *cases, texts=("REGRESSED: " + "x" * 1_500,) * 3), run)
    texts = [each.text for each in ElementTree.fromstring(xml).iter("failure")]
    assert [text.startswith("REGRESSED") for text in texts] == [True, False, False]
    assert "see --asr-report" in texts[1]


@pytest.mark.parametrize("xml", ["", "<testsuites>", "no xml", "\x00"])
def test_what_is_no_xml_is_an_error_of_value(build, xml: str):
    with pytest.raises(ValueError, match=r"\w"):
        mended(xml, build.run())


def test_other_files_stay_as_they_are(build):
    xml = '<testsuite errors="many"><testcase name="a"><failure>x</failure></testcase></testsuite>'
    suite = ElementTree.fromstring(mended(xml, build.run(build.model("m"))))
    assert ElementTree.tostring(suite.find("testcase"), encoding="unicode") == (
        '<testcase name="a"><failure>x</failure></testcase>'
    )


def test_hostile_names_make_no_markup(hostile_run: RunOutcome):
    (model, _) = hostile_run.models
    category = next(iter(model.categories))
    xml = mended(written(hostile_run, (model.name, category, "cer"), texts=("REGRESSED: x",)), hostile_run)
    root = ElementTree.fromstring(xml)
    assert {each.tag for each in root.iter()} == {"testsuite", "properties", "property", "testcase", "failure"}
    for each in root.iter():
        assert all(value.isprintable() for value in each.attrib.values())
