import contextlib
import struct

import numpy as np
import pytest
from ctranslate2_reader import DTYPES, CTranslate2FormatError, read_variables
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

CODES = {dtype: code for code, dtype in DTYPES.items()}


def string(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack("<H", len(raw)) + raw


def model_file(variables: dict[str, np.ndarray]) -> bytes:
    """The bytes of a model.bin, written field by field as the format says."""
    out = struct.pack("<I", 6) + string("WhisperSpec") + struct.pack("<II", 3, len(variables))
    for name, array in variables.items():
        out += string(name) + struct.pack("<B", array.ndim) + struct.pack(f"<{array.ndim}I", *array.shape)
        out += struct.pack("<BI", CODES[array.dtype], array.nbytes) + array.tobytes()
    return out + struct.pack("<I", 0)


arrays = st.sampled_from(list(CODES)).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)
models = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), arrays, max_size=4
)


@given(models)
@settings(max_examples=50, deadline=None)
def test_reads_back_what_was_written(variables: dict[str, np.ndarray]) -> None:
    read = read_variables(model_file(variables))
    assert list(read) == list(variables)
    for name, array in variables.items():
        assert read[name].dtype == array.dtype
        np.testing.assert_array_equal(read[name], array)


@given(st.integers(0, 200))
@settings(deadline=None)
def test_a_file_cut_off_anywhere_is_refused(size: int) -> None:
    whole = model_file({"encoder/weight": np.arange(40, dtype=np.float32).reshape(5, 8)})
    cut = whole[: min(size, len(whole) - 5)]  # the last four bytes count the aliases, which are not read
    with pytest.raises(CTranslate2FormatError, match="cut-off"):
        read_variables(cut)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_give_variables_or_the_named_error(blob: bytes) -> None:
    header = struct.pack("<I", 6) + string("WhisperSpec") + struct.pack("<II", 3, 2)
    for content in (blob, header + blob):
        with contextlib.suppress(CTranslate2FormatError):
            variables = read_variables(content)
            assert sum(array.nbytes for array in variables.values()) <= len(content)


def test_an_unknown_data_type_is_named() -> None:
    blob = model_file({"weight": np.zeros(2, np.float32)})
    with pytest.raises(CTranslate2FormatError, match=r"'weight' has data type 9"):
        read_variables(blob.replace(struct.pack("<BI", 0, 8), struct.pack("<BI", 9, 8)))


def test_a_size_that_does_not_fit_the_shape_is_refused() -> None:
    blob = model_file({"weight": np.zeros(2, np.float32)})
    with pytest.raises(CTranslate2FormatError, match=r"shape \[2\].* cannot have 7 bytes"):
        read_variables(blob.replace(struct.pack("<BI", 0, 8), struct.pack("<BI", 0, 7)))


def test_a_name_that_comes_twice_is_refused() -> None:
    blob = model_file({"a": np.zeros(1, np.float32), "b": np.zeros(1, np.float32)})
    with pytest.raises(CTranslate2FormatError, match="'a' comes twice"):
        read_variables(blob.replace(string("b"), string("a")))
