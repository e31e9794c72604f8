import random
from collections.abc import Callable

import pytest

from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Status

MakeBaseline = Callable[..., Baseline]


@pytest.fixture(scope="session")
def make_baseline() -> MakeBaseline:
    """Baselines of any size, the same for the same arguments."""

    def make(size: int = 30, id_form: str = "D{category:02}/S{speaker:06}/{number:08}.wav") -> Baseline:
        draw = random.Random(size)

        def row(number: int) -> BaselineRow:
            category = draw.randrange(1, 11) if size > 10 else 1
            status = draw.choices(list(Status), [0.97, 0.02, 0.01])[0]
            words = draw.randrange(1, 40) if status is Status.SCORED else 0
            said = status is not Status.FAILED
            return BaselineRow(
                id=id_form.format(
                    category=category, speaker=draw.randrange(10**6), number=number, bits=draw.getrandbits(128)
                ),
                category=f"D{category:02}",
                status=status,
                reference_key=f"{draw.getrandbits(32):08x}",
                audio_key=f"{draw.randrange(1, 2**32):08x}" if said else "",
                counts=tuple(
                    ErrorCounts(
                        substitutions=draw.randrange(words * scale // 8 + 1),
                        insertions=draw.randrange(4) if said else 0,
                        deletions=draw.randrange(words * scale // 12 + 1),
                        reference_length=words * scale,
                    )
                    for scale in (5, 1)
                ),
            )

        rows = sorted((row(number) for number in range(size)), key=lambda one: one.id)
        return Baseline(
            model="medium-ft-2",
            model_fingerprint="ab" * 32,
            data_fingerprint="cd" * 32,
            text_rules="basic 1",
            metrics=("cer", "wer"),
            decoding={
                "language": "ko",
                "task": "transcribe",
                "num_beams": "1",
                "dtype": "bfloat16",
                "batch_size": "16",
            },
            environment={"transformers": "5.23.0", "hardware": "8 cores"},
            rows=tuple(rows),
        )

    return make
