"""Columns of a data set that say what the target is: a leak, unless they are known before the target is."""

from __future__ import annotations

from collections.abc import Iterator

from service.data.leaks import leak_of
from service.data.preprocessing.table import TableSpec
from service.domain.datasets import Dataset
from service.operations.backend import Backend

#: Columns that are looked at, and cells: the first rows show it.
MAX_COLUMNS = 300
MAX_ROWS = 20_000


def leaks(backend: Backend, dataset: Dataset, table: TableSpec) -> Iterator[str]:
    """A sentence for each input that alone explains too much of a single target, in the first rows."""
    if len(table.target) != 1 or not dataset.chunks:
        return
    # Not above: pyarrow takes a while to load, and few requests need it.
    from service.data.tables.chunks import decode_first

    target, names = table.target_names[0], table.features[:MAX_COLUMNS]
    frame = decode_first(backend.storage.read_chunk(dataset.id, 0), [*names, target], MAX_ROWS)
    for name in names:
        found = leak_of(frame[name], frame[target], classes=not table.is_regression)
        if found is None:
            continue
        of_what = "of the variance" if table.is_regression else "of the classes"
        condition = f'leave it out if it is known only once "{target}" is'
        yield f'"{name}" alone explains {found.share:.2%} {of_what} of "{target}": {condition}'
