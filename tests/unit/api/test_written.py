"""Probabilities that are copied as text are those that are written one by one."""

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from service.api.predict.written import can_be_written, objects, written_probabilities
from service.data.signatures.output_rows import output_rows

NAMES = ["a", 'quoted "', "],[", "é\n"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(st.data())
def test_they_are_the_same_numbers_and_names(dtype, data):
    shape = data.draw(st.tuples(st.integers(2, 5), st.integers(2, 4)))
    outputs = data.draw(arrays(dtype, shape, elements=st.floats(0, 1, width=32 if dtype == "float32" else 64)))
    rows, names = output_rows(outputs), NAMES[: shape[1]]
    expected = [dict(zip(names, row, strict=True)) for row in rows.probabilities()]
    found = orjson.loads(orjson.dumps(written_probabilities(rows, names)))
    assert found == {"outputs": [list(row.values()) for row in expected], "probabilities": expected}
    assert [list(row) for row in found["probabilities"]] == [names] * len(outputs)


def test_an_array_in_another_order_is_written_too():
    outputs = np.asfortranarray(np.array([[0.25, 0.75], [0.5, 0.5]]))
    assert orjson.loads(orjson.dumps(written_probabilities(output_rows(outputs), ["a", "b"])))["outputs"] == [
        [0.25, 0.75],
        [0.5, 0.5],
    ]


def test_names_become_keys():
    assert objects(b"[[1,2.5],[null,4e-9]]", ["a", "b"]) == b'[{"a":1,"b":2.5},{"a":null,"b":4e-9}]'


@pytest.mark.parametrize("outputs", [[[0.1, 0.9]], [[0.1], [0.2]], [[0.1, 0.9], [np.nan, 0.1]]])
def test_single_rows_single_outputs_and_what_is_not_finite_are_written_one_by_one(outputs):
    assert not can_be_written(output_rows(np.array(outputs)))
