import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from service.data.signatures.output_rows import FiniteRow, ManyRows, output_rows

DTYPES = st.sampled_from([np.float32, np.float64])
WAYS = {
    "highest": lambda rows: rows.highest(),
    "is_above": lambda rows: rows.is_above(0.5),
    "all_above": lambda rows: rows.all_above(0.5),
    "probabilities": lambda rows: rows.probabilities(),
    "most_probable": lambda rows: rows.most_probable(2),
}


@st.composite
def outputs_of_a_row(draw):
    dtype = draw(DTYPES)
    width = 8 * dtype(0).nbytes
    numbers = st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1, width=width)
    return draw(arrays(dtype, array_shapes(min_dims=1, max_dims=1, max_side=5), elements=numbers))[np.newaxis]


@pytest.mark.parametrize("way", WAYS)
@given(outputs=outputs_of_a_row())
def test_one_row_is_read_as_one_of_many(way, outputs):
    one, many = output_rows(outputs), output_rows(np.repeat(outputs, 2, axis=0))

    assert (type(one), type(many)) == (FiniteRow, ManyRows)
    assert WAYS[way](one) == WAYS[way](many)[:1]


@given(outputs=outputs_of_a_row())
def test_the_numbers_of_one_row_are_exactly_the_outputs(outputs):
    assert np.array_equal(np.array(output_rows(outputs).numbers, outputs.dtype), outputs)


def test_numbers_have_the_shortest_digits_of_their_own_dtype():
    assert output_rows(np.array([[0.1]], np.float32)).numbers == [[0.1]]
    assert output_rows(np.array([[0.4]], np.float32)).probabilities() == [[0.6, 0.4]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_has_no_class(way, number):
    outputs = np.array([[number, 0.25], [0.5, 0.25]], np.float32)

    assert WAYS[way](output_rows(outputs))[0] is None
    assert WAYS[way](output_rows(outputs[:1])) == [None]
    assert WAYS[way](output_rows(outputs))[1] is not None
