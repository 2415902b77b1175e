"""The numbers that are read are the numbers that were meant, or a warning says why not: over made-up files."""

import pyarrow as pa
from hypothesis import HealthCheck, given, settings

from service.data.reading.columns import ColumnReader
from service.data.reading.settings import Settings
from tests.examples import examples
from tests.unit.data.reading_files import files


def read(delimiter, columns):
    reader = ColumnReader(Settings(), delimiter=delimiter)
    found = {name: reader.look(pa.chunked_array([pa.array(column.cells)]), None) for name, column in columns.items()}
    return {name: column() if callable(column) else column for name, column in found.items()}


def is_as_meant(column, written):
    if column.cells.type != pa.float64():
        return False
    return column.cells.to_pylist() == written.meant


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_numbers_are_read_as_they_were_meant_or_warned_of(file):
    delimiter, columns = file
    for name, column in read(delimiter, columns).items():
        if any(number is not None for number in columns[name].meant):
            assert is_as_meant(column, columns[name]) or column.warnings, (columns[name].cells, column)
