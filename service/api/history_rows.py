"""Epochs as JSON objects, as lines of JSON, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import Any

from service.api.json_provider import encode
from service.api.numbers import nonfinite
from service.domain.records import Epoch

FIELDS = ("loss", "val_loss", "learning_rate", "gradient_norm", "seconds", "metrics", "layers")
#: The health of each layer is bulky, and sent when asked for.
USUAL_FIELDS = FIELDS[:-1]
#: Rows sent as one piece: few enough to keep memory flat, many enough to keep the pieces few.
CHUNK = 500


def row(epoch: Epoch, fields: Sequence[str]) -> dict[str, Any]:
    """What is not finite is null when written, and named beside."""
    item = {"job": epoch.job_id, "epoch": epoch.epoch, **{name: getattr(epoch, name) for name in fields}}
    layers = {f"layers.{index}": layer for index, layer in enumerate(item.get("layers") or ())}
    if kinds := nonfinite({**item, **layers}):
        item["nonfinite"] = kinds
    return item


def ndjson(epochs: Iterable[Epoch], fields: Sequence[str]) -> Iterator[bytes]:
    for chunk in chunks(epochs):
        yield b"".join(encode(row(epoch, fields)) + b"\n" for epoch in chunk)


def csv_text(epochs: Iterable[Epoch], fields: Sequence[str], metrics: Sequence[str]) -> Iterator[str]:
    """One column for each field and, in place of `metrics`, one for each of them. NaN is nan, infinity inf or -inf."""
    columns = [name for field in fields for name in (metrics if field == "metrics" else [field])]
    yield _lines([["job", "epoch", *columns]])
    for chunk in chunks(epochs):
        yield _lines([[epoch.job_id, epoch.epoch, *(_cell(epoch, name) for name in columns)] for epoch in chunk])


def chunks(epochs: Iterable[Epoch]) -> Iterator[list[Epoch]]:
    iterator = iter(epochs)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _cell(epoch: Epoch, column: str) -> Any:
    if column == "layers":
        return encode(epoch.layers).decode() if epoch.layers is not None else None
    return getattr(epoch, column) if column in FIELDS else epoch.metrics.get(column)


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
