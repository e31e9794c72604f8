from hypothesis import given
from hypothesis import strategies as st

from asr_regress.basics.columns import Column, column_of

NAMES = st.lists(st.text("ab", max_size=2) | st.none(), max_size=8)


@given(names=NAMES, known=st.dictionaries(st.text("ab", max_size=2), st.integers(0, 9)), asked=NAMES)
def test_a_column_is_the_mapping_of_what_it_has(
    names: list[str | None], known: dict[str, int], asked: list[str | None]
):
    column = Column(names, [None if name is None else known.get(name) for name in names])
    mapping = {name: known[name] for name in names if name in known}
    assert column == mapping
    assert (len(column), bool(column), list(column)) == (len(mapping), bool(mapping), list(mapping))
    wanted = [name for name in asked if name is not None]
    assert column_of(column, wanted) == column_of(mapping, wanted) == [mapping.get(name) for name in wanted]
    assert [column.get(name, -1) for name in wanted] == [mapping.get(name, -1) for name in wanted]


def test_values_in_the_order_of_their_names_are_not_looked_up():
    values = [1, None, 3]
    column = Column(["a", "b", "c"], values)
    assert column_of(column, ["a", "b", "c"]) is values
    assert column_of(column, ["c", "b"]) == [3, None]
