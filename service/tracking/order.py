"""The order of runs, as MLflow asks for it: `metrics.val_loss ASC`, `attributes.start_time DESC`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from service.tracking.filters import FilterError, Key, read_key

MAX_KEYS = 10
NEWEST_FIRST = "start_time"


class Order(NamedTuple):
    key: Key
    descending: bool

    @property
    def is_newest_first(self) -> bool:
        return self.descending and self.key == Key("attributes", NEWEST_FIRST)


def read_order(texts: Sequence[str]) -> tuple[Order, ...]:
    """Raises FilterError."""
    if len(texts) > MAX_KEYS:
        raise FilterError(f"must be at most {MAX_KEYS} values to sort by")
    return tuple(map(_order, texts))


def _order(text: str) -> Order:
    words = text.strip().rsplit(None, 1)
    direction = words[-1].upper() if len(words) == 2 else ""
    if direction in ("ASC", "DESC"):
        return Order(read_key(words[0]), direction == "DESC")
    return Order(read_key(text.strip()), False)


def ordered(runs: Sequence[Mapping[str, Mapping[str, Any]]], orders: Sequence[Order]) -> list[int]:
    """The places of the runs in their new order; those that lack a value, or have NaN, come last either way."""
    places = list(range(len(runs)))
    for order in reversed(orders):
        found = {place: order.key.of(runs[place]) for place in places}
        present = [place for place in places if _is_known(found[place])]
        present.sort(key=found.__getitem__, reverse=order.descending)
        places = present + [place for place in places if not _is_known(found[place])]
    return places


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))
