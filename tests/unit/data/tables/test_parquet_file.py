"""The chunks of a table as one Parquet file."""

import hashlib
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.data.tables.parquet_file import MAGIC, ParquetFile, body_of
from service.data.tables.thrift import read_struct, write_struct
from service.jobs.output_file import whole_file


def table(rows, seed):
    chance = np.random.default_rng(seed)
    return pa.table(
        {
            "number": chance.normal(size=rows).astype(np.float32),
            "word": pa.array([f"word {number % 7}" if number % 5 else None for number in range(rows)], pa.string()),
            "flag": pa.array([bool(number % 2) for number in range(rows)]),
            "time": pa.array(chance.integers(0, 10**15, rows), pa.timestamp("us")),
        }
    )


def written(one, **options):
    sink = io.BytesIO()
    pq.write_table(one, sink, **options)
    return sink.getvalue()


def footer_of(data):
    length = int.from_bytes(data[-8:-4], "little")
    return data[-8 - length : -8]


OPTIONS = [
    {"compression": "zstd"},
    {"compression": "none", "use_dictionary": False},
    {"write_page_index": True, "write_statistics": True},
    {"row_group_size": 7, "data_page_version": "2.0"},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_readers_find_the_rows_of_all_chunks(options):
    tables = [table(rows, rows) for rows in (1, 40, 3000)]
    file, data = ParquetFile(), bytearray(MAGIC)
    for one in tables:
        data += file.add(written(one, **options))
    data += file.footer()
    found = pq.ParquetFile(pa.BufferReader(bytes(data)))
    assert found.read().equals(pa.concat_tables(tables))
    assert found.metadata.num_rows == 3041
    last = found.read_row_group(found.metadata.num_row_groups - 1, columns=["word"])
    assert last["word"].to_pylist() == tables[-1]["word"].to_pylist()[-last.num_rows :]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_footer_that_is_read_and_written_again_is_the_same(options):
    footer = footer_of(written(table(300, 1), **options))
    assert write_struct(read_struct(footer)) == footer


def test_the_digest_and_the_size_are_those_of_the_file():
    chunks = [written(table(rows, rows)) for rows in (5, 50)]
    file = ParquetFile()
    whole = MAGIC + b"".join(file.add(chunk) for chunk in chunks) + file.footer()
    found = whole_file(chunks)
    assert (found.sha256, found.size_bytes) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert whole[file.starts[1] :].startswith(bytes(body_of(chunks[1])))
