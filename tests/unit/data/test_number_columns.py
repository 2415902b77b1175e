import numpy as np
import pytest

from service.data.frame import Column, Frame
from service.data.number_columns import BLOCK, NumberColumns, side_by_side, target_matrix
from service.data.targets import TargetForm
from service.schema.validation import DataError, SpecError


def numbers(*values):
    return Column("number", np.array(values, np.float64))


def words(codes, known):
    return Column("category", np.array(codes, np.int32), known)


CLASSES = TargetForm(outputs=3, labels=("a", "b", "c"), indexes=True)


def test_columns_stand_side_by_side_in_the_order_asked_for():
    count = 2 * BLOCK + 7
    frame = Frame(
        {"a": numbers(*range(count)), "b": Column("boolean", np.arange(count) % 2.0), "c": numbers(*[0] * count)}
    )
    matrix = side_by_side(frame, ["b", "a"], np.dtype(np.float32))
    assert matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix, np.column_stack([np.arange(count) % 2, np.arange(count)]))


def test_what_does_not_fit_the_precision_stays_infinite_to_be_rejected():
    assert side_by_side(Frame({"a": numbers(1e300, 1)}), ["a"], np.dtype(np.float32)).tolist() == [[np.inf], [1]]


@pytest.mark.parametrize(
    ("column", "form", "expected"),
    [
        (words([1, 0], ("c", "a")), CLASSES, [[1, 0, 0], [0, 0, 1]]),
        (numbers(2, 0), CLASSES, [[0, 0, 1], [1, 0, 0]]),
        (numbers(0.5, -1), TargetForm(outputs=1), [[0.5], [-1]]),
        (Column("boolean", np.array([1.0, 0.0])), TargetForm(outputs=1, labels=("no", "yes")), [[1], [0]]),
        (Column("boolean", np.array([1.0, 0.0])), TargetForm(outputs=1, negative=-1.0), [[1], [-1]]),
        (words([0, 1], ("yes", "no")), TargetForm(outputs=1, labels=("no", "yes")), [[1], [0]]),
    ],
    ids=["labels", "class indexes", "numbers", "yes and no", "signs", "two labels"],
)
def test_one_column_becomes_the_targets_of_a_network(column, form, expected):
    assert target_matrix(Frame({"y": column}), ["y"], form).tolist() == expected


def test_several_columns_are_an_output_each():
    frame = Frame({"y": numbers(1, 2), "z": Column("boolean", np.array([0.0, 1.0]))})
    assert target_matrix(frame, ["y", "z"], TargetForm(outputs=2)).tolist() == [[1, 0], [2, 1]]


@pytest.mark.parametrize(
    ("column", "named"), [(words([0, 1], ("a", "d")), '"d"'), (numbers(0, 3), "3"), (numbers(0.5, 1), "0.5")]
)
def test_what_names_no_class_is_rejected(column, named):
    with pytest.raises(DataError, match=f"a, b, c.*got {named}"):
        target_matrix(Frame({"y": column}), ["y"], CLASSES)


def test_no_input_is_rejected():
    with pytest.raises(SpecError, match="at least 1 item"):
        NumberColumns(inputs=(), targets=("y",))
