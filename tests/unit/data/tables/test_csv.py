"""Of any text at all: either refused, or read as the standard library's strict reader reads it."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.data.tables import quotes
from service.data.tables.csv_lines import records
from service.data.tables.csv_table import read_texts
from service.data.tables.quotes import are_quotes_paired

PIECES = st.sampled_from(["a", "é", " ", ",", '"', '""', "\n", "\r\n", "\r", "\n\n"])
CELLS = st.text(st.sampled_from('aé ,;"\n'), max_size=6)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("csv") / "table.csv"


@pytest.fixture(scope="module", autouse=True)
def _small_pieces():
    """So small that quotes lie across their borders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "PIECE_BYTES", 3)
        yield


def strictly_read(text):
    """None where it is no table."""
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error:
        return None


@given(st.lists(PIECES, max_size=16).map("".join))
@example("\n\na,b\n1,2\n")
@example('a,b\n1,"x\n2,"y\n')
def test_quotes_that_are_paired_hide_no_line(file, text):
    file.write_text(text, encoding="utf-8", newline="")
    if are_quotes_paired(file, ","):
        assert strictly_read(text) is not None


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=5)
    ),
    st.sampled_from([",", ";"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 2),
    st.booleans(),
)
def test_what_is_written_is_read(file, rows, delimiter, quoting, line_end, empty_lines, mark):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(rows)
    file.write_bytes((b"\xef\xbb\xbf" if mark else b"") + (line_end * empty_lines + text.getvalue()).encode())
    with records(file, delimiter) as lines:
        line, header = next(lines)
    names = [str(place) for place in range(len(header))]
    table = read_texts(file, delimiter, names, first=line)
    assert header == rows[0]
    assert [list(row.values()) for row in table.to_pylist()] == rows[1:]
