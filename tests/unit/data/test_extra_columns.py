"""Which columns of a user's rows are ignored, and which may be misspelt inputs."""

import pytest

from service.data.extra_columns import ExtraColumns, KnownColumns

KNOWN = KnownColumns(["bill_length_mm", "island", "x1", "age"], needed=["bill_length_mm"], targets=["species"])


def seen(*names):
    extra = ExtraColumns(KNOWN)
    return [(issue.path, issue.message) for issue in extra.issues(names, 7)], extra.ignored


def test_the_target_and_other_columns_are_ignored_with_the_reason():
    issues, ignored = seen("bill_length_mm", "island", "x1", "age", "species", "id", "x2")
    assert issues == []
    assert ignored == {"species": "target", "id": "no_input", "x2": "no_input"}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ilsand", "island"),
        ("Island", "island"),
        ("islnd", "island"),
        ("islands", "island"),
        ("iskand", "island"),
        ("Bill Length (mm)", "bill_length_mm"),
        ("agr", "age"),
        ("X1", "x1"),
    ],
)
def test_a_column_that_differs_by_a_typing_error_from_an_input_that_is_not_there_is_an_error(name, near):
    [(path, message)], ignored = seen(name)
    assert path == (7, name)
    assert f'did you mean "{near}"?' in message
    assert name not in ignored


@pytest.mark.parametrize("name", ["x2", "x10", "is", "colour", "", "age2"])
def test_other_columns_are_no_errors(name):
    assert seen("bill_length_mm", name) == ([], {name: "no_input"})


def test_where_the_input_is_there_too_nothing_is_misspelt():
    assert seen("bill_length_mm", "island", "Island") == ([], {"Island": "no_input"})


def test_a_column_that_is_only_like_an_input_is_an_error_where_a_row_must_have_that_input():
    [(_, message)], _ = seen("bill_len", "island")
    assert 'did you mean "bill_length_mm"?' in message
    assert seen("bill_length_mm", "isl") == ([], {"isl": "no_input"})


def test_each_row_is_looked_at_once_for_its_names():
    extra = ExtraColumns(KNOWN)
    assert list(extra.issues(["bill_length_mm", "island", "islandd"], 0)) == []
    assert [issue.path for issue in extra.issues(["bill_length_mm", "islandd"], 1)] == [(1, "islandd")]
