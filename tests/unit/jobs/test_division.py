"""Which rows are held out, for validation and for a test, and what a training says of it."""

import numpy as np
import pytest

from service.jobs.division import TEST, TRAINING, VALIDATION
from service.jobs.preparation import divided
from service.schema.validation import DataError
from tests.unit.jobs.test_preparation import TABLE, encoder, network, options, table

HASHED = {"fraction": 0.2, "method": "hash"}
SEEN = ("size", "island")


def parts_of(frame, **given):
    return divided({"training": frame}, encoder(network(3), table=TABLE), options(**given))


def sizes(frame, **given):
    return {part: set(frame["size"].values[rows]) for part, rows in parts_of(frame, **given).parts["training"].items()}


def numbered(count, offset=0):
    """Rows that all differ."""
    frame = table(count, offset=offset)
    frame["size"].values[:] = np.arange(offset, offset + count)
    return frame


def test_the_same_rows_are_held_out_in_every_order_with_every_training_seed_and_of_every_table():
    frame = numbered(1000)
    held_out = sizes(frame, validation=HASHED)
    shuffled = frame.take(np.random.default_rng(1).permutation(1000))
    assert sizes(shuffled, validation=HASHED, training={"seed": 9}) == held_out
    more = sizes(numbered(1500), validation=HASHED)
    assert held_out[VALIDATION] == {size for size in more[VALIDATION] if size < 1000}
    assert 150 < len(held_out[VALIDATION]) < 250
    assert sizes(frame, validation=HASHED, split_seed=1) != held_out


def test_a_test_keeps_its_rows_whatever_the_validation_is():
    frame = numbered(1000)
    alone = sizes(frame, test={**HASHED, "fraction": 0.1})
    both = sizes(frame, validation=HASHED, test={**HASHED, "fraction": 0.1})
    assert alone[TEST] == both[TEST] and not both[TEST] & both[VALIDATION]
    assert len(both[TEST]) + len(both[VALIDATION]) + len(both[TRAINING]) == 1000


def test_equal_rows_fall_to_the_same_side_and_much_of_them_is_a_warning():
    frame = numbered(300)
    frame["size"].values[:200] = 7.0  # with three islands, three rows of many copies
    found = parts_of(frame, validation={"fraction": 0.1, "method": "hash"})
    rows = found.parts["training"]
    contents = [{(frame["size"].values[row], frame["island"].values[row]) for row in rows[part]} for part in rows]
    assert not set.intersection(*contents)
    drawn = parts_of(frame, validation={"fraction": 0.1, "method": "random"})
    assert (len(drawn.parts["training"][VALIDATION]), drawn.split) == (30, {"method": "random"})
    few = numbered(300).take(np.repeat(np.arange(4), 75))
    assert any(
        "rather than 10%" in warning
        for warning in parts_of(few, validation={"fraction": 0.1, "method": "hash"}).warnings
    )


def test_a_group_falls_as_a_whole_by_its_value():
    frame = numbered(600)
    held_out = parts_of(frame, validation={**HASHED, "group": "nest"})
    nests = {part: set(frame["nest"].values[rows]) for part, rows in held_out.parts["training"].items()}
    assert not nests[TRAINING] & nests[VALIDATION]
    assert held_out.split["group"] == "nest"
    again = parts_of(frame, validation={**HASHED, "group": "nest"}, training={"seed": 4})
    np.testing.assert_array_equal(again.parts["training"][VALIDATION], held_out.parts["training"][VALIDATION])


@pytest.mark.parametrize("way", [{"stratified": True}, {"group": "nest", "method": "random"}, {"time": "day"}, {}])
def test_every_way_of_drawing_sets_a_test_apart_too(way):
    frame = numbered(120)
    found = parts_of(frame, validation={"fraction": 0.25, **way}, test={"fraction": 0.25, **way}).parts["training"]
    assert sorted(np.concatenate(list(found.values()))) == list(range(120))
    assert all(20 <= len(found[part]) <= 40 for part in (TEST, VALIDATION))
    if "time" in way:
        days = {part: frame["day"].values[rows] for part, rows in found.items()}
        assert days[TRAINING].max() <= days[VALIDATION].min() and days[VALIDATION].max() <= days[TEST].min()


def test_a_training_says_which_rows_it_has_seen():
    frame = numbered(1000)
    split = parts_of(frame, validation=HASHED, split_seed=5).split
    assert split == {"method": "hash", "seed": 5, "group": None, "kind": None, "below": pytest.approx(0.2, abs=0.01)}
    split = parts_of(frame, validation={"fraction": 0.2, "time": "day"}).split
    days = frame["day"].values
    rows = parts_of(frame, validation={"fraction": 0.2, "time": "day"}).parts["training"][TRAINING]
    assert (split["method"], split["until"]) == ("time", days[rows].max().astype(np.int64))


def test_a_handful_of_rows_is_divided_too_and_equal_rows_cannot_be():
    for count in range(2, 9):
        found = parts_of(numbered(count), validation={"fraction": 0.5, "method": "hash"}).parts["training"]
        assert len(found[TRAINING]) and len(found[VALIDATION])
    same = numbered(1).take(np.zeros(9, np.intp))
    with pytest.raises(DataError, match="at least 2 different rows"):
        parts_of(same, validation=HASHED)
    with pytest.raises(DataError, match="at least 3 rows"):
        parts_of(numbered(2), validation=HASHED, test=HASHED)
