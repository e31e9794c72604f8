"""The gate: may this checkpoint ship? Runs with `pytest --model=PATH`."""

from asr_regress.pytest_support.gate import GateCase


def test_error_rate(asr_case: GateCase) -> None:
    """One category, or the total, of one model by one metric, held against thresholds.yaml and the baseline."""
    asr_case.check()
