"""Predictions and the user's own columns beside them as a chunk of a stored table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from service.data.signatures.scores import Score

CODEC = "zstd"


def score_table(own: pa.Table, scores: Mapping[str, Score]) -> pa.Table:
    """The user's own columns first."""
    for name, score in scores.items():
        own = own.append_column(name, _array(score))
    return own


def write_chunk(table: pa.Table) -> bytes:
    """Without dictionaries of numbers, which differ in nearly every row."""
    words = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression=CODEC, use_dictionary=words, row_group_size=max(table.num_rows, 1))
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _array(score: Score) -> Any:
    missing = score.missing if score.missing.any() else None
    if score.words is None:
        return pa.array(score.values, mask=missing)
    codes = pa.array(score.values, pa.int32(), mask=missing)
    return pa.DictionaryArray.from_arrays(codes, pa.array(score.words, pa.string())).cast(pa.string())
