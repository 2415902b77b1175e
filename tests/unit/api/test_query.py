"""A query string by hand is read as the standard library reads it."""

from urllib.parse import parse_qsl

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.api.predict.query import pairs_of
from tests.examples import examples

PARTS = st.sampled_from(["a", "x", "=", "&", ";", "%", "%41", "%ff", "+", ",", "0.5", "é"])


@settings(max_examples=examples(100))
@given(st.lists(PARTS).map("".join))
@example("a=1&a=2&&=3&b&c=d=e")
def test_pairs_are_those_of_the_standard_library(text):
    assert pairs_of(text) == parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote")
