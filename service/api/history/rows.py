"""Epochs as JSON objects, NDJSON and CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from math import isfinite
from operator import attrgetter
from typing import Any, TypeVar

from service.api.http.json_provider import encode
from service.api.http.numbers import nonfinite
from service.domain.epochs import Epoch

Item = TypeVar("Item")

FIELDS = ("loss", "val_loss", "learning_rate", "gradient_norm", "seconds", "metrics", "layers", "fits")
#: Layer statistics, and the numbers of every fit, are bulky and sent on request only.
BULKY = ("layers", "fits")
USUAL_FIELDS = tuple(name for name in FIELDS if name not in BULKY)
#: Rows per chunk: few enough to keep memory flat, many enough to keep chunks few.
CHUNK = 500


def row(epoch: Epoch, fields: Sequence[str]) -> dict[str, Any]:
    """A value that is not finite is written as null and named under `nonfinite`."""
    item: dict[str, Any] = {"job": epoch.job_id, "epoch": epoch.epoch}
    for name in fields:
        item[name] = getattr(epoch, name)
    if looks_finite(epoch):
        return item
    if kinds := nonfinite(item):
        item["nonfinite"] = kinds
    return item


def looks_finite(epoch: Epoch) -> bool:
    """Fast, because histories are long: a finite sum has only finite terms; any other needs a closer look."""
    own = epoch.loss + (epoch.val_loss or 0.0) + epoch.learning_rate + epoch.gradient_norm
    return epoch.layers is None and epoch.fits is None and isfinite(sum(epoch.metrics.values(), own))


def ndjson(epochs: Iterable[Epoch], fields: Sequence[str]) -> Iterator[bytes]:
    for chunk in chunks(epochs):
        yield b"".join(encode(row(epoch, fields)) + b"\n" for epoch in chunk)


def csv_text(epochs: Iterable[Epoch], fields: Sequence[str], metrics: Sequence[str]) -> Iterator[str]:
    """One column per field, and one per metric in place of `metrics`. NaN is nan, infinity inf or -inf."""
    names = [name for name in fields if name not in ("metrics", *BULKY)]
    measured = metrics if "metrics" in fields else ()
    bulky = [name for name in BULKY if name in fields]
    numbers = attrgetter("job_id", "epoch", *names)
    yield _lines([("job", "epoch", *names, *measured, *bulky)])
    for chunk in chunks(epochs):
        yield _lines(
            (
                *numbers(epoch),
                *map(epoch.metrics.get, measured),
                *(encode(getattr(epoch, name)).decode() for name in bulky),
            )
            for epoch in chunk
        )


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
