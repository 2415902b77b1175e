import pytest

from service.data.inputs import read_inputs
from service.data.matrices import MAX_ISSUES, read_vector
from service.schema.validation import DataError


def issues_of(action):
    with pytest.raises(DataError) as caught:
        action()
    return {issue.path: issue.message for issue in caught.value.issues}


def test_rows_of_whole_and_decimal_numbers_become_one_matrix():
    matrix = read_inputs([[1, 0.5], [-2, 3e10]], width=2)

    assert matrix.dtype == "float64"
    assert matrix.tolist() == [[1, 0.5], [-2, 3e10]]


def test_one_number_a_row_may_stand_bare():
    assert read_inputs([1, [2], 3.5], width=1).tolist() == [[1], [2], [3.5]]


def test_objects_are_put_in_the_order_of_the_features():
    rows = [{"salt": 0.9, "fat": 0.2}, {"fat": 0.1, "salt": 0.3}]

    assert read_inputs(rows, width=2, features=("fat", "salt")).tolist() == [[0.2, 0.9], [0.1, 0.3]]


@pytest.mark.parametrize(
    ("rows", "place", "help"),
    [
        ("0.2,0.9", (), "must be a list"),
        ({"rows": []}, (), "must be a list"),
        (None, (), "must be a list"),
        ([], (), "must not be an empty list"),
        ([[1, 2], []], (1,), "must have 2 numbers, got 0"),
        ([[1, 2], [3]], (1,), "must have 2 numbers, got 1"),
        ([[1, 2], [3, 4, 5]], (1,), "must have 2 numbers, got 3"),
        ([[1, 2], 3], (1,), "must be a list of 2 numbers, got 3"),
        ([[1, 2], "ab"], (1,), 'must be a list of 2 numbers, got "ab"'),
        ([[1, 2], [3, "4"]], (1, 1), 'must be a number, got "4"'),
        ([[1, True]], (0, 1), "must be a number, got true"),
        ([[None, 1]], (0, 0), "must be a number, got null"),
        ([[1, [2]]], (0, 1), "must be a number, got a list"),
        ([[1, float("nan")]], (0, 1), "must be a finite number"),
        ([[1, float("inf")]], (0, 1), "must be a finite number"),
        ([[1, 10**400]], (0, 1), "must be a finite number"),
        ([{"fat": 1, "salt": 2}, {"fat": 1}], (1, "salt"), "is required"),
        ([{"fat": 1, "salt": "x"}], (0, "salt"), 'must be a number, got "x"'),
        ([{"fat": 1, "salt": 2, "sald": 3}], (0, "sald"), 'did you mean "salt"?'),
        ([{"fat": 1, "salt": 2}, [1, 2]], (0,), "must be a list of 2 numbers, got an object"),
    ],
)
def test_a_bad_row_is_reported_by_its_place(rows, place, help):
    issues = issues_of(lambda: read_inputs(rows, width=2, features=("fat", "salt")))

    assert list(issues) == [place]
    assert help in issues[place]


def test_every_issue_is_reported_up_to_a_bound():
    assert list(issues_of(lambda: read_inputs([[1, "a"], [2, 3], [None, 4]], width=2))) == [(0, 1), (2, 0)]
    assert len(issues_of(lambda: read_inputs([["a", "b"]] * 1000, width=2))) == MAX_ISSUES


@pytest.mark.parametrize(
    ("values", "place"), [([1, 2], ()), ([1, 2, "3"], (2,)), ([1, float("inf"), 3], (1,)), ("abc", ()), ([], ())]
)
def test_a_vector_has_one_finite_number_for_each_row(values, place):
    assert list(issues_of(lambda: read_vector(values, length=3))) == [place]
