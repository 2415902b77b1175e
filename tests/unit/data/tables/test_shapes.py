"""Files in the shapes that programs give them: where the header is, what is a row, and what was assumed."""

import io
import random
import zipfile

import pytest

from service.data.tables.errors import TableError
from service.data.tables.options import IngestOptions
from service.data.tables.reading import read

ROWS = [("5.10", "3.50", "red", "21.30"), ("9.52", "0.77", "blue", "26.34"), ("1.75", "2.79", "blue", "16.88")] * 7
NAMES = ("length", "width", "kind", "price")


def csv(*lines, delimiter=",", end="\n"):
    return (end.join(delimiter.join(line) if isinstance(line, tuple) else line for line in lines) + end).encode()


@pytest.fixture
def taken(tmp_path):
    def take(data, **options):
        path, folder = tmp_path / "upload", tmp_path / f"table-{random.random()}"
        path.write_bytes(data)
        folder.mkdir()
        return read(path, folder, IngestOptions(**options))

    return take


@pytest.fixture
def rejected(taken):
    def send(data, **options):
        with pytest.raises(TableError) as caught:
            taken(data, **options)
        return str(caught.value)

    return send


def names(summary):
    return [column["name"] for column in summary["columns"]]


def types(summary):
    return {column["name"]: column["type"] for column in summary["columns"]}


def warned(summary, words):
    return [warning for warning in summary["warnings"] if words in warning]


# -- the header ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        [("1", "a"), ("2", "a"), ("3", "b"), ("4", "b")],
        [("2024-03-01", "2.5"), ("2024-03-02", "2.5")],
        [("x", "s"), ("b", "s"), ("x", "y"), ("b", "y")],
        [("$1.50", "12%"), ("$2.50", "15%"), ("$1.75", "9%")],
        [("3", "4"), ("5", "6"), ("7", "9")],
        [("2019", "2020"), ("2021", "2022")],
        [("1,5", "2,5"), ("3,5", "1,25")],
        [("NA", "5.1", "4.9"), ("3.5", "1.25", "2"), ("2.5", "1.25", "2")],
    ],
)
def test_a_first_line_that_looks_like_data_is_a_row(taken, rows):
    summary = taken(csv(*rows, delimiter=";"))
    assert summary["rows"] == len(rows)
    assert names(summary) == [f"column_{place}" for place in range(1, len(rows[0]) + 1)]
    assert summary["options"]["header"] is False
    assert warned(summary, "line 1 looks like data")


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (NAMES, ROWS),
        (("country", "2019", "2020"), [("Peru", "3.5", "4.5"), ("Chad", "7", "8"), ("Oman", "1", "2")]),
        (("0", "1", "2"), [("0.5", "0.25", "7"), ("1.5", "2.25", "9")]),
        (("a", "b"), [("x", "y"), ("z", "y")]),
        (("a", "b"), [("yes", "no"), ("no", "no")]),
        (("when",), [("2024-01-01",), ("2024-01-02",)]),
        (("1stFlrSF", "2ndFlrSF", "q1"), [("856", "854", "1"), ("1262", "0", "2")]),
        (("id", "note"), [("1", "good"), ("2", "good"), ("3", "id")]),
    ],
)
def test_a_first_line_of_names_is_the_header(taken, header, rows):
    summary = taken(csv(header, *rows))
    assert (names(summary), summary["rows"]) == ([*header], len(rows))
    assert summary["options"]["header"] is True


def test_names_that_look_like_data_are_warned_of(taken):
    assert warned(taken(csv(("2019", "2020"), ("3.5", "4.5"), ("7", "8"))), "look like data; give header=false")


def test_the_request_says_whether_there_is_a_header(taken):
    assert taken(csv(NAMES, *ROWS), header=False)["rows"] == 22
    summary = taken(csv(*ROWS[:3]), header=True)
    assert (names(summary), summary["rows"], warned(summary, "header")) == (list(ROWS[0]), 2, [])


def test_a_header_that_is_repeated_is_no_row(taken):
    summary = taken(csv(NAMES, *ROWS[:2], NAMES, *ROWS, tuple(map(str.upper, NAMES))))
    assert summary["rows"] == 23
    assert types(summary)["price"] == "number"
    assert warned(summary, "2 lines (4, 26) repeat the header and were left out")


def test_places_of_errors_count_the_lines_that_were_left_out(rejected):
    data = csv(NAMES, ROWS[0], NAMES, ("1", "2", "red", "dear"))
    assert 'line 4, column "price": must be a number, got "dear"' in rejected(data, types={"price": "number"})


def test_a_header_one_name_short_lacks_that_of_the_row_names(taken):
    rows = [(f"Mazda {place}", *row) for place, row in enumerate(ROWS)]
    summary = taken(csv(NAMES, *rows))
    assert names(summary) == ["index", *NAMES]
    ends = taken(csv(NAMES, *(",".join(row) + "," for row in ROWS)))
    assert names(ends) == [*NAMES]


def test_a_comma_too_many_in_every_line_is_no_row_name(rejected):
    assert "line 2: must have 2 cells" in rejected(b"length,width\n1,5,2\n1,5,3\n1,7,3\n1,9,4\n")


# -- what stands around a table --------------------------------------------------------------------------------------


def test_sep_sets_the_delimiter_and_is_no_row(taken):
    for first in ("sep=;", '"sep=;"', "SEP=;"):
        summary = taken(csv(first, NAMES, *ROWS, delimiter=";", end="\r\n"))
        assert (names(summary), summary["rows"], summary["options"]["delimiter"]) == ([*NAMES], 21, ";")


def test_lines_behind_sep_keep_their_numbers(rejected):
    data = csv("sep=;", NAMES, ("1", "2", "red", "dear"), delimiter=";")
    assert "line 3" in rejected(data, types={"price": "number"})
    assert "line 4: must have 4 cells" in rejected(data + b"1;2\n")


@pytest.mark.parametrize(
    "titles",
    [
        ["Report 2024"],
        ["Report 2024,,,"],
        ["Report 2024", "", "made by Kim", ""],
        ["# exported", "# by, a program, of ours"],
        ["Sales,,Costs"[:5]],
    ],
)
def test_titles_above_the_header_are_skipped_and_reported(taken, titles):
    summary = taken(csv(*titles, NAMES, *ROWS))
    assert (names(summary), summary["rows"]) == ([*NAMES], 21)
    assert summary["options"]["skip_rows"] == len(titles) - (titles[-1] == "")
    assert warned(summary, "skipped as a title")


def test_lines_to_skip_can_be_said(taken):
    summary = taken(csv(("a", "b", "c", "d"), NAMES, *ROWS), skip_rows=1)
    assert (names(summary), summary["rows"], summary["options"]["skip_rows"]) == ([*NAMES], 21, 1)


def test_empty_columns_and_rows_of_a_spreadsheet_are_left_out_and_reported(taken):
    lines = [",".join(line) + ",,," for line in (NAMES, *ROWS)]
    summary = taken(csv(*lines, ",,,,,,", " ,,,,,,"))
    assert (names(summary), summary["rows"]) == ([*NAMES], 21)
    assert warned(summary, "3 columns have neither a name nor any cell and were left out")
    assert warned(summary, "2 lines (23, 24) have no cell filled in and were left out")


def test_a_column_that_has_cells_needs_a_name(rejected):
    assert "line 1: column 2 has no name; give it one" in rejected(b"a,,b\n1,2,3\n1,2,3\n")


def test_the_index_of_a_data_frame_is_called_so(taken):
    summary = taken(csv(("", *NAMES), *((str(place), *row) for place, row in enumerate(ROWS))))
    assert names(summary) == ["index", *NAMES]
    assert warned(summary, 'the first column has no name and is called "index"')


@pytest.mark.parametrize("word", ["Total", "total:", "Summe", "합계", "Grand total"])
def test_a_total_at_the_end_is_warned_of(taken, word):
    summary = taken(csv(("kind", "price"), ("red", "1"), ("blue", "2"), (word, "3")))
    assert warned(summary, f'line 4 looks like a total ("{word}" in "kind")')


def test_a_word_that_comes_often_is_no_total(taken):
    assert not warned(taken(csv(("kind", "price"), ("Total", "1"), ("blue", "2"), ("Total", "3"))), "total")


# -- delimiters and encodings ----------------------------------------------------------------------------------------


def test_runs_of_spaces_are_a_delimiter(taken):
    lines = ["length  width   kind    price", *("   ".join(row) for row in ROWS), '1 2  "dark red"   3']
    summary = taken(csv(*lines))
    assert (names(summary), summary["rows"], summary["options"]["delimiter"]) == ([*NAMES], 22, " ")
    assert summary["preview"][-1]["kind"] == "dark red"


def test_single_spaces_may_leave_a_cell_empty(taken):
    summary = taken(b"a b c\n1  3\n4 5 6\n", delimiter=" ")
    assert summary["preview"][0] == {"a": 1.0, "b": None, "c": 3.0}


def test_words_with_spaces_are_one_column(taken):
    assert names(taken(b"full name\nAnn Lee\nBob Ray\nCy Young\n")) == ["full name"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_delimiter_is_found_beside_decimal_commas(taken, delimiter):
    rows = [tuple(cell.replace(".", ",") for cell in row) for row in ROWS]
    assert names(taken(csv("Messwerte, roh", NAMES, *rows, delimiter=delimiter))) == [*NAMES]


TEXT = "이름,가격\n사과,1.5\n배,2.5\n"
GERMAN = "größe,preis\nMüßig,1.5\nüber,2.5\n"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (TEXT, "utf-8-sig", "utf-8"),
        (TEXT, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-32", "utf-32"),
        (TEXT, "cp949", "cp949"),
        (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "latin-1", "cp1252"),
    ],
)
def test_an_encoding_is_found_and_reported(taken, text, encoding, told):
    summary = taken(text.encode(encoding))
    assert (names(summary), summary["options"]["encoding"]) == (text.splitlines()[0].split(","), told)
    assert bool(warned(summary, f"is not in UTF-8 and was read as {told}")) == (told in ("cp949", "cp1252"))


def test_an_encoding_that_was_guessed_shows_a_word(taken):
    assert warned(taken(GERMAN.encode("cp1252")), 'so that a cell says "größe"; give encoding= if that is wrong')


def test_an_encoding_can_be_said(taken, rejected):
    assert names(taken("цена,вес\n1,2\n".encode("cp1251"), encoding="windows-1251")) == ["цена", "вес"]
    assert "line 2: is not in UTF-8" in rejected(b"a,b\n\xe9,2\n", encoding="utf-8")
    assert "line 1: is not in cp949" in rejected(b"\xff\xff,b\n1,2\n", encoding="cp949")
    for name in ("base64", "nonsense", "rot13", "a\0b"):
        assert "needs an encoding such as" in rejected(b"a,b\n1,2\n", encoding=name)


# -- packed ----------------------------------------------------------------------------------------------------------


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def test_a_zip_file_of_one_table_is_read(taken):
    assert taken(zipped(table_csv=csv(NAMES, *ROWS)))["rows"] == 21
    buffer = io.BytesIO(zipped(table_csv=csv(NAMES, *ROWS)))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("__MACOSX/._table.csv", b"clutter")
        archive.mkdir("data")
    assert taken(buffer.getvalue())["rows"] == 21


def test_a_zip_file_of_several_tables_is_rejected_with_their_names(rejected):
    assert "holds 2 files (a.csv, b.csv); a zip file must hold one table" in rejected(zipped(a_csv=b"a", b_csv=b"b"))


def test_a_zip_file_that_unpacks_to_too_much_is_rejected(rejected, monkeypatch):
    monkeypatch.setattr("service.data.tables.archives.MAX_UNPACKED_BYTES", 1000)
    assert "unpacks to more than" in rejected(zipped(a_csv=b"a" * 2000))


def test_an_option_of_another_format_is_rejected(rejected):
    assert "is of the format csv, which has no sheet" in rejected(csv(NAMES, *ROWS), sheet="Sheet1")
    assert "is of the format json, which has no header" in rejected(b'[{"a": 1}]', header=True)


def test_columns_are_counted_while_they_are_read(rejected, monkeypatch):
    monkeypatch.setattr("service.data.tables.header.MAX_COLUMNS", 3)
    lines = b"".join(b'{"c%d": 1}\n' % place for place in range(100))
    assert "has 4 columns; at most 3 can be taken" in rejected(lines)
    assert "has 4 columns" in rejected(csv(NAMES, *ROWS))
