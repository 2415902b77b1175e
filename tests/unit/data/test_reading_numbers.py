"""Columns of numbers as people write them."""

import json

import pyarrow as pa
import pytest

from service.data.kinds.registry import KINDS
from service.data.reading.columns import ColumnReader
from service.data.reading.look import UnreadableColumn
from service.data.reading.number_text import read_number
from service.data.reading.read_as import ReadAs
from service.data.reading.settings import Settings
from service.schema.validation import SpecError


def read(*columns, delimiter=",", wanted=None, has_null=False, **settings):
    """The first column, of a file with these columns."""
    reader = ColumnReader(Settings(**settings), delimiter=delimiter, has_null=has_null)
    found = [reader.look(pa.chunked_array([pa.array(cells, pa.string())]), wanted) for cells in columns]
    read = [column() if callable(column) else column for column in found]
    return read[0]


@pytest.mark.parametrize(
    ("cells", "numbers", "read_as"),
    [
        (["44,89", "21,3"], [44.89, 21.3], {"decimal": ","}),
        (["1.234,5", "2"], [1234.5, 2], {"decimal": ",", "thousands": "."}),
        (["1,234.5", "2"], [1234.5, 2], {"decimal": ".", "thousands": ","}),
        (["1.234.567", "2.345"], [1234567, 2345], {"decimal": ",", "thousands": "."}),
        (["12,34,567", "1,23,456"], [1234567, 123456], {"decimal": ".", "thousands": ","}),
        (["1'234.5", "1’234"], [1234.5, 1234], {"decimal": ".", "thousands": "'"}),
        (["1 234,5", "1\u00a0234\u202f567"], [1234.5, 1234567], {"decimal": ",", "thousands": " "}),
        (["7%", "12.5 %"], [7, 12.5], {"unit": "%"}),
        (["$0.12", "-$1.42", "$-3"], [0.12, -1.42, -3], {"unit": "$"}),
        (["1.234,50 €", "2,00 €"], [1234.5, 2], {"decimal": ",", "thousands": ".", "unit": "€"}),
        (["CHF 1'234.50", "CHF 2"], [1234.5, 2], {"decimal": ".", "thousands": "'", "unit": "CHF"}),
        (["₩1,012,000", "₩500"], [1012000, 500], {"decimal": ".", "thousands": ",", "unit": "₩"}),
        (["8.1 kg", "9 kg"], [8.1, 9], {"unit": "kg"}),
        (["(1.25)", "3"], [-1.25, 3], {}),
        (["($1,234.50)", "$3"], [-1234.5, 3], {"decimal": ".", "thousands": ",", "unit": "$"}),
        (["−2", "5-", "+3"], [-2, -5, 3], {}),
        (["1.5e5", "2e+06", "3E-2"], [1.5e5, 2e6, 0.03], {}),
        ([" 7", "8 "], [7, 8], {}),
        (["0.125", "12.500"], [0.125, 12.5], {}),
        (["0,125", "12,500"], [0.125, 12.5], {"decimal": ","}),
        (["-inf", "1", "NA"], [float("-inf"), 1, None], {"missing": ["NA"]}),
    ],
)
def test_a_column_of_numbers_is_read_as_it_is_written(cells, numbers, read_as):
    column = read(cells)
    assert column.cells.to_pylist() == numbers
    found = {key: value for key, value in column.read_as.items() if key not in ("counts", "examples")}
    assert (found, column.warnings) == (read_as, [] if read_as or column.read_as else column.warnings)
    spelling = ReadAs.from_json(found)
    plain = [number for number in map(abs, filter(None, numbers)) if number == float("inf")]
    for text, number in zip(cells, numbers, strict=True):
        if number is not None and not plain:
            assert read_number(text, spelling) == number


THOUSANDS = ["59.990", "10.566"]


@pytest.mark.parametrize(
    ("columns", "first", "doubt"),
    [
        ([THOUSANDS, ["44,89", "1,5"]], 59990, None),
        ([THOUSANDS, ["44.89", "1.5"]], 59.99, None),
        ([THOUSANDS, ["1,234,567", "2"]], 59.99, None),
        ([THOUSANDS], 59.99, "thousands=."),
        ([[*THOUSANDS, "1234"]], 59.99, None),
        ([[*THOUSANDS, "0.125"]], 59.99, None),
        ([["3,019", "2,593"], ["9.94", "1.96"]], 3019, None),
        ([["3,019", "2,593"], ["9,94", "1,96"]], 3.019, None),
        ([["3,019", "2,593"]], 3019, "decimal=,"),
    ],
)
def test_the_file_says_what_a_point_is_that_could_be_either(columns, first, doubt):
    column = read(*columns)
    assert column.cells[0].as_py() == first
    assert [doubt in warning for warning in column.warnings] == ([True] if doubt else [])


@pytest.mark.parametrize(
    ("settings", "first"),
    [({"decimal": ","}, 59990), ({"thousands": "."}, 59990), ({"decimal": "."}, 59.99), ({"thousands": ","}, 59.99)],
)
def test_a_request_may_say_what_a_point_is(settings, first):
    column = read(THOUSANDS, **settings)
    assert column.cells[0].as_py() == first


def test_what_a_request_says_and_no_cell_obeys_is_warned_of():
    column = read(["1.234", "2.5"], decimal=",")
    assert column.cells.to_pylist() == [1.234, 2.5]
    assert column.warnings == ['cannot be read with the decimal sign ",": 1.234']


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        (["12E3", "0E0", "7E0"], "has codes such as"),
        (["13e45", "12"], "has codes such as"),
        (["8.1 kg", "500 g"], "several units"),
        (["$5", "€6"], "several units"),
        (["1.2k", "900"], 'with and without "k"'),
        (["1,234.5", "1.234,5"], "not all written in one way"),
        (["12", "13", "low"], 'is mostly numbers: 1 cell is not ("low")'),
        (["12.5", "13.25"] * 20 + ["12.O"], 'is mostly numbers: 1 cell is not ("12.O")'),
        (["12 kg", "13 kg"] * 20 + ["5 lbs"], 'is mostly numbers: 1 cell is not ("5 lbs")'),
        (["12 kg", "5 lbs"] * 20, "several units (kg, lbs)"),
        (["01234", "90210"], None),
        (["007", "1"], None),
        (["A12", "A13"], None),
        (["1st", "2nd", "3rd"], "several units"),
        (["192.168.0.1", "10.0.0.7"], "not all written in one way"),
        (["010-1234-5678"], None),
    ],
)
def test_what_is_no_number_stays_words_with_the_reason(cells, doubt):
    column = read(cells)
    assert column.cells.to_pylist() == cells
    assert [doubt in warning for warning in column.warnings] == ([True] if doubt else [])


def test_powers_of_ten_that_may_be_codes_are_warned_of():
    column = read(["1e5", "2e6"])
    assert column.cells.to_pylist() == [1e5, 2e6]
    assert "powers of ten" in column.warnings[0]
    assert read(["12E3", "0E0"], wanted="number").cells.to_pylist() == [12000, 0]


def test_some_percent_signs_are_warned_of():
    column = read(["7%", "0.3"])
    assert column.cells.to_pylist() == [7, 0.3]
    assert column.warnings == ['has "%" in 1 cells and not in 1; all are read as they stand']


def test_it_is_said_how_a_column_was_read_with_counts_and_examples():
    column = read(["1.234,5 €", "2 €", "-", "-", "(3,5 €)"])
    assert column.read_as == {
        "decimal": ",",
        "thousands": ".",
        "unit": "€",
        "missing": ["-"],
        "counts": {"decimal": 2, "thousands": 1, "unit": 3, "negative": 1, "missing": {"-": 2}},
        "examples": [
            {"text": "(3,5 €)", "value": -3.5},
            {"text": "1.234,5 €", "value": 1234.5},
            {"text": "2 €", "value": 2.0},
        ],
    }
    json.dumps(column.read_as, allow_nan=False)


def test_every_cell_that_is_no_number_is_found_when_the_column_is_to_be_one():
    with pytest.raises(UnreadableColumn) as caught:
        read(["1", "low", "?", "high", "2"], wanted="number")
    assert caught.value.words == ["low", "high"]
    assert read(["1", "?"], wanted="number").cells.to_pylist() == [1, None]
    assert read(["1", "low"], wanted="number", missing=("low",)).cells.to_pylist() == [1, None]


def test_times_of_day_are_hours():
    for cells in (["18.00.00", "00.30.00"], ["18:00", "0:30"], ["18:00:00", "00:30:00"], ["6:00 PM", "12:30 am"]):
        column = read(cells)
        assert column.cells.to_pylist() == [18, 0.5]
        assert column.read_as["clock"] is True
        assert "read as hours" in column.warnings[0] and "date" not in column.warnings[0]


GERMAN = ReadAs(decimal=",", thousands=".", unit="%", missing=("-",))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", 1234.5),
        ("1.234,5 %", 1234.5),
        ("1234,5", 1234.5),
        ("1.234", 1234),
        ("1.5", 1.5),
        ("-", None),
        ("", None),
    ],
)
def test_a_cell_of_a_request_is_read_as_its_column_was(text, number):
    number_kind = KINDS["number"]
    assert number_kind.from_text(text, GERMAN) == number_kind.from_json(text, GERMAN) == number
    assert number_kind.from_json(1234.5, GERMAN) == 1234.5


@pytest.mark.parametrize("text", ["5 $", "low", "1.2.3"])
def test_a_cell_that_is_not_written_as_its_column_is_rejected_with_an_example(text):
    with pytest.raises(SpecError, match="such as 1.234,5"):
        KINDS["number"].from_text(text, GERMAN)


def test_a_point_that_could_be_either_is_rejected_in_a_column_with_a_decimal_comma():
    with pytest.raises(SpecError, match="such as 1234,5"):
        KINDS["number"].from_text("1.234", ReadAs(decimal=","))


@pytest.mark.parametrize(("cells", "accounted"), [(["5-", "7.5"], 1), (["(5)", "(7.5)"], 2), (["-5", "−7.5"], 0)])
def test_minus_signs_where_accounts_have_them_are_counted(cells, accounted):
    assert read(cells).read_as.get("counts", {}).get("negative", 0) == accounted


def test_a_rare_unit_is_named_where_the_column_is_to_be_numbers():
    with pytest.raises(UnreadableColumn) as raised:
        read(["12.5"] * 40 + ["12.O"], wanted="number")
    assert raised.value.words == ["12.O"]


@pytest.mark.parametrize(
    ("numbers", "are_dates"),
    [
        ([20240101, 20240131, 20231231, 19990228, 20000229], True),
        ([20240101, 20240131, 20231231, 19990228, 20000230], False),
        ([20240101.5, 20240131, 20231231, 19990228, 20000229], False),
        ([20240101] * 5, False),
    ],
)
def test_numbers_that_may_be_dates_are_reported(numbers, are_dates):
    column = pa.chunked_array([pa.array(numbers, pa.float64())])
    number_kind = KINDS["number"]
    said = list(number_kind.doubts(column, number_kind.profile(column)))
    assert any("may be dates" in doubt for doubt in said) == are_dates
