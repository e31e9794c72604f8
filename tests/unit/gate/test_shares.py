"""A share of utterances has an interval within 0 and 100 %, however few speakers there are."""

from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.score import Pair, score
from asr_regress.text.rules import get_rules


def test_the_interval_of_a_share_ends_at_100_percent() -> None:
    # One speaker is always right, the two others never: three units can't tell much.
    hypotheses = ["abc" if n % 3 == 0 else "wrong" for n in range(30)]
    pairs = [
        Pair(id=f"{n:02}", category="D01", reference="abc", hypothesis=text, group=f"s{n % 3}")
        for n, text in enumerate(hypotheses)
    ]
    names = ["cer", "ser"]
    utterances = score(pairs, get_rules("none"), [get_metric(name) for name in names])
    measured = Measured("m", "m", "f", {}, {"D01"}, utterances, grouped_by="speaker")
    found = {name: model_outcome(measured, names, Thresholds()).total.metrics[name].evidence for name in names}
    assert found["ser"] is not None
    assert found["ser"].rate is not None
    assert 0 <= found["ser"].rate.low < found["ser"].rate.high == 100
    assert found["cer"] is not None
    assert found["cer"].rate is not None
    assert found["cer"].rate.high > 100
