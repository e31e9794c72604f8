"""What is better than the baseline, asked of outcomes whose p-values are known."""

import pytest

from asr_regress.gate.evidence import Evidence
from asr_regress.gate.finishing import improvements
from asr_regress.gate.outcome import TOTAL, MetricOutcome
from asr_regress.gate.verdict import Judgement, Verdict
from asr_regress.scoring.counts import ErrorCounts


def outcome(
    no_better: float | None, no_worse: float | None = 0.9, verdict: Verdict = Verdict.PASS, weighed: bool = True
) -> MetricOutcome:
    evidence = Evidence(0.95, "utterance", 100, 100, p_no_worse=no_worse, p_no_better=no_better)
    return MetricOutcome("cer", ErrorCounts(), Judgement(verdict), evidence=evidence if weighed else None)


D01, D02, ALL, WER = ("D01", "cer"), ("D02", "cer"), (TOTAL, "cer"), ("D01", "wer")


@pytest.mark.parametrize(
    ("outcomes", "better"),
    [
        pytest.param({D01: outcome(0.04), D02: outcome(0.04)}, (), id="two categories: twice the p-value"),
        pytest.param({D01: outcome(0.04), D02: outcome(0.001)}, (D01, D02), id="Holm's, not Bonferroni's"),
        pytest.param({D01: outcome(0.03), D02: outcome(0.9)}, (), id="the other one counts, too"),
        pytest.param(
            {D01: outcome(0.04), ALL: outcome(0.04), WER: outcome(0.04)}, (D01, ALL, WER), id="each asked by itself"
        ),
        pytest.param({D01: outcome(0.05)}, (), id="at the level, not below"),
        pytest.param({D01: outcome(0.04), D02: outcome(None)}, (D01,), id="one without a p-value is not asked"),
        pytest.param({D01: outcome(0.04), D02: outcome(0.9, weighed=False)}, (D01,), id="nor one without evidence"),
        pytest.param(
            {D01: outcome(0.04), D02: outcome(0.001, 0.001, Verdict.NOT_JUDGED)}, (D01,), id="nor one not judged"
        ),
        pytest.param({D01: outcome(0.04), ALL: outcome(0.9, 0.04)}, (), id="worse beyond chance, though allowed"),
        pytest.param({D01: outcome(0.04), ALL: outcome(0.9, 0.05)}, (D01,), id="worse, but not beyond chance"),
        pytest.param({D01: outcome(0.04), ALL: outcome(0.9, verdict=Verdict.REGRESSED)}, (), id="regressed"),
        pytest.param({D01: outcome(0.04), ALL: outcome(0.9, verdict=Verdict.NOT_MEASURED)}, (), id="not measured"),
        pytest.param({D01: outcome(0.04), ALL: outcome(0.9, verdict=Verdict.INCONCLUSIVE)}, (D01,), id="inconclusive"),
    ],
)
def test_improvements(outcomes: dict[tuple[str, str], MetricOutcome], better: tuple[tuple[str, str], ...]) -> None:
    assert improvements(outcomes) == better
