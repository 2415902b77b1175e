"""Rows out of a table that is stored in chunks."""

import numpy as np
import pyarrow as pa
import pytest

from service.data.tables.chunks import decode_chunks, decode_rows, write_chunks

ROWS = 30
NAMES = ["word", "size", "when"]


@pytest.fixture
def chunks(tmp_path):
    """Three chunks of ten rows; each begins with other words."""
    table = pa.table(
        {
            "word": [None if row % 7 == 0 else "abc"[(row + row // 10) % 3] for row in range(ROWS)],
            "size": [None if row % 4 == 0 else row / 2 for row in range(ROWS)],
            "when": pa.array(np.datetime64("2026-01-01", "us") + np.arange(ROWS) * np.timedelta64(1, "D")),
        }
    )
    written = []
    for first in range(0, ROWS, 10):
        (part,) = write_chunks(table.slice(first, 10), tmp_path)
        written.append((tmp_path / part["file"]).read_bytes())
    return written


@pytest.mark.parametrize("indexes", [[0, 9, 10, 29], [12, 13], list(range(ROWS))], ids=["some", "one chunk", "all"])
def test_some_rows_are_what_they_are_in_the_whole_table(chunks, indexes):
    wanted = decode_chunks(chunks, NAMES, ROWS).take(np.array(indexes))
    found = decode_rows(chunks, NAMES, np.array(indexes))
    assert found.names == wanted.names
    for name in ("size", "when"):
        np.testing.assert_array_equal(found[name].values, wanted[name].values)
    assert words(found["word"]) == words(wanted["word"])


def words(column):
    return [column.words[code] if code >= 0 else None for code in column.values]
