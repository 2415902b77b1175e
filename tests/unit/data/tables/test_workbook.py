"""A sheet of a workbook, as Excel writes it."""

import io
import random
import zipfile
from datetime import date, datetime

import pytest

from service.data.tables.errors import TableError
from service.data.tables.ingest import ingest
from service.data.tables.options import IngestOptions
from service.data.tables.reading import read
from service.schema.validation import DataError

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{}</Relationships>"
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: Style 1 is a date, style 2 a date with a time.
STYLES = (
    f'<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/></cellXfs></styleSheet>'
)


def letter(place):
    return chr(ord("A") + place)


def cell(place, row, value):
    at = f'r="{letter(place)}{row}"'
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        return f'<c {at} s="2"><v>{(value - datetime(1899, 12, 30)).total_seconds() / 86400}</v></c>'
    if isinstance(value, date):
        return f'<c {at} s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f"<c {at}><v>{value}</v></c>"
    if value.startswith("="):
        return f"<c {at}><f>{value[1:]}</f><v>42</v></c>"
    if value.startswith("#"):
        return f'<c {at} t="e"><v>{value}</v></c>'
    return f'<c {at} t="inlineStr"><is><t>{value}</t></is></c>'


def workbook(first=1, **sheets):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        target = f'<Relationship Id="r1" Type="{KIND}/officeDocument" Target="xl/workbook.xml"/>'
        archive.writestr("_rels/.rels", RELS.format(target))
        listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"/>' for n, name in enumerate(sheets, 1))
        head = f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{KIND}"><sheets>{listed}</sheets></workbook>'
        archive.writestr("xl/workbook.xml", head)
        targets = "".join(
            f'<Relationship Id="s{n}" Type="{KIND}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        styles = f'<Relationship Id="st" Type="{KIND}/styles" Target="styles.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", RELS.format(targets + styles))
        archive.writestr("xl/styles.xml", STYLES)
        for n, rows in enumerate(sheets.values(), 1):
            lines = "".join(
                f'<row r="{row}">{"".join(cell(place, row, value) for place, value in enumerate(cells))}</row>'
                for row, cells in enumerate(rows, first)
            )
            data = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
            archive.writestr(f"xl/worksheets/sheet{n}.xml", data)
    return buffer.getvalue()


ROWS = [
    ["name", "price", "day", "at", "good", "code", "mixed"],
    ["Brie", 1.234, date(2024, 3, 1), datetime(2024, 3, 1, 12, 30), True, "007", 1],
    ["Feta", 2, date(2024, 3, 2), datetime(2024, 3, 2, 0, 0, 1), False, "010", "n/a"],
    ["Gouda", None, None, None, None, None, 3.5],
]


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


def test_numbers_times_and_words_arrive_as_what_they_are(taken):
    summary = taken(workbook(Cheese=ROWS))
    assert summary["format"] == "xlsx"
    assert summary["options"] == {"sheet": "Cheese", "header": True, "skip_rows": 0}
    assert {column["name"]: column["type"] for column in summary["columns"]} == {
        "name": "category",
        "price": "number",
        "day": "time",
        "at": "time",
        "good": "boolean",
        "code": "category",
        "mixed": "number",
    }
    assert summary["preview"][0] == {
        "name": "Brie",
        "price": 1.234,
        "day": "2024-03-01T00:00:00Z",
        "at": "2024-03-01T12:30:00Z",
        "good": True,
        "code": "007",
        "mixed": 1.0,
    }


def test_a_sheet_is_chosen_by_name_and_the_others_are_reported(taken, rejected):
    data = workbook(Empty=[], Cheese=ROWS, Wine=[["a"], [1]])
    summary = taken(data)
    assert (summary["options"]["sheet"], summary["rows"]) == ("Cheese", 3)
    assert 'sheet "Cheese" was read of 2: give sheet= to read Wine' in summary["warnings"]
    assert taken(data, sheet="Wine")["rows"] == 1
    assert 'has no sheet of this name; it has Empty, Cheese, Wine, got "Beer"' in rejected(data, sheet="Beer")


def test_titles_empty_columns_and_rows_around_the_table_are_left_out(taken):
    rows = [[*row, None, None] for row in ROWS]
    rows[0][-1] = ""
    summary = taken(workbook(first=3, A=[["Report"], [], *rows, ["", None, ""]]))
    assert (summary["rows"], len(summary["columns"])) == (3, 7)
    assert [warning for warning in summary["warnings"] if 'skipped as a title ("Report")' in warning]


def test_a_sheet_without_a_header_gets_made_names(taken):
    summary = taken(workbook(A=[[1.5, "x"], [2.5, "y"], [3.5, "x"]]))
    assert [column["name"] for column in summary["columns"]] == ["column_1", "column_2"]
    assert summary["rows"] == 3


def test_errors_are_reported_by_the_row_of_the_sheet(rejected):
    data = workbook(first=4, A=[["a", "b"], [1, 2], [None, None], [3, "many"]])
    assert 'row 7, column "b": must be a number, got "many"' in rejected(data, types={"b": "number"})


def test_formulas_are_what_they_last_came_to_and_nothing_is_run(taken):
    summary = taken(workbook(A=[["a", "b"], [1, '=WEBSERVICE("http://127.0.0.1")'], [2, 43]]))
    assert [row["b"] for row in summary["preview"]] == [42.0, 43.0]


def test_types_can_be_said(taken):
    summary = taken(workbook(Cheese=ROWS), types={"price": "category", "day": "category"})
    assert summary["preview"][0]["price"] == "1.234"
    assert summary["preview"][0]["day"] == "2024-03-01"


@pytest.mark.parametrize("data", [workbook(A=ROWS)[:-200], workbook(A=[]), workbook(A=[["a", "b"]])])
def test_what_is_no_workbook_or_has_no_rows_is_rejected(rejected, data):
    assert any(words in rejected(data) for words in ("no sound", "has no rows"))


def test_a_broken_workbook_is_called_one(rejected):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "is no sound Excel or OpenDocument workbook" in rejected(buffer.getvalue())
    assert "is no sound Excel or OpenDocument workbook" in rejected(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_a_workbook_that_unpacks_to_too_much_hurts_nobody(tmp_path):
    rows = "<row r='1'><c r='A1'><v>1</v></c></row>"
    far = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
    data = io.BytesIO(workbook(A=[["a"], [1]]))
    with zipfile.ZipFile(data) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}{far}</sheetData></worksheet>'
    files["xl/worksheets/sheet1.xml"] = sheet.encode()
    path = tmp_path / "upload"
    with zipfile.ZipFile(path, "w") as archive:
        for name, unpacked in files.items():
            archive.writestr(name, unpacked)
    with pytest.raises(DataError, match="memory|columns"):
        ingest(path, tmp_path / "table", IngestOptions(), memory_bytes=2**30)
