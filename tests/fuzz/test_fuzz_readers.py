"""Any bytes give a value or one of our errors: every reader, fed with anything and with valid files gone wrong."""

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent
CRASHERS = sorted(path for path in (HERE / "crashers").glob("*") if path.is_file())


def load_targets() -> ModuleType:
    """The module beside this one: tests are no package."""
    spec = importlib.util.spec_from_file_location("asr_regress_fuzz_targets", HERE / "targets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TARGETS = load_targets().TARGETS
READERS = pytest.mark.parametrize("reader", TARGETS)


def mutated(seeds: Sequence[bytes], tokens: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Valid files of which a few places were cut out, doubled, flipped or overwritten with parts of the format."""
    pieces = st.sampled_from([b"", *tokens]) if tokens else st.just(b"")
    change = st.tuples(st.integers(0, 10_000), st.integers(0, 40), pieces | st.binary(max_size=4), st.booleans())

    def apply(seed: bytes, changes: list[tuple[int, int, bytes, bool]]) -> bytes:
        data = seed
        for at, cut, piece, keep in changes:
            place = at % (len(data) + 1)
            kept = data[place : place + cut] if keep else b""
            data = data[:place] + kept + piece + kept + data[place + cut :]
        return data

    return st.builds(apply, st.sampled_from(list(seeds)), st.lists(change, min_size=1, max_size=6))


@READERS
def test_valid_files_are_read(reader: str) -> None:
    target = TARGETS[reader]
    assert all(map(target.check, target.seeds))


@READERS
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_bytes(reader: str, data: st.DataObject) -> None:
    TARGETS[reader].check(data.draw(st.binary(max_size=300)))


@READERS
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_valid_files_gone_wrong(reader: str, data: st.DataObject) -> None:
    target = TARGETS[reader]
    target.check(data.draw(mutated(target.seeds, target.tokens)))


@pytest.mark.parametrize("path", CRASHERS, ids=lambda path: path.name)
def test_what_a_fuzzer_once_found(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]].check(path.read_bytes())
