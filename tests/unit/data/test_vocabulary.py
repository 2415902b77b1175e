"""Which category a cell means, in whatever way it is written."""

import numpy as np
import pytest

from service.data.frame import Column, Frame
from service.data.preprocessing.category import MISSING, UNSEEN, Vocabulary, codes_of
from service.data.preprocessing.fitted import fit
from service.data.preprocessing.table import TableSpec
from service.schema.validation import DataError

NAN = np.nan


@pytest.mark.parametrize(
    ("categories", "text", "place"),
    [
        (["NA", "DE"], "NA", 0),
        (["NA", "DE"], " NA ", 0),
        (["NA", "DE"], "na", MISSING),
        (["FR", "DE"], " NA ", MISSING),
        (["FR", "DE"], "", MISSING),
        ([" FR", "FR"], " FR", 0),
        (["FR", "DE"], " FR ", 0),
        (["FR", "DE"], "fr", UNSEEN),
        (["1", "2"], "2.0", 1),
        (["1.0", "2.0"], "2", 1),
        (["+1", "1e3"], "1000", 1),
        (["01", "1"], "1.0", 1),
        (["01", "001"], "1", UNSEEN),
        (["1", "2"], "3", UNSEEN),
        (["false", "true"], "True", 1),
        (["No", "Yes"], "true", 1),
        (["0", "1"], "false", 0),
        (["false", "true"], "1", 1),
        (["yes", "true"], "Yes", 1),
        (["yes", "YES"], "Yes", UNSEEN),
        (["12345678901234567", "x"], "12345678901234567", 0),
        (["12345678901234567", "x"], "12345678901234568", UNSEEN),
        (["x", "y"], "1e999", UNSEEN),
    ],
)
def test_a_word_means_the_category_that_it_is_another_writing_of(categories, text, place):
    assert Vocabulary(tuple(categories)).place(text) == place


@pytest.mark.parametrize(
    ("categories", "kind", "values", "codes"),
    [
        (["no", "unknown", "yes"], "boolean", [1, 0, NAN], [2, 0, MISSING]),
        (["False", "True", "maybe"], "boolean", [1, 0], [1, 0]),
        (["0", "1", "2"], "boolean", [1, 0], [1, 0]),
        (["1.5", "2.5", "XL"], "number", [2.5, 3.5, NAN], [1, UNSEEN, MISSING]),
        (["+1", "1e3", "2", "x"], "number", [1, 2, 1000], [0, 2, 1]),
        (["false", "true"], "number", [1, 0, 2], [1, 0, UNSEEN]),
        (["12345678901234567"], "number", [12345678901234567], [UNSEEN]),
    ],
)
def test_words_that_were_read_as_numbers_or_flags_are_known_all_the_same(categories, kind, values, codes):
    column = Column(kind, np.array(values, np.float64))
    assert codes_of(column, tuple(categories)).tolist() == codes


def fitted(impute="most_frequent", encode="one_hot"):
    column = {"name": "land", "type": "category", "categories": ["DE", "FR"], "encode": encode, "impute": impute}
    moment = {"name": "when", "type": "time"}
    spec = TableSpec.from_json(
        {
            "inputs": [column, moment, {"name": "flag", "type": "boolean"}],
            "target": {"name": "y", "type": "number"},
        }
    )
    return fit(spec, frame(["FR", "DE", "FR"]))


def frame(words, **columns):
    known = tuple(dict.fromkeys(words))
    rows = len(words)
    return Frame(
        {
            "land": Column("category", np.array([known.index(word) for word in words], np.int32), known),
            "when": Column("time", np.arange(rows).astype("datetime64[D]").astype("datetime64[us]")),
            "flag": Column("boolean", np.zeros(rows)),
            "y": Column("number", np.arange(rows, dtype=np.float64)),
            **columns,
        }
    )


@pytest.mark.parametrize("encode", ["one_hot", "embedding"])
@pytest.mark.parametrize("word", ["FR", " FR", "NA", " null ", "ES"])
def test_a_word_in_a_row_alone_means_what_it_means_among_others(word, encode):
    known = fitted(encode=encode)
    row = {"land": word, "when": np.datetime64(0, "us"), "flag": 0.0}
    encoded = known.encode(frame([word]), np.float64)
    np.testing.assert_array_equal(known.row(row), encoded.values)
    assert known.row_cells(row) == encoded.cells
    assert ("land" in encoded.cells.imputed, "land" in encoded.cells.unseen) == (word in ("NA", " null "), word == "ES")


def test_a_word_for_missing_is_rejected_where_a_category_is_required():
    known = fitted(impute="none")
    with pytest.raises(DataError, match="land"):
        known.encode(frame(["FR", "NA"]), np.float64)
    with pytest.raises(DataError, match="land: is required"):
        known.row({"land": "NA"})


def test_a_column_without_any_value_is_of_every_kind():
    known = fitted()
    empty = Column("number", np.array([NAN, NAN]))
    cells = known.encode(frame(["FR", "FR"], land=empty, when=empty, flag=empty), np.float64).cells
    assert {name: item.rows for name, item in cells.imputed.items()} == {"land": 2, "when": 2, "flag": 2}
    assert not cells.unseen
