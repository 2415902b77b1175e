"""Columns of dates and moments as people write them."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from service.data.kinds.registry import KINDS
from service.data.reading.columns import ColumnReader
from service.data.reading.read_as import ReadAs
from service.data.reading.settings import Settings


def read(*columns, delimiter=",", wanted=None, **settings):
    reader = ColumnReader(Settings(**settings), delimiter=delimiter)
    found = [reader.look(pa.chunked_array([pa.array(cells, pa.string())]), wanted) for cells in columns]
    return [column() if callable(column) else column for column in found][0]


DAY = datetime(2023, 6, 5)
LATER = datetime(2023, 12, 15)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2023/06/05", "2023/12/15"], "YMD"),
        (["2023.06.05", "2023.12.15"], "YMD"),
        (["2023. 6. 5.", "2023. 12. 15."], "YMD"),
        (["2023년 6월 5일", "2023년 12월 15일"], "YMD"),
        (["05/06/2023", "15/12/2023"], "DMY"),
        (["06/05/2023", "12/15/2023"], "MDY"),
        (["5.6.2023", "15.12.2023"], "DMY"),
        (["05-06-2023", "15-12-2023"], "DMY"),
        (["5 Jun 2023", "15 December 2023"], "DMY"),
        (["05-Jun-2023", "15-Dec-2023"], "DMY"),
        (["Jun 5, 2023", "Dec 15, 2023"], "MDY"),
        (["Mon, 5 Jun 2023", "Fri, 15 Dec 2023"], "DMY"),
    ],
)
def test_dates_are_read_in_the_order_that_all_of_them_have(cells, order):
    column = read([*cells, "NA"])
    assert column.cells.to_pylist() == [DAY, LATER, None]
    assert (column.read_as["dates"], column.read_as["precision"], column.warnings) == (order, "day", [])
    for text, moment in zip(cells, (DAY, LATER), strict=True):
        assert KINDS["time"].from_text(text, ReadAs(dates=order)) == np.datetime64(moment, "us")


@pytest.mark.parametrize(
    "text",
    [
        "2023-06-05 13:45:00.25+00",
        "2023-06-05T13:45:00.250Z",
        "2023-06-05 15:45:00.25+02:00",
        "2023-06-05 15:45:00.25+0200",
        "2023/06/05 1:45:00.25 PM",
        "2023. 6. 5. 오후 1:45:00.25",
        "05.06.2023 13:45:00,25",
    ],
)
def test_a_moment_is_in_utc(text):
    other = text.replace("06", "07").replace(". 6.", ". 7.").replace("05.07", "15.07")
    column = read([text, other])
    assert column.cells[0].as_py() == datetime(2023, 6, 5, 13, 45, 0, 250_000)
    assert "precision" not in column.read_as


AMBIGUOUS = ["01/02/2020", "03/04/2020"]


@pytest.mark.parametrize(
    ("columns", "settings", "month", "doubt"),
    [
        ([AMBIGUOUS], {}, 1, "dates=DMY"),
        ([AMBIGUOUS], {"delimiter": ";"}, 2, "dates=MDY"),
        ([AMBIGUOUS, ["1,5"]], {}, 2, "dates=MDY"),
        ([["01.02.2020", "03.04.2020"]], {}, 2, "dates=MDY"),
        ([AMBIGUOUS, ["31/12/2020"]], {}, 2, None),
        ([AMBIGUOUS, ["12/31/2020"]], {}, 1, None),
        ([AMBIGUOUS], {"dates": "DMY"}, 2, None),
        ([AMBIGUOUS], {"dates": "MDY"}, 1, None),
        ([["05/05/2020", "06/06/2020"]], {}, 5, None),
    ],
)
def test_a_day_that_could_be_the_month_is_settled_by_the_file_or_warned_of(columns, settings, month, doubt):
    column = read(*columns, **settings)
    assert column.cells[0].as_py().month == month
    assert [doubt in warning for warning in column.warnings] == ([True] if doubt else [])


def test_offsets_may_be_mixed_and_those_without_are_reported():
    column = read(["2017-01-01 19:13+01:00", "2017-01-01 19:13"])
    assert column.cells.to_pylist() == [datetime(2017, 1, 1, 18, 13), datetime(2017, 1, 1, 19, 13)]
    assert "with and without an offset" in column.warnings[0]


def test_years_of_two_digits_are_reported():
    column = read(["31.12.68", "1.2.69"])
    assert [moment.year for moment in column.cells.to_pylist()] == [2068, 1969]
    assert "years of two digits" in column.warnings[0]


@pytest.mark.parametrize("cells", [["31/02/2020", "01/01/2020"], ["2020-13-45"], ["31/12/2020", "12/31/2020"]])
def test_what_is_no_date_stays_words(cells):
    assert read(cells).cells.to_pylist() == cells


def test_plain_iso_dates_stay_dates():
    assert read(["2024-03-01", ""]).read_as == {"precision": "day"}
    assert read(["2024-03-01T10:00", ""]).read_as == {}


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        (["2024-01-28", "27/1/2024"], "not all written in one way (2024-01-28, 27/1/2024)"),
        (["2024-01-28", "2024-01-29", "soon"], 'mostly dates: 1 cell is not ("soon")'),
        (["2024-01-28", "soon", "later"], None),
        (["soon", "later"], None),
    ],
)
def test_words_that_are_mostly_dates_are_reported(cells, warning):
    column = read(cells)
    assert column.cells.type == pa.string()
    assert [warning in said for said in column.warnings] == [True] * (warning is not None)


def test_days_without_separators_are_read_where_a_request_says_so():
    column = read(["20240131", "20231231"], wanted="time")
    assert column.cells.to_pylist() == [datetime(2024, 1, 31), datetime(2023, 12, 31)]
    assert read(["20240131", "20231231"]).cells.type == pa.float64()
