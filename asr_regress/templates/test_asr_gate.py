"""The release gate: pytest --model=path/to/checkpoint. Without a model, this test is left out."""


def test_error_rate(asr_case):
    """One category, or the total, of one model by one metric, against thresholds.yaml and the baseline."""
    asr_case.check()
