"""What a column is besides data: recognised where it is, and not where it only looks so."""

import hashlib
import uuid

import numpy as np
import pyarrow as pa
import pytest

from service.data.roles import Role, role_of, roles
from service.data.tables.profile import described

DRAW = np.random.default_rng(11)
N = 300


def role(name="a", values=(), **others):
    table = pa.table({name: values, **others})
    columns, _ = described(table)
    return roles(table, columns).get(name)


def distinct_whole(low, high, count=N):
    drawn = np.unique(DRAW.integers(low, high, 2 * count))
    return DRAW.permutation(drawn)[:count].astype(float) if len(drawn) >= count else distinct_whole(low, high, count)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("record", np.arange(1, N + 1.0)),
        ("nr", DRAW.permutation(N) + 1000.0),
        ("survey", np.sort(DRAW.permutation(2 * N)[:N]).astype(float)),
        ("customer_id", distinct_whole(1, 10**9)),
        ("customerId", distinct_whole(1, 10**9)),
        ("u", [str(uuid.UUID(bytes=DRAW.bytes(16))) for _ in range(N)]),
        ("h", [hashlib.md5(bytes([n % 256, n // 256])).hexdigest() for n in range(N)]),
        ("code", [f"A-{n:05}" for n in range(N)]),
    ],
)
def test_ids_are_left_out(name, values):
    found = role(name, values)
    assert (found.code, found.sure) == ("id", True)
    assert "300 different" in found.reason


def test_random_numbers_are_asked_about():
    found = role("a", distinct_whole(100_000, 1_000_000))
    assert (found.code, found.sure) == ("id", False)
    assert found.reason.startswith("may be an id")


@pytest.mark.parametrize(
    "values",
    [
        np.round(DRAW.lognormal(12, 0.7, N)),
        np.round(DRAW.normal(50_000, 9_000, N)),
        np.round(DRAW.integers(100, 10_000, N), -1).astype(float),
        DRAW.random(N),
        DRAW.integers(0, 50, N).astype(float),
        np.repeat(np.arange(N / 2), 2),
        ["red", "blue", "green"] * 100,
    ],
)
def test_measurements_and_classes_are_not_ids(values):
    assert role("a", values) is None


def test_times_in_seconds_are_not_called_ids_for_certain():
    assert role("stamp", distinct_whole(1_600_000_000, 1_700_000_000)).sure is False


def test_free_text_is_named_as_such():
    texts = [f"the parcel number {n} came late and the box was open" for n in range(N)]
    found = role("note", texts)
    assert (found.code, found.sure) == ("text", True)
    assert "11 words in a cell" in found.reason


def test_words_that_come_once_or_twice_are_doubtful():
    found = role("town", [f"town {n}" for n in DRAW.integers(0, 600, 1000) % 700])
    assert found is None or not found.sure
    assert role("town", [f"town {n // 2}" for n in range(400)] + ["x"] * 300) is None
    assert role("town", [f"town {n * 2 // 3}" for n in range(400)]).code == "words"


def test_the_index_of_a_data_frame_is_one():
    for name in ("__index_level_0__", "Unnamed: 0", "index"):
        assert role(name, np.arange(5.0)).code == "index"
    assert role("index", [1.5, 1.5, 2.0]) is None
    table = pa.table({"kept": ["b", "a"], "y": [1, 2]})
    assert roles(table, described(table)[0], ["kept"])["kept"].code == "index"


@pytest.mark.parametrize("values", [[1.5, None, 2.5] * 10, ["x", "y", None] * 10, [True, False, False] * 10])
def test_a_column_that_is_there_twice_is_a_copy(values):
    table = pa.table({"a": values, "b": values, "c": [*values[:-1], values[0]]})
    found = roles(table, described(table)[0])
    assert found == {"b": Role("duplicate", 'is the same as "a" in every row', of="a")}


def test_what_is_on_record_counts_and_a_profile_alone_where_nothing_is():
    profile = {"distinct": 50, "missing": 0, "words": []}
    assert role_of({"type": "category", "profile": profile}, 50).code == "id"
    assert role_of({"type": "category", "profile": profile, "role": None}, 50) is None
    made = Role("text", "holds free text")
    assert role_of({"type": "category", "profile": profile, "role": made.to_json()}, 50) == made
