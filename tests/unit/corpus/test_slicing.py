"""Slices: every utterance has one, and numbers fall into buckets that do not depend on order."""

import pytest

from asr_regress.corpus.slicing import UNKNOWN, sliceable_fields, slicer
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import DataError


def utterance(key: str, **values: object) -> Utterance:
    known = {name: values.pop(name) for name in ("speaker", "duration") if name in values}
    return Utterance(id=key, audio="a.wav", reference="x", category="D01", fields=values, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [
        (0.0, "under 2 s"),
        (1.99, "under 2 s"),
        (2.0, "2-5 s"),
        (29.9, "20-30 s"),
        (30.0, "30 and more s"),
        (None, UNKNOWN),
    ],
)
def test_durations_fall_into_fixed_buckets(seconds: float | None, bucket: str) -> None:
    assert slicer([], "duration")(utterance("a", duration=seconds)) == bucket


def test_texts_and_few_numbers_are_slices_of_their_own() -> None:
    data = [utterance("a", codec="g711", year=2020), utterance("b", codec="amr", year=2021), utterance("c")]
    assert [slicer(data, "codec")(each) for each in data] == ["g711", "amr", UNKNOWN]
    assert [slicer(data, "year")(each) for each in data] == ["2020", "2021", UNKNOWN]
    assert [slicer(data, "speaker")(each) for each in data] == [UNKNOWN] * 3
    assert sliceable_fields(data) == ("codec", "duration", "speaker", "year")


@pytest.mark.parametrize("field", ["speaker", "device"])
def test_there_are_not_more_slices_than_anybody_could_see(field: str) -> None:
    data = [utterance(str(n), **{field: f"a name {n}"}) for n in range(20_001)]
    slicer(data[1:], field)
    with pytest.raises(DataError, match=f"slices: {field} has 20,001 different values"):
        slicer(data, field)


def test_many_numbers_fall_into_quartiles_whatever_their_order() -> None:
    data = [utterance(str(n), snr=float(n)) for n in range(40)]
    name = slicer(data, "snr")
    sizes: dict[str, int] = {}
    for each in data:
        sizes[name(each)] = sizes.get(name(each), 0) + 1
    assert sizes == {"under 10": 10, "10-20": 10, "20-30": 10, "30 and more": 10}
    backwards = slicer(data[::-1], "snr")
    assert [backwards(each) for each in data] == [name(each) for each in data]
