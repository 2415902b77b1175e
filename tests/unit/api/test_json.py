import json
from types import MappingProxyType

import numpy as np
import pytest
from werkzeug.exceptions import BadRequest

from service.api.http.json_provider import decode, encode
from service.api.http.numbers import nonfinite
from service.api.http.problems import pointer
from service.domain.times import rfc3339


def test_what_is_not_finite_leaves_as_null():
    assert encode([float("nan"), float("inf"), np.array([-np.inf, 1.5])]) == b"[null,null,[null,1.5]]"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arrays_leave_as_they_read_whatever_their_strides(dtype):
    matrix = np.arange(6, dtype=dtype).reshape(2, 3)
    for array in (matrix, matrix.T, matrix[:, ::2], np.asfortranarray(matrix)):
        assert json.loads(encode(array)) == array.tolist()


def test_a_float64_survives_json_bit_for_bit():
    numbers = np.random.default_rng(1).normal(size=100)
    assert decode(encode(numbers)) == numbers.tolist()


def test_a_read_only_mapping_is_an_object():
    assert encode(MappingProxyType({"a": 1})) == b'{"a":1}'


@pytest.mark.parametrize(
    "body", ["NaN", "[Infinity]", "-Infinity", "1e999", "[" * 2000 + "]" * 2000, "{", "{'a': 1}", "", '"\\ud800"']
)
def test_what_is_not_strict_json_is_rejected(body):
    with pytest.raises(BadRequest):
        decode(body.encode())


def test_numbers_that_are_none_are_named_with_their_kind():
    record = {"loss": float("nan"), "epoch": 3, "val_loss": None, "metrics": {"rmse": float("-inf"), "mae": 1.0}}
    assert nonfinite(record) == {"loss": "nan", "metrics.rmse": "-inf"}


def test_a_time_is_utc_with_microseconds():
    assert rfc3339(0.5) == "1970-01-01T00:00:00.500000Z"
    assert rfc3339(1_800_000_000) == "2027-01-15T08:00:00.000000Z"


def test_a_pointer_escapes_what_a_key_may_hold():
    assert pointer(()) == "#"
    assert pointer(("layers", 1, "units")) == "#/layers/1/units"
    assert pointer(("tags", "a/b~c d")) == "#/tags/a~1b~0c%20d"
