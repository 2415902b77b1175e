"""Rows at the edge: what does not fit is refused with its place, and whatever is a number is taken."""

import numpy as np
import pytest

from service.engine.rows import MAX_ISSUES, Rows
from service.schema.validation import DataError
from tests.unit.engine.factories import a_network, dense

GOOD = {"inputs": [[1, 2], [3, 4]], "targets": [[1, 0], [0, 1]]}
NAN, INFINITY = float("nan"), float("inf")


def issues(network, *rows, **named):
    with pytest.raises(DataError) as rejected:
        Rows.of(network, *rows, **named)
    return rejected.value.issues


def rejected_rows(loss="mean_squared_error", **changes):
    network = a_network(dense(2), inputs=2, loss=loss, dtype="float32")
    return {issue.location for issue in issues(network, **(GOOD | changes))}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"inputs": [[1, 2, 3], [4, 5, 6]]}, {"inputs"}),
        ({"targets": [[1], [0]]}, {"targets"}),
        ({"inputs": [[1, NAN], [INFINITY, 4]]}, {"inputs[0][1]", "inputs[1][0]"}),
        ({"targets": [[1, 0], [NAN, 1]]}, {"targets[1][0]"}),
        ({"inputs": [[1, 1e39], [3, 4]]}, {"inputs[0][1]"}),
        ({"inputs": []}, {"inputs"}),
        ({"inputs": [[], []]}, {"inputs"}),
        ({"inputs": [[1, 2], [3]]}, {"inputs[1]"}),
        ({"inputs": [[1, 2], 3]}, {"inputs[1]"}),
        ({"inputs": [[1, "2"], [3, None]]}, {"inputs[0][1]", "inputs[1][1]"}),
        ({"inputs": [[[1, 2]], [[3, 4]]]}, {"inputs"}),
        ({"inputs": {"a": 1}}, {"inputs"}),
        ({"targets": [[1, 0]]}, {"targets"}),
        ({"sample_weights": [1]}, {"sample_weights"}),
        ({"sample_weights": [[1], [2]]}, {"sample_weights"}),
        ({"sample_weights": [1, -1]}, {"sample_weights[1]"}),
        ({"sample_weights": [1e300, NAN]}, {"sample_weights[0]", "sample_weights[1]"}),
        ({"sample_weights": ["1", "2"]}, {"sample_weights"}),
        (
            {"inputs": [[NAN, 2], [3, 4]], "targets": [[1]], "sample_weights": "x"},
            {"inputs[0][0]", "targets", "sample_weights"},
        ),
    ],
)
def test_rows_that_do_not_fit_are_rejected_with_every_place(changes, expected):
    assert rejected_rows(**changes) == expected


@pytest.mark.parametrize(
    ("loss", "targets", "expected"),
    [
        ("cross_entropy", [[0.5, 0.4], [0, 1]], {"targets[0]"}),
        ("cross_entropy", [[1, 1], [0, 0]], {"targets[0]", "targets[1]"}),
        ("cross_entropy", [[2, -1], [0, 1]], {"targets[0][0]", "targets[0][1]"}),
        ("binary_cross_entropy", [[1, 2], [0, 1]], {"targets[0][1]"}),
        ("poisson", [[1, -2], [0, 1]], {"targets[0][1]"}),
        ("hinge", [[1, -1], [0, 1]], {"targets[1][0]"}),
    ],
)
def test_targets_that_a_loss_cannot_want_are_rejected(loss, targets, expected):
    assert rejected_rows(loss, targets=targets) == expected


def test_a_distribution_that_nearly_sums_to_one_is_made_to():
    network = a_network(dense(3), inputs=2, loss="cross_entropy")
    given = np.array([[0.333, 0.333, 0.333], [0, 0, 1]])
    rows = Rows.of(network, [[1, 2], [3, 4]], given)
    np.testing.assert_allclose(rows.targets, [[1 / 3] * 3, [0, 0, 1]], rtol=1e-15)
    assert given[0, 0] == 0.333


@pytest.mark.parametrize("wrong", [np.full((500, 2), np.nan), [[None, 1]] * 500, [[1]] * 500])
def test_the_issues_of_many_rows_are_bounded(wrong):
    network = a_network(dense(2), inputs=2)
    assert len(issues(network, wrong, np.zeros((500, 2)))) <= MAX_ISSUES + 1


def test_cells_beyond_the_bound_are_counted():
    network = a_network(dense(2), inputs=2)
    assert issues(network, np.full((6, 2), np.nan), np.zeros((6, 2)))[-1].message == "and 2 more such cells"


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.float16, np.float64, np.uint8])
def test_any_kind_of_number_becomes_the_networks(dtype):
    network = a_network(dense(1), inputs=2, dtype="float32")
    rows = Rows.of(network, np.ones((3, 2), dtype), np.ones((3, 1), dtype), np.ones(3, dtype))
    assert {array.dtype for array in (rows.inputs, rows.targets, rows.sample_weights)} == {np.dtype(np.float32)}
    assert len(rows) == 3
