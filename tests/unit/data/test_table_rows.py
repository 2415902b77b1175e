"""Rows in the user's words."""

import numpy as np
import pytest

from service.data.table_rows import Columns, Csv, read_rows, read_text_row
from service.schema.validation import DataError

COLUMNS = Columns(
    {"mass": "number", "island": "category", "tagged": "boolean", "seen": "time"}, frozenset({"mass"})
)  # fmt: skip


def rejections(value) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_rows(value, COLUMNS)
    return [str(issue) for issue in caught.value.issues]


def test_objects_become_columns_and_what_is_left_out_is_missing():
    frame = read_rows([{"mass": 1, "island": "Dream", "seen": "2020-01-01T02:00:00+02:00"}, {"mass": 2.5}], COLUMNS)
    assert frame["mass"].values.tolist() == [1, 2.5]
    assert frame["island"].words == ("Dream",)
    assert frame["island"].values.tolist() == [0, -1]
    assert np.isnan(frame["tagged"].values).all()
    assert (
        frame["seen"].values.tolist()[0] == frame["seen"].values[0].astype(object) == np.datetime64("2020-01-01", "us")
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_says_the_same(delimiter):
    lines = ["\ufeffisland,mass,tagged", '"Big, green",1e3,YES', ",2,n/a", ""]
    text = "\r\n".join(line.replace(",", delimiter).replace(f"Big{delimiter}", "Big,") for line in lines)
    frame = read_rows(Csv(text), COLUMNS)
    assert frame["mass"].values.tolist() == [1000, 2]
    assert (frame["island"].words, frame["island"].values.tolist()) == (("Big, green",), [0, -1])
    assert frame["tagged"].values[0] == 1 and frame["tagged"].missing[1]
    assert frame["seen"].missing.all()


@pytest.mark.parametrize("header", ["a;b;c,d", "d,a;b;c", '"a;b;c",d'])
def test_the_delimiter_is_the_one_that_makes_columns_of_the_first_line(header):
    frame = read_rows(Csv(f"{header}\n1,2\n"), Columns({"a;b;c": "number", "d": "number"}, frozenset()))
    assert sorted(column.values.tolist() for column in frame.columns.values()) == [[1], [2]]


def test_every_issue_has_its_row_and_column():
    rows = [{"mass": "heavy"}, {"island": "Dream"}, {"mass": 1, "ilsand": "Dream"}, 7]
    assert rejections(rows) == [
        "[1].mass: is required; optional: island, tagged, seen",
        '[2].ilsand: unknown column "ilsand"; did you mean "island"? Known: mass, island, tagged, seen',
        "[3]: must be an object by column (mass, island, tagged, seen), got 7",
    ]
    cells = [{"mass": "heavy", "seen": "yesterday"}, {"mass": True, "tagged": 1, "island": []}]
    assert rejections(cells) == [
        '[0].mass: must be a finite number, got "heavy"',
        '[0].seen: must be a time such as 2024-03-01T12:30:00Z or a date, got "yesterday"',
        "[1].mass: must be a number, got true",
        "[1].island: must be a text, got a list",
        "[1].tagged: must be true or false, got 1",
    ]


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("", "must be CSV: a line of column names, and a line for each row"),
        ("mass\n", "must have one or more rows below the line of column names"),
        ("mass,mass\n1,2", "mass: occurs twice"),
        ("mass,wieght\n1,2", 'wieght: unknown column "wieght"; known: mass, island, tagged, seen'),
        ("island\nDream", "mass: is required; optional: island, tagged, seen"),
        ("mass,island\n1", "[0]: must have 2 cells, got 1"),
        ("mass\n1e999", "[0].mass: must be a finite number"),
        ("mass\n1e 5", '[0].mass: must be a finite number, got "1e 5"'),
        ("mass\nNA", "[0].mass: is required; optional: island, tagged, seen"),
        ('mass\n"1', "must be CSV: a line of column names, and a line for each row"),
    ],
)
def test_csv_that_cannot_be_read_is_rejected_with_what_would_be_right(text, issue):
    assert rejections(Csv(text)) == [issue]


def test_a_row_of_texts_is_read_by_kind():
    row = read_text_row({"mass": "1e 3", "tagged": "no", "seen": "1969-12-31T23:59:59.5Z", "island": "NA"}, COLUMNS)
    assert row == {"mass": 1000, "tagged": 0, "seen": np.datetime64("1969-12-31T23:59:59.5", "us"), "island": "NA"}
    with pytest.raises(DataError) as caught:
        read_text_row({"mass": "", "tagged": "perhaps"}, COLUMNS)
    assert [str(issue) for issue in caught.value.issues] == [
        'tagged: must be true or false, got "perhaps"',
        "mass: is required; optional: island, tagged, seen",
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1965-03-01T12:00:00 02:00", "1965-03-01T10:00:00"),
        ("1965-03-01 12:00 0230", "1965-03-01T09:30"),
        ("1965-03-01 12:00", "1965-03-01T12:00"),
        ("1965-03-01T12:00-02:00", "1965-03-01T14:00"),
    ],
)
def test_a_plus_that_a_url_turned_into_a_space_is_a_plus(text, moment):
    assert read_text_row({"mass": "1", "seen": text}, COLUMNS)["seen"] == np.datetime64(moment, "us")


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59", "9999-12-31T23:59:59.999999"])
def test_a_moment_lies_in_the_years_of_four_digits_to_the_last_of_them(text):
    (moment,) = read_rows([{"mass": 1, "seen": text}], COLUMNS)["seen"].values
    assert moment == np.datetime64(text, "us")


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+01:00"])
def test_a_moment_beyond_those_years_is_rejected(text):
    assert "must lie in the years 1 to 9999" in str(rejections([{"mass": 1, "seen": text}]))


def test_a_category_may_be_written_as_a_number():
    frame = read_rows(
        [{"mass": 1, "island": 2007}, {"mass": 1, "island": 2007.0}, {"mass": 1, "island": "2007"}], COLUMNS
    )
    assert frame["island"].words == ("2007",)
