"""Options of columns that a proposal chooses from their profiles, each with its reason."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from service.data.profiles.column_profiles import ColumnProfiles
from service.operations.networks.tidying import reasons_json, tidied, tidied_target, words_too_rare


@dataclass
class Profiled:
    columns: Any
    rows: int = 1000
    name: str = "table"
    warnings: Any = field(default_factory=tuple)


def profiles(rows=1000, /, **columns) -> ColumnProfiles:
    return ColumnProfiles(
        Profiled([{"name": name, "type": kind, "profile": profile} for name, (kind, profile) in columns.items()], rows)
    )


def words(counts: dict[str, int], distinct: int | None = None):
    return "category", {"words": list(counts), "counts": list(counts.values()), "distinct": distinct or len(counts)}


def chosen(column, known):
    found = list(tidied(column, known))
    return column, {one.option: one.reason for one in found}


SKEWED = {"min": 0, "max": 5000, "skew": 4.2, "distinct": 300}


def test_skewed_numbers_are_taken_as_logarithms_and_far_ones_clipped():
    column, why = chosen({"name": "x", "type": "number"}, profiles(x=("number", SKEWED)))
    assert (column["log"], column["clip"]) == (True, {"quantile": 0.01})
    assert "few as large as 5000 (skew 4.2)" in why["log"] and "wrong cell" in why["clip"]


@pytest.mark.parametrize(
    "change", [{"skew": 1.9}, {"skew": None}, {"min": -1}, {"max": 9}, {"distinct": 2}, {"skew": -4}]
)
def test_other_numbers_are_not_taken_as_logarithms(change):
    column, why = chosen({"name": "x", "type": "number"}, profiles(x=("number", SKEWED | change)))
    assert "log" not in column and "log" not in why


def test_what_a_request_says_of_a_column_stays():
    asked = {"name": "x", "type": "number", "log": False, "clip": None}
    assert chosen(dict(asked), profiles(x=("number", SKEWED))) == (asked, {})
    asked = {"name": "w", "type": "category", "categories": ["a"], "encode": "embedding"}
    assert chosen(dict(asked), profiles(w=words({f"w{n}": 5 for n in range(99)}))) == (asked, {})
    as_words = {"name": "x", "type": "category"}
    assert chosen(dict(as_words), profiles(x=("number", SKEWED))) == (as_words, {})


def test_rare_words_are_unknown():
    counts = {f"common {n:02}": 80 for n in range(11)} | {"rare": 9, "rarer": 1}
    column, why = chosen({"name": "w", "type": "category"}, profiles(w=words(counts)))
    assert column["categories"] == sorted(counts)[:11] and column["encode"] == "one_hot"
    assert why["categories"].startswith("2 words come in fewer than 10 rows")


def test_in_a_small_table_a_word_is_rare_in_fewer_rows():
    counts = {f"w{n:02}": 8 for n in range(11)} | {"once": 1}
    column, why = chosen({"name": "w", "type": "category"}, profiles(100, w=words(counts)))
    assert len(column["categories"]) == 11
    assert why["categories"].startswith("1 word comes in fewer than 2 rows")


def test_of_few_words_all_are_kept():
    counts = {"a": 900, "b": 1}
    column, why = chosen({"name": "w", "type": "category"}, profiles(w=words(counts)))
    assert "categories" not in column and not why


@pytest.mark.parametrize(("count", "encode"), [(50, "one_hot"), (51, "embedding")])
def test_more_than_fifty_words_get_short_vectors(count, encode):
    column, why = chosen({"name": "w", "type": "category"}, profiles(w=words({f"w{n}": 20 for n in range(count)})))
    assert column["encode"] == encode and column.get("size") == (8 if count > 50 else None)
    assert ("encode" in why) == (count > 50)


def test_a_column_of_words_that_seldom_come_again_is_left_out_with_its_reason():
    counts = {"manager": 200} | {f"w{n}": 1 for n in range(799)}
    reason = words_too_rare("w", profiles(w=words(counts)))
    assert reason is not None and "800 different words" in reason and "only 200 of 1,000 rows" in reason
    assert words_too_rare("w", profiles(w=words(counts | {"manager": 300}))) is None


def test_profiles_from_before_words_were_counted_change_nothing():
    known = profiles(w=("category", {"words": [f"w{n}" for n in range(40)], "distinct": 40}))
    column, why = chosen({"name": "w", "type": "category"}, known)
    assert "categories" not in column and column["encode"] == "one_hot" and not why
    assert words_too_rare("w", known) is None


def test_a_target_is_bounded_unless_it_says_otherwise():
    target: dict[str, Any] = {"name": "y", "type": "number"}
    assert [one.option for one in tidied_target(target)] == ["bounded"] and target["bounded"]
    assert not list(tidied_target({"name": "y", "type": "number", "bounded": False}))
    assert not list(tidied_target({"name": "y", "type": "category"}))


def test_columns_with_one_reason_stand_together():
    known = profiles(x=("number", SKEWED | {"skew": 0}), z=("number", SKEWED | {"skew": 0}))
    found = [*tidied({"name": "x", "type": "number"}, known), *tidied({"name": "z", "type": "number"}, known)]
    assert [(one["option"], one["columns"]) for one in reasons_json(found)] == [("clip", ["x", "z"])]
