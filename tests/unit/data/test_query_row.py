import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.data.query_row import read_query_row
from service.schema.validation import DataError

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70), min_size=1)


def read(row, width, features=None):
    return read_query_row(row, width=width, features=features, known=("network",))


@given(NUMBERS)
def test_a_row_is_read_to_the_last_bit(numbers):
    wanted = np.array([[float(number) for number in numbers]])
    written = [str(number) for number in numbers]
    names = [f"feature {index}" for index in range(len(numbers))]
    # The second form has a number that JSON does not know, and the third arrives as from a query without escapes.
    for text in (",".join(written), ",".join([*written[:-1], f"+{written[-1]}".replace("+-", "-")])):
        assert read({"x": text}, len(numbers)).tolist() == wanted.tolist()
        assert read({"x": text.replace("+", " ")}, len(numbers)).tolist() == wanted.tolist()
    assert read(dict(zip(names, written, strict=True)), len(numbers), names).tolist() == wanted.tolist()


@given(st.text())
def test_any_text_is_a_number_or_an_issue(text):
    for given_row, features in (({"x": text}, None), ({"fat": text}, ["fat"])):
        try:
            assert np.isfinite(read(given_row, 1, features)).all()
        except DataError as error:
            assert {issue.path for issue in error.issues} == {tuple(given_row)}


def test_a_comma_in_one_number_does_not_pass_for_two():
    with pytest.raises(DataError) as caught:
        read({"a": "1,2", "b": " "}, 2, ["a", "b"])
    assert [issue.path for issue in caught.value.issues] == [("a",), ("b",)]


def test_thousands_of_features_are_not_all_listed():
    names = [f"feature {index}" for index in range(5000)]
    with pytest.raises(DataError) as caught:
        read({"feature": "1"}, 5000, names)
    assert len(caught.value.issues) < 30
    assert len(str(caught.value)) < 5000
