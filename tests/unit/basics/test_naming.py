import pytest

from asr_regress.basics.naming import unknown_name


@pytest.mark.parametrize(
    ("name", "known", "message"),
    [
        ("ceR", ["cer", "wer"], "unknown metric 'ceR'; did you mean 'cer'? (known: cer, wer)"),
        ("D1", ["D01", "D02"], "unknown metric 'D1'; did you mean 'D01'? (known: D01, D02)"),
        ("bleu", ["cer", "wer"], "unknown metric 'bleu' (known: cer, wer)"),
        ("x", [], "unknown metric 'x' (known: none)"),
    ],
)
def test_names_the_nearest_known_and_lists_all(name: str, known: list[str], message: str) -> None:
    assert unknown_name("metric", name, known) == message
