"""`asr-regress normalize` and `asr-regress normalizers`."""

import json
from pathlib import Path

import pytest

from asr_regress.cli import main
from asr_regress.text.rules import available_rules

REFERENCES = {
    "D01/a": "b/ (3개)/(세 개) 주세요",
    "D01/b": "그대로",
    "D01/c": "\x1bM[음악]",
    "D01/d": "n/",
    "D01/e": "5%",
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """References without recordings, in the folder where the command is run."""
    lines = [
        json.dumps({"audio_filepath": f"{id}.wav", "text": text, "category": "D01", "id": id})
        for id, text in REFERENCES.items()
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_before_and_after_what_was_found_and_what_is_left(data: Path, capsys: pytest.CaptureFixture[str]):
    out = printed(capsys, "normalize", "--data=.", "--normalize=korean")
    assert out.startswith(f"korean v1 on 5 references of {data}: 4 changed\n")
    assert "D01/a\n  - b/ (3개)/(세 개) 주세요\n  + 3개 주세요\n" in out
    assert "D01/b" not in out
    assert "dual transcription: (spelling)/(pronunciation): 1 utterance, 1 hit\n" in out
    assert "letter tag: b/ l/ o/ n/ u/: 2 utterances, 2 hits\n" in out
    assert "nothing is left of 1 reference, which enters no rate: D01/d\n" in out
    assert "longer than before: 1 reference: D01/e\n" in out
    assert "in brackets: 1 utterance, 1 hit\n    D01/c: " in out


def test_nothing_that_steers_a_terminal_is_printed(data: Path, capsys: pytest.CaptureFixture[str]):
    out = printed(capsys, "normalize", "--data=.", "--normalize=none", "--all")
    assert "\\x1bM[음악]" in out
    assert "\x1b" not in out
    json_out = printed(capsys, "normalize", "--data=.", "--normalize=none", "--all", "--json")
    assert "\x1b" not in json_out


def test_nothing_that_a_ci_runner_obeys_is_printed(data: Path, capsys: pytest.CaptureFixture[str]):
    line = {"audio_filepath": "x.wav", "text": "##[error]no", "category": "D01", "id": "::error::no"}
    (data / "manifest.jsonl").write_text(json.dumps(line))
    for more in ([], ["--json"]):
        out = printed(capsys, "normalize", "--data=.", "--normalize=none", "--all", *more)
        assert "##[" not in out
        assert not any(printed_line.lstrip().startswith("::") for printed_line in out.splitlines())


def test_as_json(data: Path, capsys: pytest.CaptureFixture[str]):
    found = json.loads(printed(capsys, "normalize", "--data=.", "--normalize=korean", "--json"))
    assert (found["rules"], found["utterances"], found["changed"], found["emptied"]) == ("korean v1", 5, 4, ["D01/d"])
    assert {"name": "mask: @이름1, &name&, #이름#", "utterances": 0, "hits": 0} in found["steps"]
    assert {each["kind"] for each in found["leftovers"]} == {"in brackets", "invisible characters"}
    assert [each["id"] for each in found["samples"]] == ["D01/a", "D01/c", "D01/d", "D01/e"]
    assert found["samples"][0] == {"id": "D01/a", "before": REFERENCES["D01/a"], "after": "3개 주세요"}


@pytest.mark.parametrize(("option", "number"), [("--samples=0", 0), ("--samples=2", 2), ("--all", 5)])
def test_how_many_are_shown(data: Path, capsys: pytest.CaptureFixture[str], option: str, number: int):
    assert printed(capsys, "normalize", "--data=.", "--normalize=korean", option).count("\n  + ") == number


def test_thresholds_say_which_data_and_rules(data: Path, capsys: pytest.CaptureFixture[str]):
    (data / "thresholds.yaml").write_text("version: 1\ndata: manifest.jsonl\nnormalize: korean-phonetic\n")
    assert "+ 세 개 주세요" in printed(capsys, "normalize")
    assert printed(capsys, "normalize", "--normalize=none").startswith("none v1 on 5 references")


def test_ones_own_rules(data: Path, capsys: pytest.CaptureFixture[str]):
    (data / "own_shouting.py").write_text("def shout(text):\n    return text.upper()\nshout.version = 2\n")
    assert "own_shouting:shout v2" in printed(capsys, "normalize", "--data=.", "--normalize=own_shouting:shout")
    (data / "own_failing.py").write_text("def fail(text):\n    return 1 / (len(text) - 2)\n")
    assert main(["normalize", "--data=.", "--normalize=own_failing:fail"]) == 4
    assert "own_failing:fail gave float and not text, on utterance D01/a" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--normalize=korea", "--data=."], "unknown text rules 'korea'; did you mean 'korean'"),
        (["--normalize=gone:clean", "--data=."], "there is no module 'gone'"),
        (["--data=absent"], "absent"),
        ([], "no data"),
    ],
)
def test_what_cannot_be_used_is_said(data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str):
    assert main(["normalize", *arguments]) == 4
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_every_rule_is_listed_with_an_example(capsys: pytest.CaptureFixture[str]):
    out = printed(capsys, "normalizers")
    assert all(f"\n{name} v" in f"\n{out}" for name in available_rules())
    assert "b/ 어/ (3개)/(세 개) 주세요, @이름1 씨. n/\n    -> 어 3개 주세요 씨" in out
    assert max(map(len, out.splitlines())) <= 120


def test_every_rule_is_listed_as_json(capsys: pytest.CaptureFixture[str]):
    listed = json.loads(printed(capsys, "normalizers", "--json"))
    assert [each["name"] for each in listed] == list(available_rules())
    by_name = {each["name"]: each for each in listed}
    assert by_name["none"]["lengthens"] is None
    assert by_name["korean"]["example"]["after"] == "어 3개 주세요 씨"
