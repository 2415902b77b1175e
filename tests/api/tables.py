"""Data sets in the storage, as an upload would leave them, with rows drawn at random."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from service.domain.datasets import Dataset, NewDataset
from service.domain.ids import new_id
from service.storage.base import Storage

PENGUINS: Mapping[str, Mapping[str, Any]] = {
    "species": {"type": "category", "distinct": 3, "words": ["Adelie", "Gentoo", "Chinstrap"]},
    "island": {"type": "category", "distinct": 3, "words": ["Torgersen", "Biscoe", "Dream"]},
    "bill_length_mm": {"type": "number", "distinct": 164, "missing": 2, "min": 32.1, "max": 59.6},
    "body_mass_g": {"type": "number", "distinct": 94, "missing": 2, "min": 2700, "max": 6300},
    "sex": {"type": "category", "distinct": 2, "missing": 11, "words": ["male", "female"]},
    "year": {"type": "number", "distinct": 3, "min": 2007, "max": 2009},
    "id": {"type": "category", "distinct": 344, "words": [f"N{index}" for index in range(344)]},
    "tagged": {"type": "boolean", "distinct": 2},
    "nest": {"type": "boolean", "distinct": 2},
    "note": {"type": "category", "distinct": 0, "missing": 344, "words": []},
    "study": {"type": "category", "distinct": 1, "words": ["PAL"]},
}


def chunk_of(columns: Mapping[str, Any], rows: int) -> bytes:
    """Rows of the right types, drawn at random: profiles are not computed from them."""
    draw = np.random.default_rng(7)
    cells: dict[str, Any] = {}
    for name, column in columns.items():
        if column["type"] == "category":
            cells[name] = pa.array([str(word) for word in draw.choice(column.get("words") or [""], rows)])
        elif column["type"] == "boolean":
            cells[name] = pa.array(draw.random(rows) < 0.5)
        else:
            numbers = pa.array(draw.random(rows))
            cells[name] = numbers if column["type"] == "number" else numbers.cast("int64", False).cast("timestamp[us]")
    buffer = io.BytesIO()
    pq.write_table(pa.table(cells), buffer)
    return buffer.getvalue()


def store_table(storage: Storage, name: str = "penguins", columns: Any = PENGUINS, rows: int = 344) -> Dataset:
    told = [
        {"name": key, "type": column["type"], "profile": {"missing": 0, "infinite": 0, **column}}
        for key, column in columns.items()
    ]
    id = new_id("ds")
    storage.begin_dataset(
        NewDataset(
            id=id,
            sha256="0" * 64,
            filename=None,
            format="csv",
            options={},
            size_bytes=1,
            rows=rows,
            columns=told,
            preview=[],
            warnings=[],
        )
    )
    storage.add_chunk(id, rows, chunk_of(columns, rows))
    return storage.publish_dataset(id, name=name, fingerprint=id)
