"""Holm's correction for asking the same question of many categories."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values: those below a level are significant, and any false one among them is no likelier than it.

    Holm 1979, "A simple sequentially rejective multiple test procedure". Equal to statsmodels'
    ``multipletests(method="holm")``, which would cost more to import than all of judging does.

    Args:
        p_values: One a category, in any order.

    Returns:
        In the order given.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted
