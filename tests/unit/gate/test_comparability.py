from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asr_regress.errors import BaselineError
from asr_regress.gate.baseline import Baseline, FactsInColumns, RunFacts, UtteranceFacts
from asr_regress.gate.baseline_columns import decode_rows, encode_rows
from asr_regress.gate.comparability import Comparability, compatibility, require_comparable

MakeBaseline = Callable[..., Baseline]


@pytest.fixture
def baseline(make_baseline: MakeBaseline) -> Baseline:
    return make_baseline(6, "u{number}")


@pytest.fixture
def run(baseline: Baseline) -> RunFacts:
    """The conditions that the baseline was made under."""
    return RunFacts(
        text_rules=baseline.text_rules,
        metrics=baseline.metrics,
        decoding=baseline.decoding,
        environment=baseline.environment,
        utterances={row.id: UtteranceFacts(row.category, row.reference_key, row.audio_key) for row in baseline.rows},
        whole=True,
    )


def without(facts: Mapping[str, UtteranceFacts], *ids: str) -> dict[str, UtteranceFacts]:
    return {key: value for key, value in facts.items() if key not in ids}


def test_the_same_conditions_are_comparable(baseline: Baseline, run: RunFacts) -> None:
    assert compatibility(baseline, run) == Comparability()
    assert require_comparable(baseline, run, "baselines/m.json") == Comparability()


def test_a_part_is_comparable_with_the_whole(baseline: Baseline, run: RunFacts) -> None:
    part = replace(run, utterances=without(run.utterances, "u1", "u2"), whole=False)
    assert compatibility(baseline, part) == Comparability()


Change = Callable[[RunFacts], RunFacts]


def decoding(**changed: str) -> Change:
    return lambda run: replace(run, decoding={**run.decoding, **changed})


def utterance(key: str, **changed: str) -> Change:
    return lambda run: replace(run, utterances={**run.utterances, key: replace(run.utterances[key], **changed)})


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda run: replace(run, text_rules="basic 2"), "text rules: 'basic 1' in the baseline, 'basic 2' now"),
        (
            lambda run: replace(run, metrics=("cer", "wer", "jer")),
            "the baseline has 'cer', 'wer', but not 'jer'",
        ),
        (decoding(language="en"), "language: 'ko' in the baseline, 'en' now"),
        (decoding(task="translate"), "task: 'transcribe' in the baseline, 'translate' now"),
        (decoding(num_beams="5"), "num_beams: '1' in the baseline, '5' now"),
        (
            lambda run: replace(run, utterances={**run.utterances, "new": UtteranceFacts("D01", "0" * 8, "1" * 8)}),
            "data: 1 utterance ('new') not in the baseline",
        ),
        (
            lambda run: replace(run, utterances=without(run.utterances, "u0", "u2", "u3", "u5")),
            "data: 4 utterances ('u0', 'u2', 'u3', …) only in the baseline",
        ),
        (utterance("u1", reference_key="0" * 8), "('u1') with another reference or category than in the baseline"),
        (utterance("u1", category="D77"), "('u1') with another reference or category than in the baseline"),
        (utterance("u2", audio_key="f" * 8), "('u2') with another recording than in the baseline"),
    ],
)
def test_what_is_refused(baseline: Baseline, run: RunFacts, change: Change, refusal: str) -> None:
    found = compatibility(baseline, change(run))
    assert len(found.refusals) == 1
    assert refusal in found.refusals[0]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (decoding(dtype="float32"), "dtype: 'bfloat16' in the baseline, 'float32' now"),
        (decoding(batch_size="8"), "batch_size: '16' in the baseline, '8' now"),
        (decoding(attention="eager"), "attention: not recorded in the baseline, 'eager' now"),
        (decoding(temperature="0.2"), "temperature: not recorded in the baseline, '0.2' now"),
        (decoding(device="cuda"), "device: not recorded in the baseline, 'cuda' now"),
        (decoding(backend="ctranslate2"), "backend: not recorded in the baseline, 'ctranslate2' now"),
        (
            lambda run: replace(run, environment={**run.environment, "transformers": "5.24.0"}),
            "transformers: '5.23.0' in the baseline, '5.24.0' now",
        ),
        (
            lambda run: replace(run, environment={"transformers": "5.23.0"}),
            "hardware: '8 cores' in the baseline, not recorded now",
        ),
        (lambda run: replace(run, metrics=("wer",)), "metrics: 'cer' only in the baseline"),
    ],
)
def test_what_is_a_warning(baseline: Baseline, run: RunFacts, change: Change, warning: str) -> None:
    found = require_comparable(baseline, change(run), "baselines/m.json")
    assert (*found.warnings, *found.unrecorded) == (warning,)


def test_a_recording_that_cannot_be_read_is_no_other_recording(baseline: Baseline, run: RunFacts) -> None:
    assert compatibility(baseline, utterance("u1", audio_key="")(run)) == Comparability()


def test_a_refusal_lists_everything_and_says_how_to_mend_it(baseline: Baseline, run: RunFacts) -> None:
    changed = replace(decoding(language="en", dtype="float32")(run), text_rules="none 1")
    with pytest.raises(BaselineError) as caught:
        require_comparable(baseline, changed, "baselines/m.json")
    message = str(caught.value)
    assert message.startswith("baselines/m.json: the baseline is not comparable with this run:\n")
    assert message.count("\n  - ") == 2
    assert message.endswith(
        "\nMeasure as the baseline was measured, or make a new one from the model that it came from ('medium-ft-2'): "
        "pytest --model=... --asr-save-baseline=baselines/m.json"
    )


def test_a_baseline_needs_the_metrics_that_are_judged_and_no_others(baseline: Baseline, run: RunFacts) -> None:
    counted = replace(run, metrics=("cer", "wer", "jer", "mer", "ser"))
    assert compatibility(baseline, replace(counted, required=("wer", "cer"))) == Comparability()
    (refusal,) = compatibility(baseline, counted).refusals
    assert refusal == "metrics: the baseline has 'cer', 'wer', but not 'jer', 'mer', 'ser'"
    rows = tuple(replace(row, counts=()) for row in baseline.rows)
    (refusal,) = compatibility(replace(baseline, metrics=(), rows=rows), run).refusals
    assert refusal == "metrics: the baseline has none, but not 'cer', 'wer'"


def test_what_others_wrote_is_cut(baseline: Baseline, run: RunFacts) -> None:
    before = replace(
        baseline,
        model="m" * 300,
        decoding={**baseline.decoding, "language": "b" * 300, "prompt": "p" * 300},
        environment={"hardware": "h" * 300},
    )
    now = replace(decoding(language="n" * 300, token="t" * 300)(run), environment={"hardware": "g" * 300})
    now = replace(now, utterances={**now.utterances, "u" * 300: UtteranceFacts("D01", "0" * 8, "1" * 8)})
    found = compatibility(before, now)
    assert found.refusals == (
        f"language: {'b' * 200!r} in the baseline, {'n' * 200!r} now",
        f"data: 1 utterance ({'u' * 200!r}) not in the baseline: more than 1% on one side only",
    )
    assert found.warnings == (f"hardware: {'h' * 200!r} in the baseline, {'g' * 200!r} now",)
    assert found.unrecorded == (
        f"prompt: {'p' * 200!r} in the baseline, not recorded now",
        f"token: not recorded in the baseline, {'t' * 200!r} now",
    )
    with pytest.raises(BaselineError) as caught:
        require_comparable(before, now, "b.json")
    assert f"({'m' * 200!r}): pytest" in str(caught.value)


@pytest.mark.parametrize(
    ("gone", "new", "whole", "refused"),
    [
        (3, 0, True, False),
        (2, 1, True, False),
        (3, 1, True, True),
        (4, 0, True, True),
        (0, 4, True, True),
        (0, 3, False, False),
        (150, 1, False, False),
        (150, 2, False, True),
    ],
)
def test_up_to_1_percent_of_one_sided_utterances_is_a_warning(
    make_baseline: MakeBaseline, gone: int, new: int, whole: bool, refused: bool
) -> None:
    baseline = make_baseline(300, "u{number:04}")
    kept = baseline.rows[gone:]
    utterances = {row.id: UtteranceFacts(row.category, row.reference_key, row.audio_key) for row in kept}
    utterances |= {f"new{number}": UtteranceFacts("D01", "0" * 8, "1" * 8) for number in range(new)}
    run = RunFacts("basic 1", baseline.metrics, baseline.decoding, baseline.environment, utterances, whole)
    found = compatibility(baseline, run)
    listed, other = (found.refusals, found.warnings) if refused else (found.warnings, found.refusals)
    assert len(listed) == (new > 0) + (gone > 0 and whole)
    assert other == ()
    if new:
        plural = "s" if new > 1 else ""
        assert listed[0].startswith(f"data: {new} utterance{plural} ('new0'")
    if gone and whole:
        assert f"data: {gone} utterance" in listed[-1]
        assert "only in the baseline" in listed[-1]
    assert all(
        each.endswith(": more than 1% on one side only" if refused else ": the others are compared") for each in listed
    )


CHANGES = st.dictionaries(
    st.sampled_from(["category", "reference_key", "audio_key"]), st.sampled_from(["", "1" * 8, "D02"]), max_size=2
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(CHANGES, min_size=6, max_size=6),
    left_out=st.sets(st.integers(0, 5), max_size=2),
    whole=st.booleans(),
)
def test_facts_in_columns_are_compared_like_others(
    baseline: Baseline, run: RunFacts, changes: list[dict[str, str]], left_out: set[int], whole: bool
) -> None:
    rows = zip(run.utterances.items(), changes, strict=True)
    facts = {key: replace(each, **change) for place, ((key, each), change) in enumerate(rows) if place not in left_out}
    columns = FactsInColumns(
        list(facts),
        [each.category for each in facts.values()],
        [each.reference_key for each in facts.values()],
        [each.audio_key for each in facts.values()],
    )
    assert dict(columns) == facts
    one, other = (replace(run, utterances=each, whole=whole) for each in (facts, columns))
    names = sorted({row.category for row in baseline.rows})
    as_read = decode_rows(encode_rows(baseline.rows, names, 2), len(baseline.rows), names, 2)
    assert compatibility(baseline, one) == compatibility(baseline, other)
    assert compatibility(baseline, one) == compatibility(replace(baseline, rows=as_read), other)
