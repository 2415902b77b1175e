"""A frame as bytes and back, bit for bit: one safetensors buffer, the columns' kinds and words in its header."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from service.data.frame import Column, Frame
from service.data.kinds.registry import KINDS
from service.data.tensors import metadata_of, read_tensors, write_tensors

HEADER = "frame"


def encode(frame: Frame) -> bytes:
    """safetensors knows no times and takes no other names than its own for its header: times travel as int64."""
    header = [{"name": name, "kind": column.kind, "words": column.words} for name, column in frame.columns.items()]
    tensors = {str(place): _plain(column) for place, column in enumerate(frame.columns.values())}
    return write_tensors(tensors, {HEADER: json.dumps(header)})


def decode(data: bytes) -> Frame:
    """Raises ValueError for bytes that `encode` did not write, and MemoryError."""
    try:
        tensors = read_tensors(data)
        header = json.loads(metadata_of(data)[HEADER])
        return Frame({item["name"]: _column(item, tensors[str(place)]) for place, item in enumerate(header)})
    except MemoryError:
        raise
    except Exception as error:  # safetensors has an exception of its own, JSON others
        raise ValueError("these bytes are no frame") from error


def _plain(column: Column) -> np.ndarray[Any, Any]:
    return column.values.view(np.int64) if column.values.dtype.kind in "mM" else column.values


def _column(item: dict[str, Any], values: np.ndarray[Any, Any]) -> Column:
    return Column(item["kind"], values.view(KINDS[item["kind"]].dtype), tuple(item["words"]))
