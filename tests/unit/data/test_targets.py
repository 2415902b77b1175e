import pytest

from service.data.targets import TargetForm
from service.schema.validation import DataError

YES_NO = TargetForm(outputs=1, labels=("dislike", "like"))
DIGITS = TargetForm(outputs=3, indexes=True)
IRIS = TargetForm(outputs=3, labels=("setosa", "versicolor", "virginica"))
PLAIN = TargetForm(outputs=2)
SIGN = TargetForm(outputs=1, labels=("no", "yes"), negative=-1.0)


@pytest.mark.parametrize(
    ("form", "written", "read"),
    [
        (YES_NO, ["like", "dislike"], [[1], [0]]),
        (YES_NO, [["like"], ["dislike"]], [[1], [0]]),
        (YES_NO, [1, 0.0], [[1], [0]]),
        (YES_NO, [[0.25]], [[0.25]]),
        (SIGN, ["yes", "no"], [[1], [-1]]),
        (DIGITS, [2, 0], [[0, 0, 1], [1, 0, 0]]),
        (DIGITS, [[0, 0.5, 0.5]], [[0, 0.5, 0.5]]),
        (IRIS, ["virginica", 0, "versicolor"], [[0, 0, 1], [1, 0, 0], [0, 1, 0]]),
        (PLAIN, [[0.5, -2]], [[0.5, -2]]),
        (TargetForm(outputs=2, labels=("a", "b"), negative=-1.0), ["b"], [[-1, 1]]),
    ],
)
def test_targets_may_be_numbers_rows_labels_or_indexes(form, written, read):
    assert form.read(written).tolist() == read


@pytest.mark.parametrize(
    ("form", "written", "place", "help"),
    [
        (YES_NO, ["like", "hate"], (1,), 'must be a number or one of the labels dislike, like, got "hate"'),
        (YES_NO, ["like", True], (1,), "got true"),
        (YES_NO, [[1, 0]], (0,), "must have 1 number, got 2"),
        (DIGITS, [0, 3], (1,), "must be a list of 3 numbers or a class index from 0 to 2, got 3"),
        (DIGITS, [0, -1], (1,), "got -1"),
        (DIGITS, [0, 1.0], (1,), "got 1.0"),
        (DIGITS, [[0, 1]], (0,), "must have 3 numbers, got 2"),
        (IRIS, ["Setosa"], (0,), "one of the labels setosa, versicolor, virginica"),
        (PLAIN, [1, 0], (0,), "must be a list of 2 numbers, got 1"),
        (PLAIN, ["like"], (0,), 'must be a list of 2 numbers, got "like"'),
        (PLAIN, [], (), "must not be an empty list"),
        (PLAIN, "abc", (), "must be a list"),
        (PLAIN, [None], (0,), "got null"),
    ],
)
def test_a_bad_target_is_reported_by_its_place_with_what_would_be_right(form, written, place, help):
    with pytest.raises(DataError) as caught:
        form.read(written)

    assert caught.value.issues[0].path == place
    assert help in caught.value.issues[0].message


@pytest.mark.parametrize(
    ("form", "targets", "classes"),
    [
        (YES_NO, [1, 0, 1], [1, 0, 1]),
        (YES_NO, [1, 1], [1, 1]),
        (YES_NO, [1, 0.5], None),
        (SIGN, [-1, 1], [0, 1]),
        (SIGN, [0, 1], None),
        (DIGITS, [2, 0, 1], [2, 0, 1]),
        (DIGITS, [[0, 1, 0], [0.5, 0.5, 0]], None),
        (DIGITS, [[0, 1, 1]], None),
        (DIGITS, [[0, 0, 0]], None),
    ],
)
def test_classes_are_found_again_where_each_row_names_one(form, targets, classes):
    found = form.classes_of(form.read(targets))

    assert classes == (None if found is None else found.tolist())
