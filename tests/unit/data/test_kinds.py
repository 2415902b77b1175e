"""The registry of column kinds: a kind that is added to it is known everywhere."""

import re
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.data import frame_bytes
from service.data.frame import Column, Frame
from service.data.kinds.kind import ColumnKind
from service.data.kinds.registry import KINDS
from service.data.preprocessing.table import INPUTS
from service.data.preprocessing.targets import TARGETS
from service.data.table_rows import Columns, Csv, read_rows, read_text_row
from service.data.tables.chunks import decode_chunks
from service.data.tables.options import IngestOptions
from service.data.tables.reading import read
from service.schema.rules import reject

SECONDS_TEXT = re.compile("PT([0-9]+)S")


class DurationKind(ColumnKind):
    """`PT90S`: the one record that a fifth kind needs."""

    name = "duration"
    dtype = np.dtype("timedelta64[us]")
    missing = np.timedelta64("NaT")
    arrow = "duration[us]"
    stored_as = ("duration",)
    accepts = ("duration",)
    must_be = "must be seconds such as PT90S"

    def json_cell(self, value):
        raise reject(self.must_be)

    def text_cell(self, text, read_as):
        if not (found := SECONDS_TEXT.fullmatch(text.strip())):
            raise reject(self.must_be)
        return np.timedelta64(int(found[1]), "s")

    def is_missing(self, values):
        return np.isnat(values)

    def values(self, piece):
        return super().values(piece).astype(self.dtype)

    def from_arrow(self, column):
        return column.cast(self.arrow) if self.stores(column.type) else None

    def from_texts(self, texts):
        words = texts.to_pylist()
        if not all(word is None or SECONDS_TEXT.fullmatch(word) for word in words):
            return None
        cells = [None if word is None else timedelta(seconds=int(word[2:-1])) for word in words]
        return pa.chunked_array([pa.array(cells, pa.duration("us"))])

    def profile(self, column):
        return {"missing": column.null_count, "distinct": len(column.drop_null().unique())}


@pytest.fixture
def duration(monkeypatch):
    kind = DurationKind()
    monkeypatch.setitem(KINDS, kind.name, kind)
    return kind


SECONDS = np.array([90, 30, "NaT"], "timedelta64[s]").astype("timedelta64[us]")


def taken(tmp_path, data, **options):
    path, folder = tmp_path / "upload", tmp_path / "table"
    path.write_bytes(data)
    folder.mkdir()
    summary = read(path, folder, IngestOptions(**options))
    chunks = [(folder / chunk["file"]).read_bytes() for chunk in summary["chunks"]]
    return summary, decode_chunks(chunks, ["gap"], summary["rows"])


def parquet():
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table({"gap": pa.array(SECONDS)}), buffer)
    return buffer.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b"gap,y\nPT90S,1\nPT30S,2\nNA,3\n", {}),
        (b"gap,y\nPT90S,1\nPT30S,2\nNA,3\n", {"types": {"gap": "duration"}}),
        (b'[{"gap": "PT90S"}, {"gap": "PT30S"}, {}]', {"types": {"gap": "duration"}}),
        (parquet(), {}),
    ],
    ids=["recognised", "wanted", "json", "parquet"],
)
def test_a_kind_that_is_added_is_read_from_every_file(duration, tmp_path, data, options):
    summary, frame = taken(tmp_path, data, **options)
    column = summary["columns"][0]
    assert (column["type"], column["profile"]) == ("duration", {"missing": 1, "distinct": 2})
    assert frame["gap"].kind == "duration"
    np.testing.assert_array_equal(frame["gap"].values, SECONDS)
    np.testing.assert_array_equal(frame["gap"].missing, [False, False, True])


def test_a_kind_that_is_added_is_read_from_every_request(duration):
    columns = Columns({"gap": "duration"}, frozenset())
    for rows in ([{"gap": "PT90S"}, {"gap": "PT30S"}, {}], Csv("gap\nPT90S\nPT30S\nNA\n")):
        np.testing.assert_array_equal(read_rows(rows, columns)["gap"].values, SECONDS)
    assert read_text_row({"gap": "PT90S"}, columns) == {"gap": np.timedelta64(90, "s")}


def test_a_kind_that_is_added_travels_as_bytes(duration):
    frame = Frame({"gap": Column("duration", SECONDS)})
    back = frame_bytes.decode(frame_bytes.encode(frame))
    np.testing.assert_array_equal(back["gap"].values, SECONDS)


def test_every_kind_can_be_an_input_and_every_input_and_target_is_of_a_kind():
    assert set(INPUTS) == set(KINDS)
    assert {INPUTS[name].kind for name in INPUTS} == set(KINDS)
    assert {TARGETS[name].kind for name in TARGETS} <= set(KINDS)


def test_a_kind_is_its_own_first_choice_and_accepts_only_kinds_that_there_are():
    for name, kind in KINDS.items():
        assert kind.name == name
        assert name in kind.accepts
        assert set(kind.accepts) <= set(KINDS)
        assert kind.is_missing(kind.absent(2)).all()
        assert kind.stores(pa.type_for_alias(kind.arrow))
