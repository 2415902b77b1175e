"""Files as people have them, read in a process of their own: what they become, and what is refused, and where."""

import gzip
import io
import json
import random
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from service.data.tables.chunks import decode_chunks
from service.data.tables.errors import TableError
from service.data.tables.ingest import ingest
from service.data.tables.options import IngestOptions
from service.data.tables.reading import read
from service.schema.validation import DataError

CSV = b'name,fat,when,good,code\n"Brie, ripe",0.5,2024-03-01,yes,007\nFeta,NA,2024-03-02,no,010\n,-inf,,,011\n'


_ZIP = io.BytesIO()
with zipfile.ZipFile(_ZIP, "w") as _archive:
    _archive.writestr("table.csv", CSV)
ZIPPED = _ZIP.getvalue()


@pytest.fixture
def taken(tmp_path):
    """Read bytes in this process, which is faster; return what is told."""

    def take(data, **options):
        path, folder = tmp_path / "upload", tmp_path / f"table-{random.random()}"
        path.write_bytes(data)
        folder.mkdir()
        summary = read(path, folder, IngestOptions(**options))
        chunks = [(folder / chunk["file"]).read_bytes() for chunk in summary["chunks"]]
        names = [column["name"] for column in summary["columns"]]
        return summary, decode_chunks(chunks, names, summary["rows"])

    return take


@pytest.fixture
def rejected(taken):
    """What is said of bytes that are no table."""

    def send(data, **options):
        with pytest.raises(TableError) as caught:
            taken(data, **options)
        return str(caught.value)

    return send


def types(summary):
    return {column["name"]: column["type"] for column in summary["columns"]}


def profile(summary, name):
    return next(column["profile"] for column in summary["columns"] if column["name"] == name)


# -- formats ---------------------------------------------------------------------------------------------------------


def test_each_text_is_what_its_column_can_be(taken):
    summary, frame = taken(CSV)
    wanted = {"name": "category", "fat": "number", "when": "time", "good": "boolean", "code": "category"}
    assert types(summary) == wanted
    assert frame["name"].words == ("Brie, ripe", "Feta")
    assert frame["name"].values.tolist() == [0, 1, -1]
    np.testing.assert_array_equal(frame["fat"].values, [0.5, np.nan, -np.inf])
    np.testing.assert_array_equal(frame["good"].values, [1, 0, np.nan])
    assert frame["when"].values[0] == np.datetime64("2024-03-01")
    assert profile(summary, "fat")["infinite"] == 1
    assert summary["preview"][0] == {
        "name": "Brie, ripe",
        "fat": 0.5,
        "when": "2024-03-01",
        "good": True,
        "code": "007",
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("wrap", [bytes, b"\xef\xbb\xbf".__add__, gzip.compress], ids=["plain", "BOM", "gz"])
def test_csv_is_read_whatever_divides_it_and_however_it_is_wrapped(taken, delimiter, wrap):
    text = '"a","b"\n1,"x, y;z"\n2,w\n'.replace(",", delimiter)
    summary, frame = taken(wrap(text.encode()))
    assert summary["options"]["delimiter"] == delimiter
    assert frame["a"].values.tolist() == [1, 2]
    assert frame["b"].words[1] == "w"


def table():
    return pa.table(
        {"n": pa.array([1, 2, None]), "c": ["x", None, "y"], "t": pa.array([0, None, 2], pa.timestamp("ms"))}
    )


def written(kind):
    buffer = io.BytesIO()
    if kind == "parquet":
        pq.write_table(table(), buffer)
    elif kind == "arrow file":
        feather.write_feather(table(), buffer)
    elif kind == "arrow stream":
        with pa.ipc.new_stream(buffer, table().schema) as stream:
            stream.write_table(table())
    elif kind == "npz":
        np.savez(buffer, n=np.array([1, 2, np.nan], ">f8"), c=np.array(["x", "", "y"]), m=np.eye(3))
    else:
        rows = [{"n": 1, "c": "x"}, {"n": 2.5, "c": None}, {"c": "y", "t": "2024-03-01"}]
        text = json.dumps(rows) if kind == "json" else "\n".join(map(json.dumps, rows))
        buffer.write(text.encode())
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "arrow file", "arrow stream", "npz", "json", "ndjson"])
def test_every_format_is_recognised_by_its_bytes(taken, kind):
    summary, frame = taken(written(kind))
    assert summary["format"] == kind.split()[0]
    assert types(summary)["n"] == "number" and types(summary)["c"] == "category"
    assert np.isnan(frame["n"].values[2])
    assert (summary["rows"], len(summary["preview"])) == (3, 3)


def test_a_table_is_stored_in_bounded_chunks(taken):
    data = "n\n" + "\n".join(map(str, range(70_000)))
    summary, frame = taken(data.encode())
    assert [chunk["rows"] for chunk in summary["chunks"]] == [65_536, 70_000 - 65_536]
    np.testing.assert_array_equal(frame["n"].values, np.arange(70_000))


def test_the_caller_may_say_what_a_column_is(taken, rejected):
    summary, frame = taken(b"year,flag\n2024,1\n2025,0\n", types={"year": "category", "flag": "boolean"})
    assert types(summary) == {"year": "category", "flag": "boolean"}
    assert frame["year"].words == ("2024", "2025")
    said = rejected(b"a,b\n1,2\n\n3,x\n", types={"b": "number"})
    assert said == 'line 4, column "b": must be a number, got "x"'
    assert 'column "c"' in rejected(b"a,b\n1,2\n", types={"c": "number"})


# -- profile ---------------------------------------------------------------------------------------------------------


def test_a_number_is_measured(taken):
    summary, _ = taken(b"n\n" + b"\n".join(b"%d" % n for n in range(101)) + b"\nNA\n")
    found = profile(summary, "n")
    assert (found["missing"], found["distinct"], found["min"], found["max"], found["mean"]) == (1, 101, 0, 100, 50)
    assert found["quantiles"] == {"5": 5, "25": 25, "50": 50, "75": 75, "95": 95}
    assert sum(found["histogram"]["counts"]) == 101 and len(found["histogram"]["edges"]) == 21


def test_words_are_counted(taken):
    summary, _ = taken(b"c\n" + b"b\n" * 3 + b"a\n" * 3 + b"z\n")
    assert profile(summary, "c")["top"][0] == {"value": "a", "count": 3}
    assert profile(summary, "c")["words"] == ["a", "b", "z"]


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        (["5"] * 3, "has the same value in every row"),
        (["NA"] * 3, "has no value in any row"),
        ([f"id-{n}" for n in range(30)], "looks like an id"),
        ([str(n) for n in range(30)], "looks like an id"),
        ([*map(str, range(30)), "?", "many"], 'is mostly numbers: 1 cell is not ("many")'),
        (["01/02/2024", "12/02/2024"], "has dates whose day could be the month"),
        (["inf", "1"], "is infinite in 1 row"),
        (["-200", "1.5", "2.25", "-200", "9.5"], "is -200 in 2 rows, far from all others; say missing=-200"),
        (["9007199254740993", "5"], "has whole numbers above 9,007,199,254,740,992, which are rounded"),
        (["1e308", "-1e308", "1e16", "inf"], "is infinite in 1 row"),
    ],
)
def test_what_looks_doubtful_is_warned_of(taken, cells, warning):
    summary, _ = taken(("c,d\n" + "\n".join(f"{cell},{n % 7}.5" for n, cell in enumerate(cells))).encode())
    assert [said for said in summary["warnings"] if said.startswith(f'"c" {warning}')]


@pytest.mark.parametrize("cells", [["-99", "-99", "-150", "80"], ["-999", "1", "2"], ["999", "999", "999"]])
def test_a_number_that_may_be_meant_is_not_taken_for_a_missing_cell(taken, cells):
    summary, _ = taken(("c,d\n" + "\n".join(f"{cell},{n}.5" for n, cell in enumerate(cells))).encode())
    assert not [said for said in summary["warnings"] if "missing=" in said]


def test_very_many_categories_are_counted_and_the_most_frequent_listed(taken):
    data = "c\n" + "\n".join(f"word {n}" for n in range(100_000)) + "\nword 7\n"
    summary, _ = taken(data.encode())
    found = profile(summary, "c")
    assert (found["distinct"], len(found["words"]), found["words"][0]) == (100_000, 1000, "word 7")


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"a,b\n", "has no rows"),
        (b"<html>no table</html>", "has no rows"),
        (b"a,b\n1,2\n\n1,2,3\n4\n", "line 4: must have 2 cells as the header has, has 3"),
        (b'a,b\n"1\n2",2\n1\n', "line 4: must have 2 cells"),
        (b"a,b,a\n1,2,3\n", "column 3 is called like column 1"),
        (b"a,,b\n1,2,3\n", "line 1: column 2 has no name"),
        (b"\n\na,,b\n1,2,3\n", "line 3: column 2 has no name"),
        (b'a,b\n1,2\n3,"4\n5,6\n7,8\n', 'line 3: is no sound CSV: a cell begins with a quote (") that nothing closes'),
        (b'a,b\n1,"2\n3,"4\n5,6\n', 'line 2: is no sound CSV: text follows the quote (") that ends a cell'),
        (b"a,b\n1,\x002\n", "line 2: holds a NUL"),
        (b'[{"a": 1}, {"a": "x"}]', 'row 2, column "a": must be a number as in the rows before, got ""x""'),
        (b'[{"a": 1}, 2]', "row 2: must be an object"),
        (b'[{"a": [1]}]', 'column "a": must be a number, text, true or false'),
        (b'[{"a": 1}', "is no JSON"),
        (b'{"a": 1}\n{"a": \n', "line 2: is no JSON"),
        (b'{\n  "a": 1\n}\n', "must be a list of objects, or one object on each line"),
        (b'\n{"a": 1,\n  "b": 2}\n', "must be a list of objects, or one object on each line"),
        (b'{"a": 1\n\n', "line 1: is no JSON"),
        (b'[{"a": 1, "b\\u0000": 2}]', "column 2 has a name of more than 1000 characters, or NUL in it"),
        (b'[{"a": "x"}, {"a": "\\u0000"}]', 'row 2, column "a": holds a NUL character'),
        (b"PAR1 and nothing else PAR1", "is no sound Parquet file"),
        (b"ARROW1 and nothing else", "is no sound Arrow file"),
        (b"PK\x03\x04 and nothing else", "is no sound npz file"),
        (gzip.compress(CSV, mtime=0)[:-12], "is cut off"),
        (gzip.compress(CSV, mtime=0)[:40] + b"garbage" * 20, "gzip"),
    ],
)
def test_what_is_no_table_is_rejected_with_its_place(rejected, data, said):
    assert said in rejected(data)


def test_a_line_longer_than_a_block_is_reported_with_how_long_it_may_be(rejected):
    header = ",".join(f"c{place}" for place in range(9_999))
    said = rejected(f"{header}\n{','.join(['x' * 500] * 9_999)}\n".encode())
    assert f"a line is longer than {2**34 // 9_999:,} bytes" in said


def parquet(**columns):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def arrow(**columns):
    buffer = io.BytesIO()
    feather.write_feather(pa.table(columns), buffer)
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


NULS = ["x", "y", "a\0b"]


@pytest.mark.parametrize(
    "data",
    [
        parquet(a=NULS),
        parquet(a=pa.array(NULS, pa.large_string())),
        arrow(a=pa.array(NULS).dictionary_encode()),
        npz(a=np.array(NULS)),
        json.dumps([{"a": word} for word in NULS]).encode(),
    ],
    ids=["parquet", "large", "arrow", "npz", "json"],
)
def test_no_text_holds_a_nul(rejected, data):
    assert 'row 3, column "a": holds a NUL character' in rejected(data)


def packed(method=zipfile.ZIP_DEFLATED, *, encrypted=False, damaged=False):
    """An npz that says so of itself, at its front and in its directory."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=np.arange(1000))
    data = bytearray(buffer.getvalue())
    for place in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[place] |= encrypted
        data[place + 2] = method
    if damaged:
        data[200:240] = b"\xff" * 40
    return bytes(data)


@pytest.mark.parametrize("data", [packed(97), packed(encrypted=True), packed(damaged=True)])
def test_what_is_packed_as_nobody_can_unpack_it_is_no_sound_file(rejected, data):
    assert "is no sound npz file" in rejected(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (parquet(id=[9007199254740993, 9007199254740992, 5]), {"9007199254740993", "9007199254740992", "5"}),
        (
            b'[{"id": 9007199254740993}, {"id": 9007199254740992}, {"id": 5.0}]',
            {"9007199254740993", "9007199254740992", "5"},
        ),
        (b'{"id": 1e19}\n{"id": 2e19}\n{"id": 2.5}', {"1e+19", "2e+19", "2.5"}),
        (parquet(id=[float("inf"), 1.0, 2.5]), {"inf", "1", "2.5"}),
        (parquet(id=[3.0, 1.0, None]), {"3", "1"}),
        (parquet(id=[1e15, 2.5, 1e19]), {"1000000000000000", "2.5", "1e+19"}),
        (arrow(id=pa.array([2**53, 2**53 + 1]).dictionary_encode()), {"9007199254740992", "9007199254740993"}),
        (parquet(id=pa.array([2**53, 2**53 + 1], pa.decimal128(38, 0))), {"9007199254740992", "9007199254740993"}),
    ],
)
def test_numbers_that_are_categories_keep_all_their_digits(taken, data, words):
    _, frame = taken(data, types={"id": "category"})
    assert set(frame["id"].words) == words


@pytest.mark.parametrize(
    "data",
    [
        parquet(a=pa.array([10**6, 600_000_000_000], pa.timestamp("s"))),
        parquet(a=pa.array([1, 2**62], pa.timestamp("ms"))),
        parquet(a=pa.array([1, 2**31 - 1], pa.date32())),
        npz(a=np.array(["2024", "-0005"], "M8[D]")),
        npz(a=np.array([1, 18_446_744_073_710], "M8[s]")),
    ],
)
def test_times_beyond_the_years_of_four_digits_are_rejected(rejected, data):
    assert 'row 2, column "a": times must lie in the years 1 to 9999' in rejected(data)


def test_a_text_is_no_time_beyond_those_years(taken, rejected):
    data = b"a\n2024-01-01\n0000-01-01\n"
    assert types(taken(data)[0]) == {"a": "category"}
    assert 'line 3, column "a": must be a time' in rejected(data, types={"a": "time"})


def test_categories_are_trimmed_whether_they_are_guessed_or_wanted(taken):
    data = b"a,b\n x,1\ny ,2\n"
    assert taken(data)[1]["a"].words == taken(data, types={"a": "category"})[1]["a"].words == ("x", "y")


def test_a_blank_text_in_json_is_a_missing_cell_as_in_csv(taken):
    summary, frame = taken(b'[{"a": ""}, {"a": "x"}, {"a": " "}]')
    assert (frame["a"].words, profile(summary, "a")["missing"]) == (("x",), 2)


def test_empty_lines_are_none_and_a_quote_within_a_word_is_one(taken):
    summary, frame = taken(b'\n\r\nsize,n\n5" pipe,1\n\n7" pipe,2\n')
    assert summary["rows"] == 2
    assert frame["size"].words == ('5" pipe', '7" pipe')


@pytest.mark.parametrize("delimiter", ['"', "é", "\n", "a", "1"])
def test_what_cannot_divide_is_no_delimiter(rejected, delimiter):
    assert "delimiter" in rejected(CSV, delimiter=delimiter)


def test_a_parquet_file_whose_footer_lies_is_rejected(rejected):
    data = bytearray(written("parquet"))
    length = int.from_bytes(data[-8:-4], "little")
    for place in range(len(data) - 8 - length, len(data) - 8):
        broken = bytes(data[:place]) + bytes([data[place] ^ 0x55]) + bytes(data[place + 1 :])
        try:
            assert rejected(broken)
        except pytest.fail.Exception:
            pass  # Some bytes of a footer say nothing that matters.
    assert "Parquet" in rejected(bytes(data[:-8]) + (2**31 - 1).to_bytes(4, "little") + b"PAR1")


def test_a_column_of_another_type_is_rejected_by_name(rejected):
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": [[1], [2]]}), buffer)
    assert 'column "a": is of type list' in rejected(buffer.getvalue())


def test_nothing_in_an_npz_file_is_run(rejected):
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([{"x": 1}], object))
    assert "npz" in rejected(buffer.getvalue())


def test_arrays_of_several_lengths_are_rejected(rejected):
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(2), b=np.zeros(3))
    assert "one length; rows: a 2, b 3" in rejected(buffer.getvalue())


# -- the process of its own ------------------------------------------------------------------------------------------


def test_a_file_is_read_in_a_process_of_its_own(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(CSV)
    found = ingest(path, tmp_path / "table", IngestOptions())
    assert (found.format, found.rows, [chunk.rows for chunk in found.chunks]) == ("csv", 3, [3])
    path.write_bytes(b"a\n1,2\n")
    with pytest.raises(DataError, match="line 2: must have 1 cells"):
        ingest(path, tmp_path / "other", IngestOptions())


@pytest.mark.parametrize(("columns", "rows"), [(300, 12_121), (4_000, 20)])
def test_a_table_of_many_columns_is_read_within_the_memory(tmp_path, columns, rows):
    path = tmp_path / "upload"
    line = ",".join(["0.125"] * columns) + "\n"
    path.write_text(",".join(f"c{place}" for place in range(columns)) + "\n" + line * rows)
    found = ingest(path, tmp_path / "table", IngestOptions())
    assert (found.rows, len(found.columns)) == (rows, columns)


def bomb():
    """A little gzip that is two hundred megabytes of zeros, as a CSV of one line."""
    buffer = io.BytesIO()
    with gzip.open(buffer, "wb", compresslevel=1) as packed:
        packed.write(b"a\n")
        for _ in range(200):
            packed.write(b"0" * 2**20)
    return buffer.getvalue()


def test_an_issue_that_is_not_of_memory_is_not_reported_as_one(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_bytes(CSV)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "pyarrow.py").write_text("raise RuntimeError('not this one')")
    with pytest.raises(DataError, match="did not foresee"):
        ingest(path, tmp_path / "table", IngestOptions())


def test_a_bomb_hurts_nobody(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(bomb())
    with pytest.raises(DataError, match="memory|unpacks|CSV|cell"):
        ingest(path, tmp_path / "table", IngestOptions(), memory_bytes=2**29)
    array = io.BytesIO()
    np.lib.format.write_array_header_1_0(array, {"descr": "<f8", "fortran_order": False, "shape": (2**40,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", array.getvalue())
    with pytest.raises(DataError, match="memory|npz"):
        ingest(path, tmp_path / "lying", IngestOptions())


def test_no_memory_is_distinguished_from_what_nobody_foresaw(tmp_path, caplog):
    path = tmp_path / "upload"
    path.write_bytes(b"a\n" + b"some words\n" * 2**24)
    with pytest.raises(DataError, match="cannot be read within 512 MiB of memory"):
        ingest(path, tmp_path / "small", IngestOptions(), memory_bytes=2**29)
    with pytest.raises(DataError, match="did not foresee"):
        ingest(path, tmp_path / "other", IngestOptions(format="unknown"))
    assert "KeyError: 'unknown'" in caplog.text


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_a_sound_file_is_not_called_unsound_for_want_of_memory(tmp_path, kind):
    path, zeros = tmp_path / "upload", pa.table({"a": np.zeros(2**25)})
    if kind == "parquet":
        pq.write_table(zeros, path)
    else:
        feather.write_feather(zeros, path, compression="uncompressed")
    with pytest.raises(DataError, match="cannot be read within 400 MiB of memory"):
        ingest(path, tmp_path / "table", IngestOptions(), memory_bytes=400 * 2**20)


def test_issues_that_were_not_written_to_their_end_are_not_reported(tmp_path, monkeypatch):
    """As on a disk that has no room for them."""
    path = tmp_path / "table.csv"
    path.write_bytes(CSV)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    half = "import pathlib, sys\npathlib.Path(sys.argv[2], 'faults.json').write_text('[{')\nraise OSError(28, 'full')"
    (tmp_path / "pyarrow.py").write_text(half)
    with pytest.raises(DataError, match="did not foresee"):
        ingest(path, tmp_path / "table", IngestOptions())


def test_a_file_that_takes_too_long_is_given_up(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(CSV)
    with pytest.raises(DataError, match=r"longer than 0.001 seconds"):
        ingest(path, tmp_path / "table", IngestOptions(), seconds=0.001)
