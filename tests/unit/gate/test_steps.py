from collections.abc import Sequence

import pytest

from asr_regress.gate.steps import family, step_of, steps_of


@pytest.mark.parametrize(
    ("name", "step", "without"),
    [
        ("checkpoint-500", 500, "checkpoint-*"),
        ("epoch=3-step=1000", 1000, "epoch=3-step=*"),
        ("global_step12-v2", 12, "global_step*-v2"),
        ("whisper-base-v2", 2, "whisper-base-v*"),
        ("final", None, "final"),
        ("", None, ""),
        ("x" + "9" * 40, None, "x" + "9" * 40),
    ],
)
def test_the_step_of_a_name(name: str, step: int | None, without: str):
    assert step_of(name) == step
    assert family(name) == without


@pytest.mark.parametrize(
    ("names", "steps"),
    [
        (["checkpoint-500", "checkpoint-1000"], [500, 1000]),
        (["checkpoint-500", "checkpoint-1000", "final"], [500, 1000, None]),
        (["checkpoint-500", "final"], [None, None]),
        (["a-1", "b-2"], [None, None]),
        (["a-1", "a-01"], [None, None]),
        ([], []),
    ],
)
def test_steps_are_of_one_training_run(names: Sequence[str], steps: Sequence[int | None]):
    assert steps_of(names) == steps
