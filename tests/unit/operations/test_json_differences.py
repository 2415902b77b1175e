import pytest

from service.operations.models.json_differences import MAX_LISTED, differences


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 2]}, []),
        ({"a": 1}, {"a": 2}, [("/a", 1, 2)]),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": None}]}}, [("/a/b/0/c", 1, None)]),
        ({"a": 1}, {"b": 1}, [("/a", 1, None), ("/b", None, 1)]),
        ([1, 2], [1], [("", [1, 2], [1])]),
        ({"a/b~": 1}, {"a/b~": "x"}, [("/a~1b~0", 1, "x")]),
        (None, {"a": 1}, [("", None, {"a": 1})]),
    ],
)
def test_the_innermost_differences_are_found(before, after, found):
    assert differences(before, after) == found


def test_only_so_many_are_listed():
    assert len(differences(list(range(1000)), list(range(1, 1001)))) == MAX_LISTED
