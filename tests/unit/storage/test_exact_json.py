import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.storage.sql.exact_json import decode, decode_all, encode

#: Among others those that look like a mark of our own.
TEXTS = st.text() | st.sampled_from(["$float", "$$float", "$$$float", "nan", "+inf", "-inf"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


def reject(constant):
    raise AssertionError(f"{constant} is not JSON")


@given(VALUES)
def test_every_value_comes_back_from_standard_json(value):
    text = encode(value)
    json.loads(text, parse_constant=reject)
    assert repr(decode(text)) == repr(decode(text.encode())) == repr(value)


@given(st.lists(st.none() | st.dictionaries(TEXTS, st.floats() | TEXTS, max_size=2)))
def test_a_column_is_decoded_as_its_cells_are(values):
    texts = [None if value is None else encode(value) for value in values]
    assert repr(decode_all(texts)) == repr(values)


@pytest.mark.parametrize("value", [{"loss": math.nan}, [math.inf, {"deep": (-math.inf,)}], {"lone": "\ud800"}])
def test_what_json_cannot_say_is_kept_all_the_same(value):
    assert repr(decode(encode(value))) == repr(json.loads(json.dumps(value)))


@pytest.mark.parametrize("key", ["$float", "$$float", "a $float", '$float"', "$floats"])
@pytest.mark.parametrize("value", ["nan", "+inf", "word", 1, math.nan, {"$float": "nan"}])
def test_a_key_of_the_users_is_never_taken_for_a_mark(key, value):
    for given_value in ({key: value}, {key: value, "other": -math.inf}):
        assert repr(decode(encode(given_value))) == repr(given_value)
