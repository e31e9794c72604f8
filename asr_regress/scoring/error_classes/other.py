"""Other: what no class before it explains."""

from collections.abc import Iterator

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites:
        said, heard = _differing(pair.said(site).split(" "), pair.heard(site).split(" "))
        yield Claim(tuple(site.edits), said, heard)


def _differing(said: list[str], heard: list[str]) -> tuple[str, str]:
    """Words without those that both begin or end with."""
    shorter, start, end = min(len(said), len(heard)), 0, 0
    while start < shorter and said[start] == heard[start]:
        start += 1
    while end < shorter - start and said[-1 - end] == heard[-1 - end]:
        end += 1
    return " ".join(said[start : len(said) - end]), " ".join(heard[start : len(heard) - end])


OTHER = ErrorClass("other", "other", "words misheard, made up or left out in between", _find)
