"""Read the rows of a data set as the columns of a training were: `1.234` and `03/04/2024` mean two things each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from typing import Any

from service.data.preprocessing.table import TableSpec
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.reading.missing import AMONG_VALUES
from service.data.reading.read_as import PLAIN, ReadAs
from service.data.tables.options import IngestOptions
from service.domain.datasets import Dataset
from service.domain.networks import Network
from service.domain.types import Json
from service.errors import Invalid
from service.operations.backend import Backend
from service.operations.datasets.rereading import kept_file
from service.operations.datasets.uploads import prepared
from service.operations.validation import invalid, naming

#: Files whose columns have types: their texts are read by nobody.
TYPED = ("parquet", "arrow", "npz")
#: Room for the digest in a name.
NAME_DIGITS, DIGEST_DIGITS = 80, 8
#: Holds a place while a file is read, so that few are read at once.
Place = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class ReadRows:
    """`assumed` says how the file was read again, and for which columns; None where it was not."""

    dataset: Dataset
    assumed: Json | None = None


def read_as_trained(backend: Backend, record: Network, dataset: Dataset, place: Place) -> ReadRows:
    """The data set itself where its columns were read as those of the training, or another one of the same file.

    Raises Invalid where one file cannot be read in all the ways that are needed, Conflict where it was not kept.
    """
    if record.table is None or dataset.format in TYPED or dataset.origin is not None:
        return ReadRows(dataset)
    changes = _changes(TableSpec.from_json(record.table), ColumnProfiles(dataset))
    if not changes:
        return ReadRows(dataset)
    settings = _together(changes)
    try:
        read, is_new = _read_again(backend, dataset, settings, place)
    except Invalid:  # The cells can be read in one way alone, that of the data set.
        return ReadRows(dataset)
    changed = [name for name in changes if _column(read, name) != _column(dataset, name)]
    if not changed:  # The cells show by themselves how they are written.
        if is_new:
            backend.storage.delete_dataset(read.id)
        return ReadRows(dataset)
    return ReadRows(read, {"dataset": {"id": dataset.id, "name": dataset.name}, "columns": changed, **settings})


def _changes(table: TableSpec, profiles: ColumnProfiles) -> Mapping[str, Json]:
    """By column, what to say of its cells so that they are read as those of the training were."""
    found = {
        name: dict(_changed(name, kind, table, profiles)) for name, kind in table.kinds.items() if name in profiles
    }
    return {name: changes for name, changes in found.items() if changes}


def _changed(name: str, kind: str, table: TableSpec, profiles: ColumnProfiles) -> Iterator[tuple[str, Any]]:
    trained, own = table.read_as.get(name, PLAIN), ReadAs.from_json(profiles.read_as(name) or {})
    is_text = profiles.type_of(name) == "category" and kind in ("number", "time")
    if kind == "number" and trained != PLAIN and trained.decimal != own.decimal:
        yield "decimal", trained.decimal
    if kind == "time" and trained.dates is not None and trained.dates != own.dates and (own.dates or is_text):
        yield "dates", trained.dates
    if is_text and trained != PLAIN:
        yield "types", kind
    if missing := [word for word in trained.missing if word not in own.missing and word.lower() not in AMONG_VALUES]:
        yield "missing", missing


def _together(changes: Mapping[str, Json]) -> dict[str, Any]:
    """One file is read with one decimal sign, and one order of dates."""
    one_each = {what: _one(what, changes) for what in ("decimal", "dates")}
    settings: dict[str, Any] = {what: value for what, value in one_each.items() if value is not None}
    types = {name: one["types"] for name, one in changes.items() if "types" in one}
    missing = sorted({word for one in changes.values() for word in one.get("missing", ())})
    return settings | ({"types": types} if types else {}) | ({"missing": missing} if missing else {})


def _one(what: str, changes: Mapping[str, Json]) -> str | None:
    wanted = {one[what]: name for name, one in changes.items() if what in one}
    if len(wanted) > 1:
        columns = ", ".join(f'"{name}" with {value}' for value, name in wanted.items())
        words = "a decimal sign" if what == "decimal" else "an order of dates"
        raise invalid("dataset", f"is read with {words} of the whole file, and the training read {columns}")
    return next(iter(wanted), None)


def _read_again(backend: Backend, dataset: Dataset, settings: Json, place: Place) -> tuple[Dataset, bool]:
    """The data set, and whether it is new. Raises Invalid for a file that cannot be read so."""
    said = {item.name: dataset.options[item.name] for item in fields(IngestOptions) if item.name in dataset.options}
    options = {**said, **settings, "types": {**said.get("types", {}), **settings.get("types", {})}}
    options["missing"] = [*dict.fromkeys([*said.get("missing", ()), *settings.get("missing", ())])] or None
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:DIGEST_DIGITS]
    name = f"{dataset.name[:NAME_DIGITS]}-read-{digest}"
    with naming("dataset", "dataset"), place(), kept_file(backend, dataset) as upload:
        with prepared(backend, upload, {**options, "name": name}) as pending:
            return pending.publish() if pending.known is None else (pending.known, False)


def _column(dataset: Dataset, name: str) -> tuple[Any, Any]:
    """What the values of a column are, as far as its profile tells."""
    return next((one["type"], one.get("profile")) for one in dataset.columns if one["name"] == name)
