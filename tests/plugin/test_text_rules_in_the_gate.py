"""Text rules in a run: applied to both sides, bound to the baseline, and what one's own may do wrong."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

REFERENCES = {"D01/1": "b/ (3개)/(세 개) 주세요", "D01/2": "어/ 그+ 그래서", "D02/3": "@이름1 씨, n/ 70%!"}
PERFECT = {"D01/1": "3개 주세요.", "D01/2": "어 그 그래서", "D02/3": "씨 70 %"}
GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"
LEAN = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:pytest_cov", "-p", "no:anyio")
CLEAN = "def clean(text):\n    return text.replace('b/', '')\n"


class Run:
    """A project whose model is a file of hypotheses."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester, self.path = pytester, pytester.path
        pytester.makepyfile(test_gate=GATE)
        rows = [
            {"audio_filepath": f"{id}.wav", "text": text, "category": id[:3], "id": id}
            for id, text in REFERENCES.items()
        ]
        self.write("manifest.jsonl", rows)
        self.says(PERFECT)

    def write(self, name: str, rows: list[dict[str, str]]) -> None:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        Path(self.path, name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def says(self, hypotheses: Mapping[str, str]) -> None:
        self.write("hyps.jsonl", [{"id": id, "text": text} for id, text in hypotheses.items()])

    def with_rules(self, normalize: str, *args: str, code: int = 0) -> pytest.RunResult:
        Path(self.path, "thresholds.yaml").write_text(
            f"version: 1\ndata: manifest.jsonl\nnormalize: {normalize}\ndefaults: {{cer: {{max: 0}}}}\n"
        )
        result = self.pytester.runpytest_subprocess("--model=engine=hyps.jsonl", "--asr-report=report", *LEAN, *args)
        assert result.ret == code, result.stdout.str() + result.stderr.str()
        return result

    def report(self) -> dict[str, object]:
        values: dict[str, object] = json.loads(Path(self.path, "report/report.json").read_text(encoding="utf-8"))
        return values


@pytest.fixture
def gate(pytester: pytest.Pytester) -> Run:
    return Run(pytester)


def refused(result: pytest.RunResult, *said: str) -> None:
    output = " ".join((result.stdout.str() + result.stderr.str()).split())
    assert "Traceback" not in output
    for text in said:
        assert text in output, output


def test_notation_is_no_error_under_the_korean_rules(gate: Run) -> None:
    gate.with_rules("korean")
    report = gate.report()
    assert report["text_rules"] == "korean v1"
    total = report["models"][0]["total"]  # type: ignore[index]
    assert (total["cer"]["rate"], total["raw"]["cer"]["errors"]) == (0, 25)  # 12 + 2 + 11 characters
    gate.with_rules("basic", code=1)
    gate.says(PERFECT | {"D01/1": "세 개 주세요"})
    gate.with_rules("korean+numbers")


def test_a_baseline_is_bound_to_the_source_of_ones_own_rules(gate: Run) -> None:
    own = Path(gate.path, "own_gate_rules.py")
    own.write_text("from own_gate_words import WORDS\n" + CLEAN)
    words = Path(gate.path, "own_gate_words.py")
    words.write_text("WORDS = 'one'\n")
    gate.says(REFERENCES)
    gate.with_rules("own_gate_rules:clean", "--asr-save-baseline=base.json")
    gate.with_rules("own_gate_rules:clean", "--asr-baseline=base.json")
    words.write_text("WORDS = 'another'\n")
    result = gate.with_rules("own_gate_rules:clean", "--asr-baseline=base.json", code=4)
    refused(result, "not comparable", "text rules", "own_gate_rules:clean (source ")


def test_ones_own_rules_are_tried_on_the_references_first(gate: Run) -> None:
    Path(gate.path, "own_gate_index.py").write_text("def clean(text):\n    return text[9]\n")
    result = gate.with_rules("own_gate_index:clean", code=4)
    refused(result, "thresholds.yaml:3", "own_gate_index:clean failed: IndexError", "own_gate_index.py:2", "D01/2")


def test_an_utterance_on_whose_hypothesis_ones_own_rules_fail_failed(gate: Run) -> None:
    Path(gate.path, "own_gate_plain.py").write_text("def clean(text):\n    return text if text != 'oh' else None\n")
    gate.says(PERFECT | {"D02/3": "oh"})
    result = gate.with_rules("own_gate_plain:clean", code=1)
    refused(result, "D02/3", "own_gate_plain:clean gave NoneType and not text")
    (model,) = gate.report()["models"]  # type: ignore[misc]
    assert model["categories"]["D02"]["accounting"]["failed"] == 1
    assert model["categories"]["D02"]["verdict"] == "not_measured"


def test_whispers_own_rules_import_neither_transformers_nor_torch(gate: Run) -> None:
    gate.pytester.makeconftest(
        "import atexit, sys\natexit.register(lambda: open('modules.txt', 'w').write('\\n'.join(sys.modules)))\n"
    )
    gate.with_rules("whisper-english", code=1)
    modules = Path(gate.path, "modules.txt").read_text().splitlines()
    assert "asr_regress_whisper_normalizer" in modules or "regex" in modules
    assert not {"torch", "transformers"} & set(modules)
