"""Which words of a column are missing cells."""

import pyarrow as pa
import pytest

from service.data.kinds.registry import KINDS
from service.data.reading.columns import ColumnReader
from service.data.reading.settings import Settings


def read(cells, wanted=None, has_null=False, **settings):
    reader = ColumnReader(Settings(**settings), delimiter=",", has_null=has_null)
    return reader.look(pa.chunked_array([pa.array(cells, pa.string())]), wanted)


@pytest.mark.parametrize("word", ["?", "-", "--", "–", ".", "n/a", "#N/A", "NULL", "nan", "None", "unknown", "#DIV/0!"])
def test_among_numbers_and_times_what_says_so_is_missing(word):
    for cells in (["1.5", "2"], ["2024-03-01", "2024-03-02"]):
        column = read([*cells, word])
        assert column.cells.type != pa.string()
        assert column.cells[2].as_py() is None
        assert (column.read_as["missing"], column.read_as["counts"]["missing"]) == ([word], {word: 1})


@pytest.mark.parametrize(
    ("cells", "missing", "kept"),
    [
        (["Dream", "Biscoe", "NA"], ["NA"], None),
        (["DE", "FR", "US", "NA"], [], "NA"),
        (["low", "high", "none"], [], "none"),
        (["Brick", "Stone", "None"], [], "None"),
        (["Brick", "Stone", "none"], ["none"], None),
        (["low", "high", "null"], ["null"], None),
        (["low", "high", "?"], ["?"], None),
        (["low", "high", "unknown"], [], None),
        (["+", "-"], [], "-"),
        (["yes", "no", "?"], ["?"], None),
    ],
)
def test_among_words_it_depends_on_the_others(cells, missing, kept):
    column = read(cells)
    assert column.read_as.get("missing", []) == missing
    assert column.cells.null_count == len(missing)
    assert [kept in warning for warning in column.warnings] == ([True] if kept else [])


def test_where_a_file_has_null_a_name_is_a_word():
    column = read(["Dream", "NA", None], has_null=True)
    assert column.cells.to_pylist() == ["Dream", "NA", None]


def test_a_request_may_say_which_words_are_missing():
    column = read(["low", "high", "none", "x"], missing=("none", "x"))
    assert column.cells.to_pylist() == ["low", "high", None, None]
    assert column.read_as["missing"] == ["none", "x"]
    assert read(["1", "-999"], missing=("-999",)).cells.to_pylist() == [1, None]


def test_a_column_of_yes_and_no_stays_one_beside_missing_words():
    assert read(["Yes", "no", "?"]).cells.to_pylist() == [True, False, None]
    assert read(["yes", "no", "unknown"]).cells.type == pa.string()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["red", "Red", "blue"], '("Red", "red")'),
        (["New  York", "New York", "b", "B"], ", and 1 more such"),
        (["red", "blue", "re d"], None),
    ],
)
def test_words_that_differ_only_in_case_or_spaces_are_reported(words, said):
    column = pa.chunked_array([pa.array(words, pa.string())])
    kind = KINDS["category"]
    doubts = list(kind.doubts(column, kind.profile(column)))
    assert [said in doubt for doubt in doubts] == [True] * (said is not None)
