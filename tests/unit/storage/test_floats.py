import math

import pytest

from service.storage.sql.floats import floats, joined, pair


@pytest.mark.parametrize("value", [0.0, -1.5, 5e-324, math.nan, math.inf, -math.inf, None], ids=repr)
def test_a_float_comes_back_from_its_two_columns(value):
    columns = pair("loss", value)
    assert repr(joined(columns["loss"], columns["loss_kind"])) == repr(value)


def test_only_a_finite_float_stands_in_the_value_column():
    assert pair("loss", math.nan) == {"loss": None, "loss_kind": "nan"}
    assert pair("loss", 0.5) == {"loss": 0.5, "loss_kind": "finite"}


def test_a_column_of_values_and_kinds_becomes_floats():
    assert repr(floats([0.5, "nan", "+inf", "-inf", None])) == "[0.5, nan, inf, -inf, None]"
    assert floats((0.5, 1.5)) == (0.5, 1.5)
