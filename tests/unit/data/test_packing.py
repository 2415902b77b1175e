import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.data.packing import FEW, packed_list, packed_rows

CELLS = (
    st.floats() | st.integers() | st.booleans() | st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
)


def expected(cells):
    """What may be packed is a float, or a whole number that is no flag and fits into one."""
    if any(type(cell) not in (int, float) for cell in cells):
        return None
    try:
        return [float(cell) for cell in cells]
    except OverflowError:
        return None


@given(st.lists(CELLS, max_size=6))
def test_numbers_are_packed_as_python_converts_them_and_nothing_else_is(cells):
    packed = packed_list(cells)
    assert (packed is None) == (expected(cells) is None)
    if packed is not None:
        np.testing.assert_array_equal(packed, np.array(expected(cells), np.float64))
        rows = packed_rows([cells, tuple(cells)], len(cells))
        np.testing.assert_array_equal(rows, np.array([packed, packed]))


@pytest.mark.parametrize("count", [2, FEW * 2])
@pytest.mark.parametrize("cell", [True, False, None, "1", [1.0], 10**400])
def test_one_cell_of_another_kind_is_found_in_short_and_long_lists(count, cell):
    cells = [0, 1, 0.0, 1.0, -2.5] * count
    assert packed_list(cells).tolist() == cells
    assert packed_rows([cells, cells], len(cells)).tolist() == [cells, cells]
    other = [*cells[:-2], cell, 1]
    assert packed_list(other) is None and packed_rows([cells, other], len(cells)) is None


@pytest.mark.parametrize("row", [[1.0], [1.0, 2.0, 3.0], "12", {"a": 1, "b": 2}, None, 7])
def test_a_row_of_another_kind_or_length_is_not_packed(row):
    assert packed_rows([[1.0, 2.0], row], 2) is None
