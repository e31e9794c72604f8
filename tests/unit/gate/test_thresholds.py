import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.errors import ConfigurationError
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.policy import MaxRule, OnInconclusive, Policy, PolicyChoice, Rule, Runaways
from asr_regress.gate.thresholds import Thresholds, check_against, read_thresholds
from asr_regress.gate.verdict import Limit
from asr_regress.gate.yaml_source import MAX_BYTES

METRICS = ("cer", "wer")

FULL = """\
# The gate.
version: 1
data: data/validation
language: ko
task: transcribe
normalize: basic
dtype: bfloat16
max_failed: 2
max_broken_entries: 3
max_unmatched: 4
baseline: baselines/medium.json
num_beams: 5
batch_size: 16
seed: 7
defaults:
  cer: {max: 10.0, max_regression: 0.3}
  wer: {max: 25}
categories:
  D01: {cer: {max: 5.0}}
  D04: {cer: {max: 9.0, max_regression: 0.5}, wer: {max_relative_regression: 2.5}}
  01:
total:
  cer: {max: 7.0, max_regression: .2}
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "thresholds.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(folder: Path, text: str | bytes) -> Thresholds:
    return read_thresholds(write(folder, text), METRICS, {"normalize": ("none", "basic")})


def problems(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text)
    return str(caught.value).replace(f"{folder}{os.sep}", "").splitlines()


def test_every_key(tmp_path: Path) -> None:
    thresholds = read(tmp_path, FULL)
    assert thresholds.data == tmp_path / "data/validation"
    assert thresholds.baseline == tmp_path / "baselines/medium.json"
    assert (thresholds.language, thresholds.task, thresholds.normalize) == ("ko", "transcribe", "basic")
    assert (thresholds.dtype, thresholds.num_beams, thresholds.batch_size, thresholds.seed) == ("bfloat16", 5, 16, 7)
    assert (thresholds.max_failed, thresholds.max_broken_entries, thresholds.max_unmatched) == (2, 3, 4)
    assert list(thresholds.categories) == ["D01", "D04", "01"]


@pytest.mark.parametrize(
    ("category", "metric", "limit"),
    [
        ("D01", "cer", Limit(max=5.0, max_regression=0.3)),
        ("D01", "wer", Limit(max=25.0)),
        ("D04", "cer", Limit(max=9.0, max_regression=0.5)),
        ("D04", "wer", Limit(max=25.0, max_relative_regression=2.5)),
        ("01", "cer", Limit(max=10.0, max_regression=0.3)),
        ("not named", "cer", Limit(max=10.0, max_regression=0.3)),
        (TOTAL, "cer", Limit(max=7.0, max_regression=0.2)),
        (TOTAL, "wer", Limit(max=25.0)),
        (TOTAL, "jer", None),
    ],
)
def test_an_entry_overrides_the_defaults_key_by_key(
    tmp_path: Path, category: str, metric: str, limit: Limit | None
) -> None:
    assert read(tmp_path, FULL).limit(category, metric) == limit


@pytest.mark.parametrize(("text", "confine"), [("", False), ("confine: true\n", True), ("confine: False\n", False)])
def test_data_are_confined_where_that_is_asked_for(tmp_path: Path, text: str, confine: bool) -> None:
    assert read(tmp_path, "version: 1\n" + text).confine is confine


def test_without_a_file_there_are_no_limits() -> None:
    thresholds = Thresholds()
    assert thresholds.confine is False
    assert thresholds.limit("D01", "cer") is None
    assert thresholds.limit(TOTAL, "cer") is None
    assert (thresholds.max_failed, thresholds.max_broken_entries, thresholds.max_unmatched) == (0, 0, None)
    assert thresholds.where("data") == "thresholds"


def test_where_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    thresholds = read(tmp_path, FULL)
    assert thresholds.where("normalize") == "thresholds.yaml:6"
    assert thresholds.where("categories.D04") == "thresholds.yaml:20"
    assert read(tmp_path, "version: 1").where("data") == "thresholds.yaml"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("langauge: ko", "unknown key 'langauge'; did you mean 'language'?"),
        ("Version: 1", "unknown key 'Version'; did you mean 'version'?"),
        ("<<: {data: x}", "unknown key '<<'"),
        ("data: 5", "data: expected text, found the number 5 (put it in quotes if it is meant)"),
        ("data: true", "data: expected text, found true"),
        ("data:", "data: expected text, found nothing"),
        ("data: ''", "data: expected readable text, found ''"),
        ('data: "a\\0b"', "data: expected readable text, found 'a\\x00b'"),
        ('data: "\\ud800"', "data: expected readable text, found '\\ud800'"),
        ("data: [a, b]", "data: expected text, found a list"),
        ("language: {a: b}", "language: expected text, found a mapping"),
        ("data: " + "x" * 5000, "data: longer than 4,096 characters: 'xxx"),
        ("confine: yes", "confine: expected true or false, found the text 'yes'"),
        ("confine: 1", "confine: expected true or false, found the number 1"),
        ("confine: 'true'", "confine: expected true or false, found the text 'true'"),
        ("confine:", "confine: expected true or false, found nothing"),
        ("confined: true", "unknown key 'confined'; did you mean 'confine'?"),
        ("task: transcribed", "task: unknown value 'transcribed'; did you mean 'transcribe'?"),
        ("normalize: bsaic", "normalize: unknown value 'bsaic'; did you mean 'basic'?"),
        ("max_failed: -1", "max_failed: must be 0 or more, found the number -1"),
        ("max_failed: 1.5", "max_failed: expected a whole number, found the number 1.5"),
        ("max_failed: true", "max_failed: expected a whole number, found true"),
        ("max_failed: '2'", "max_failed: expected a whole number, found the text '2': write 2, without quotes"),
        ("max_failed: null", "max_failed: expected a whole number, found nothing"),
        ("max_failed: 010", "max_failed: expected a whole number, found the number 010"),
        ("max_failed: 1" + "0" * 5000, "max_failed: must be 1000000000 or less"),
        ("max_broken_entries: many", "max_broken_entries: expected a whole number, found the text 'many'"),
        ("max_unmatched: -2", "max_unmatched: must be 0 or more"),
        ("num_beams: 0", "num_beams: must be 1 or more, found the number 0"),
        ("batch_size: 0", "batch_size: must be 1 or more"),
        ("seed: x", "seed: expected a whole number, found the text 'x'"),
        ("defaults: 5", "defaults: expected a mapping (name: value), found the number 5"),
        ("defaults: {cer: 5.5}", "defaults.cer: found the number 5.5: write {max: 5.5} (percent)"),
        ("defaults: {cer: }", "defaults.cer: found nothing: write {max: 5.0} (percent)"),
        ("defaults: {cer: {}}", "defaults.cer: found an empty mapping: write {max: 5.0} (percent)"),
        ("defaults: {cerr: {max: 5}}", "defaults: unknown key 'cerr'; did you mean 'cer'?"),
        ("defaults: {cer: {mxa: 5}}", "defaults.cer: unknown key 'mxa'; did you mean 'max'?"),
        ("defaults: {cer: {max: -5}}", "defaults.cer.max: must be 0 or more, found the number -5"),
        ("defaults: {cer: {max: -.5}}", "defaults.cer.max: must be 0 or more, found the number -.5"),
        ("defaults: {cer: {max: .nan}}", "defaults.cer.max: expected a decimal such as 5.0, found the number .nan"),
        ("defaults: {cer: {max: .inf}}", "defaults.cer.max: expected a decimal such as 5.0, found the number .inf"),
        ("defaults: {cer: {max: 1e3}}", "defaults.cer.max: expected a decimal such as 5.0, found the number 1e3"),
        ("defaults: {cer: {max: 1_0}}", "defaults.cer.max: expected a decimal such as 5.0"),
        ("defaults: {cer: {max: 1:30}}", "defaults.cer.max: expected a decimal such as 5.0, found the text '1:30'"),
        ("defaults: {cer: {max: true}}", "defaults.cer.max: expected a decimal such as 5.0, found true"),
        ("defaults: {cer: {max: null}}", "defaults.cer.max: expected a decimal such as 5.0, found nothing"),
        ("defaults: {cer: {max: 5 %}}", "found the text '5 %': write 5, without the percent sign"),
        ("defaults: {cer: {max: '5'}}", "found the text '5': write 5, without quotes"),
        ("defaults: {cer: {max: .}}", "defaults.cer.max: expected a decimal such as 5.0, found the text '.'"),
        ("defaults: {cer: {max: 1.2345678901234567890}}", "more digits than can be compared exactly"),
        ("group: 5", "group: expected text, found the number 5"),
        ("runaways: separated", "runaways: unknown value 'separated'; did you mean 'separate'?"),
        ("policy: strict", "policy: unknown value 'strict' (known: point, significant, non_inferior)"),
        ("max_policy: bounds", "max_policy: unknown value 'bounds'; did you mean 'bound'?"),
        ("on_inconclusive: warning", "on_inconclusive: unknown value 'warning'; did you mean 'warn'?"),
        ("on_inconclusive: true", "on_inconclusive: expected text, found true"),
        ("confidence: 95", "confidence: must be from 0.5 to 0.999, found the number 95: write 0.95"),
        ("confidence: 0.4", "confidence: must be from 0.5 to 0.999, found the number 0.4"),
        ("confidence: 95 %", "confidence: expected a decimal such as 5.0, found the text '95 %'"),
        ("total: {policy: pint}", "total.policy: unknown value 'pint'; did you mean 'point'?"),
        ("categories: {D01: {confidence: 1}}", "categories.D01.confidence: must be from 0.5 to 0.999"),
        ("categories: {D01: {polcy: point}}", "categories.D01: unknown key 'polcy'; did you mean 'policy'?"),
        ("defaults: {policy: point}", "defaults: unknown key 'policy'"),
        ("categories: {D01: 5}", "categories.D01: expected a mapping (name: value), found the number 5"),
        ("categories: {? " + "x" * 4097 + " : {}}", "categories: a key longer than 4,096 characters: 'xxx"),
        ("categories: {TOTAL: {}}", "TOTAL means all of them: use the key 'total' instead"),
        ("categories: {[a]: {}}", "categories: expected a name as the key, found a list"),
        ('categories: {"\\e[1m": {}}', "categories: expected a name as the key, found the text '\\x1b[1m'"),
        ("categories: {D01: {cer: {max: !!python/name:os.system ''}}}", "is not allowed: leave it out"),
        ("categories: {'01': {}, 01: {}}", "categories: duplicate key '01' (first on line 2): keep one of them"),
        ("categories: {\uac00: {}, \u1100\u1161: {}}", "categories: duplicate key '\uac00' (first on line 2)"),
        ("version: 1", "duplicate key 'version' (first on line 1): keep one of them"),
        ("data: !!python/object/apply:os.system ['false']", "is not allowed: leave it out"),
        ("defaults: &a {cer: *a}", "an anchor that contains itself: write the value out"),
        ("data: *unknown", "not valid YAML: found undefined alias 'unknown'"),
        ("\tdata: x", "not valid YAML: a tab: indent with spaces"),
        ("data: [a", "not valid YAML: "),
        ('data: "\\UFFFFFFFF"', "not valid YAML: "),
        ("data: a\x07b", "not valid YAML: the character U+0007 is not allowed: remove it"),
        ("data: " + "[" * 20_000, "nested too deeply"),
        ("--- {}", "not valid YAML: "),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    (problem,) = problems(tmp_path, f"version: 1\n{line}\n")
    assert problem.startswith(("thresholds.yaml:2: ", "thresholds.yaml:3: not valid YAML"))
    assert message in problem


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("langauge: ko", "thresholds: unknown key 'langauge'; did you mean 'language'?"),
        ("q" * 70 + ": 5", f"thresholds: unknown key {'q' * 60!r}"),
        ("task: " + "q" * 70, f"task: unknown value {'q' * 60!r}"),
        ("confidence: 50", "confidence: must be from 0.5 to 0.999, found the number 50: write 0.5"),
        ("confidence: 0.4", "confidence: must be from 0.5 to 0.999, found the number 0.4"),
        ("confidence: 49", "confidence: must be from 0.5 to 0.999, found the number 49"),
        ("policy: pint", "policy: unknown value 'pint'; did you mean 'point'?"),
        ("data: [a, b]", "data: expected text, found a list"),
        ("data:", "data: expected text, found nothing"),
        ("data: 5", "data: expected text, found the number 5 (put it in quotes if it is meant)"),
        ("seed: [1]", "seed: expected a whole number, found a list"),
        ("seed: many", "seed: expected a whole number, found the text 'many'"),
        ("seed: 'many'", "seed: expected a whole number, found the text 'many'"),
        ("seed: '.'", "seed: expected a whole number, found the text '.'"),
        ("seed: '5 %'", "seed: expected a whole number, found the text '5 %': write 5, without the percent sign"),
        ("seed: '" + "9" * 50 + "'", "seed: expected a whole number, found the text "
            f"'{'9' * 50}': write {'9' * 40}, without quotes"),
        ("max_failed: -" + "9" * 25, f"max_failed: must be 0 or more, found the number -{'9' * 25}"),
        ("max_failed: 1000000001", "max_failed: must be 1000000000 or less, found the number 1000000001"),
        ("data: " + "9" * 70, f"data: expected text, found the number {'9' * 60} (put it in quotes if it is meant)"),
        ("defaults: {cer: {max: [1]}}", "defaults.cer.max: expected a decimal such as 5.0, found a list"),
        ("defaults: {cer: {max: 5." + "0" * 29 + "}}", "defaults.cer.max: more digits than can be compared exactly: "
            f"round 5.{'0' * 29} to 15 digits"),
        ("defaults: {cer: {max: 5." + "0" * 50 + "}}", "defaults.cer.max: more digits than can be compared exactly: "
            f"round 5.{'0' * 38} to 15 digits"),
        ("total: {cer: 5}", "total.cer: found the number 5: write {max: 5} (percent)"),
        ("total: 5", "total: expected a mapping (name: value), found the number 5"),
        ("total: {defaults: 5}", "total: unknown key 'defaults'"),
        ("categories: {D01: {cer: 5}}", "categories.D01.cer: found the number 5: write {max: 5} (percent)"),
    ],
)  # fmt: skip
def test_a_mistake_word_for_word(tmp_path: Path, line: str, message: str) -> None:
    (problem,) = problems(tmp_path, f"version: 1\n{line}\n")
    assert problem.split(" (known: ")[0] == f"thresholds.yaml:2: {message}"


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("max_failed: 0", "max_failed", 0),
        ("max_failed: 1000000000", "max_failed", 10**9),
        ("num_beams: 1", "num_beams", 1),
        ("language: " + "x" * 4096, "language", "x" * 4096),
        ("defaults: {cer: {max: 5." + "0" * 28 + "}}", "defaults", {"cer": Limit(max=5)}),
        ("defaults: {cer: {max: +5}, wer: {max: +.5}}", "defaults", {"cer": Limit(max=5), "wer": Limit(max=0.5)}),
        ("confidence: 0.5", "policy", PolicyChoice(confidence=0.5)),
        ("confidence: 0.999", "policy", PolicyChoice(confidence=0.999)),
        ("categories: {? " + "x" * 4096 + " : {}}", "categories", {"x" * 4096: {}}),
    ],
)
def test_the_least_and_the_most_that_may_stand_there(tmp_path: Path, line: str, key: str, value: object) -> None:
    assert getattr(read(tmp_path, f"version: 1\n{line}\n"), key) == value


def test_one_mistake_does_not_hide_the_next(tmp_path: Path) -> None:
    text = "version: 0\ncategories: {TOTAL: {}, [a]: {}, ? " + "x" * 4097 + " : {}, D01: {cerr: 5}}\n"
    assert [each.split(":", 2)[2].split(" (known")[0][:70] for each in problems(tmp_path, text)] == [
        " version: this asr-regress reads version 1, found 0",
        " categories: expected a name as the key, found a list",
        f" categories: a key longer than 4,096 characters: '{'x' * 20}",
        " categories: TOTAL means all of them: use the key 'total' instead",
        " categories.D01: unknown key 'cerr'; did you mean 'cer'?",
    ]


def test_mistakes_of_one_line_are_told_in_the_order_of_reading(tmp_path: Path) -> None:
    found = problems(tmp_path, "version: 1\ndefaults: {cer: {max: x}, aer: 5}\n")
    assert [each.split(" ")[1] for each in found] == ["defaults:", "defaults.cer.max:"]


def test_a_duplicate_key_names_the_line_of_the_first_key(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "version: 1\ndefaults:\n  cer: {max: 5}\ntotal:\n  cer: {max: 5}\ndefaults: {}\n")
    assert problem.endswith("duplicate key 'defaults' (first on line 2): keep one of them")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "thresholds.yaml:1: the file is empty: begin it with 'version: 1'"),
        ("# nothing\n", "thresholds.yaml:1: the file is empty"),
        ("[1]", "thresholds.yaml:1: expected keys such as 'version: 1', found a list"),
        ("version", "thresholds.yaml:1: expected keys such as 'version: 1', found the text 'version'"),
        ("data: x", "thresholds.yaml:1: the key version is missing: begin the file with 'version: 1'"),
        ("version: 2", "thresholds.yaml:1: version: this asr-regress reads version 1, found 2"),
        ("version: '1'", "thresholds.yaml:1: version: expected a whole number, found the text '1'"),
        (b"version: 1\ndata: caf\xe9\n", "thresholds.yaml:2: not UTF-8 (byte 0xe9): save the file as UTF-8"),
        ("version: 1".encode("utf-16"), "thresholds.yaml:1: not UTF-8"),
        (b"version: 1 #" + b"x" * MAX_BYTES, "thresholds.yaml: over 256 KiB"),
    ],
)
def test_a_file_that_cannot_be_used_at_all(tmp_path: Path, text: str | bytes, message: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(message)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(tmp_path, "version: 1\nseed: x\ntotal: {cer: 5}\nmax_failed: -1\nlangauge: ko\n")
    assert [problem.split(":")[1] for problem in found] == ["2", "3", "4", "5"]


def test_the_number_of_problems_told_is_bounded_even_with_shared_nodes(tmp_path: Path) -> None:
    wrong = ", ".join(f"k{n}: 1" for n in range(1000))
    shared = "\n".join(f"  C{n}: *wrong" for n in range(1000))
    found = problems(tmp_path, f"version: 1\ncategories:\n  A: &wrong {{{wrong}}}\n{shared}\n")
    assert len(found) == 21
    assert found[-1].endswith("too many problems: the rest of the file was not checked")


def test_categories_may_share_limits_by_an_alias(tmp_path: Path) -> None:
    thresholds = read(tmp_path, "version: 1\ncategories:\n  A: &strict {cer: {max: 3}}\n  B: *strict\n")
    assert thresholds.limit("B", "cer") == Limit(max=3.0)


@pytest.mark.parametrize(
    "text", ["\ufeffversion: 1\n", "version: 1\r\nseed: 3\r\n", "%YAML 1.1\n---\nversion: 1\n...\n"]
)
def test_harmless_forms_are_read(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).max_failed == 0


def test_norwegian_is_a_language(tmp_path: Path) -> None:
    assert read(tmp_path, "version: 1\nlanguage: no\n").language == "no"


def test_commented_out_limits_are_none(tmp_path: Path) -> None:
    assert read(tmp_path, "version: 1\ncategories:\n#  D01: {cer: {max: 1}}\n").categories == {}


def test_any_number_of_unmatched_files(tmp_path: Path) -> None:
    assert read(tmp_path, "version: 1\nmax_unmatched: null\n").max_unmatched is None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"thresholds.yaml: no such file; `asr-regress init` writes one"):
        read_thresholds(tmp_path / "thresholds.yaml", METRICS)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_not_a_file(tmp_path: Path, make: object) -> None:
    path = tmp_path / "thresholds.yaml"
    make(path)  # type: ignore[operator]
    with pytest.raises(ConfigurationError, match="not a file"):
        read_thresholds(path, METRICS)


def test_a_category_without_data_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    thresholds = read(tmp_path, "version: 1\ncategories:\n  D01: {}\n  D2: {}\n  '01': {}\n")
    check_against(thresholds, {"D01", "D2", "01", "other"})
    with pytest.raises(ConfigurationError) as caught:
        check_against(thresholds, {"D01", "D02"})
    first, second = str(caught.value).replace(f"{tmp_path}{os.sep}", "").splitlines()
    belongs = "(known: D01, D02): no utterance of the data belongs to it"
    assert first == f"thresholds.yaml:4: unknown category 'D2'; did you mean 'D02'? {belongs}"
    assert second == f"thresholds.yaml:5: unknown category '01'; did you mean 'D01'? {belongs}"


def test_the_number_of_unknown_categories_told_is_bounded(tmp_path: Path) -> None:
    thresholds = read(tmp_path, "version: 1\ncategories:\n" + "".join(f"  C{n}: {{}}\n" for n in range(1000)))
    with pytest.raises(ConfigurationError) as caught:
        check_against(thresholds, {f"D{n}" + "x" * 300 for n in range(1000)})
    assert len(str(caught.value).splitlines()) == 21
    assert str(caught.value).endswith("thresholds.yaml:2: and 980 more")
    assert len(str(caught.value)) < 100_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("categories:\n a0: &a0 {cer: {max: 1}}\n"
            + "".join(f" a{n}: &a{n} {{{', '.join(f'x{m}: *a{n - 1}' for m in range(10))}}}\n" for n in range(1, 30)),
            id="billion laughs"),
        pytest.param("data: " + "[" * 100_000, id="depth"),
        pytest.param("slices:\n" + "- " * 100_000, id="depth of blocks"),
        pytest.param("? " * 100_000, id="depth of keys"),
        pytest.param("seed: " + "9" * 200_000, id="a large number"),
        pytest.param("defaults: {cer: {max: " + "9" * 200_000 + "}}", id="a large limit"),
        pytest.param("data: !<" + "%41" * 60_000 + "> x", id="a long tag"),
        pytest.param("categories:\n" + "".join(f"  {'c' * 5000}{n}: 5\n" for n in range(40)), id="long names"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_hostile_file_is_short(tmp_path: Path, text: str) -> None:
    assert len("\n".join(problems(tmp_path, "version: 1\n" + text))) < 5000


YAML_PARTS = st.sampled_from(
    [
        *"\n:{}[],-&*!|>'\"%#?\t ~",
        "version: 1\n",
        "categories",
        "total",
        "D01",
        "cer",
        "max",
        "5.0",
        "- ",
        "  ",
        "&a",
        "*a",
        "<<",
        "!!binary",
        "\\U",
        "\x85",
        "\u2028",
        "---",
        "%YAML 1.1",
        "9" * 30,
    ]
)


@given(st.lists(YAML_PARTS, max_size=30).map("".join).map(str.encode) | st.binary(max_size=200))
def test_any_bytes_give_thresholds_or_our_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    result = read_or_message(write(tmp_path_factory.getbasetemp(), b"version: 1\n" + data))
    assert isinstance(result, Thresholds) or "thresholds.yaml:" in result


def read_or_message(path: Path) -> Thresholds | str:
    try:
        return read_thresholds(path, METRICS)
    except ConfigurationError as error:
        return str(error)


@given(st.decimals(0, 1000, allow_nan=False, places=3))
def test_decimals_are_kept_as_written(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = write(tmp_path_factory.getbasetemp(), f"version: 1\ndefaults: {{cer: {{max: {value}}}}}\n")
    limit = read_thresholds(path, METRICS).limit("any", "cer")
    assert limit == Limit(max=float(str(value)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", False),
        ("defaults: {}\ntotal: {}\ncategories: {D01: {}}\nslices: [speaker]\n", False),
        ("policy: point\ntotal: {policy: point}\n", False),
        ("defaults: {cer: {max: 5}}\n", True),
        ("total: {cer: {max: 5}}\n", True),
        ("categories: {D01: {}, D02: {cer: {max: 5}}}\n", True),
        ("slices: {speaker: {cer: {max: 5}}}\n", True),
    ],
)
def test_whether_any_limit_is_set(tmp_path: Path, text: str, found: bool) -> None:
    assert read(tmp_path, "version: 1\n" + text).names_metrics is found


def test_slices_have_limits_or_only_inform(tmp_path: Path) -> None:
    text = "version: 1\nslices:\n  speaker: {cer: {max: 12, max_regression: 2}}\n  duration:\n"
    thresholds = read(tmp_path, text)
    assert thresholds.slices == {"speaker": {"cer": Limit(max=12, max_regression=2)}, "duration": {}}
    assert thresholds.slice_limit("speaker", "cer") == Limit(max=12, max_regression=2)
    for name, metric in (("speaker", "wer"), ("duration", "cer"), ("dialect", "cer")):
        assert thresholds.slice_limit(name, metric) is None
    listed = read(tmp_path, "version: 1\nslices:\n- speaker\n- duration\n")
    assert listed.slices == {"speaker": {}, "duration": {}}
    assert thresholds.where("slices.duration") == listed.where("slices.duration")
    assert listed.where("slices.speaker").endswith(":3")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("slices: speaker", "slices: expected a mapping (name: value), found the text 'speaker'"),
        ("slices: [5]", "slices: expected text, found the number 5"),
        ("slices: {speaker: 5}", "slices.speaker: expected a mapping (name: value), found the number 5"),
        ("slices: {speaker: {policy: point}}", "slices.speaker: unknown key 'policy'"),
        ("slices: {speaker: {cer: {max: x}}}", "slices.speaker.cer.max: expected a decimal such as 5.0"),
    ],
)
def test_a_mistake_in_slices(tmp_path: Path, line: str, message: str) -> None:
    (problem,) = problems(tmp_path, f"version: 1\n{line}\n")
    assert problem.startswith(f"thresholds.yaml:2: {message}")


POLICIES = """\
version: 1
group: call
runaways: separate
policy: point
confidence: 0.9
on_inconclusive: fail
categories:
  D01: {policy: significant, cer: {max: 5}}
  D02: {confidence: 0.99, max_policy: bound}
total: {on_inconclusive: pass, cer: {max: 4}}
"""


@pytest.mark.parametrize(
    ("category", "policy"),
    [
        ("D01", Policy(Rule.SIGNIFICANT, MaxRule.POINT, OnInconclusive.FAIL, 0.9)),
        ("D02", Policy(Rule.POINT, MaxRule.BOUND, OnInconclusive.FAIL, 0.99)),
        ("D03", Policy(Rule.POINT, MaxRule.POINT, OnInconclusive.FAIL, 0.9)),
        (TOTAL, Policy(Rule.POINT, MaxRule.POINT, OnInconclusive.PASS, 0.9)),
    ],
)
def test_the_policy_of_the_run_and_of_its_parts(tmp_path: Path, category: str, policy: Policy) -> None:
    thresholds = read(tmp_path, POLICIES)
    assert thresholds.policy_for(category) == policy
    assert (thresholds.group, thresholds.runaways) == ("call", Runaways.SEPARATE)
    assert thresholds.limit("D01", "cer") == Limit(max=5.0)


def test_the_policy_of_a_file_that_names_none(tmp_path: Path) -> None:
    thresholds = read(tmp_path, "version: 1\n")
    assert thresholds.policy_for("D01") == Thresholds().policy_for(TOTAL) == Policy()
    assert (thresholds.group, thresholds.runaways) == (None, Runaways.COUNT)
