"""Columns as numbers to divide the rows by."""

import numpy as np
import pytest

from service.data.frame import Column
from service.jobs.division import moments_of, values_of


@pytest.mark.parametrize(
    "column",
    [
        Column("number", np.array([0.75, np.nan, 0.25, 0.75, np.nan])),
        Column("category", np.array([1, -1, 0, 1, -1], np.int32), ("a", "b")),
        Column("time", np.array(["2020-01-02", "NaT", "2020-01-01", "2020-01-02", "NaT"], "datetime64[us]")),
    ],
    ids=lambda column: column.kind,
)
def test_each_value_has_a_number_of_its_own_and_all_missing_ones_share_one(column):
    first, missing, other, first_again, missing_again = values_of(column)
    assert (first, missing) == (first_again, missing_again)
    assert len({first, missing, other}) == 3


def test_numbers_are_moments_in_their_order():
    moments = moments_of(Column("number", np.array([2020.75, 2020.25, 1999.0, 2020.5])))
    assert np.argsort(moments).tolist() == [2, 1, 3, 0]
