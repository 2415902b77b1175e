"""The loss history as a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence

from service.api.history.chart import Curve, draw
from service.api.http.problems import InvalidQuery
from service.domain.epochs import Epoch
from service.errors import FieldError
from service.operations.jobs.comparison import Series
from service.operations.jobs.history import numbers_of
from service.operations.jobs.jobs import monitored
from service.schema.rules import unknown


def picture(series: Sequence[Series], value: str, *, logarithmic: bool) -> str:
    """`value` is loss or a metric; validation curves are dashed. Raises InvalidQuery."""
    known = dict.fromkeys(name for one in series for name in numbers_of(one.job) if not name.startswith("val_"))
    if known and value not in known:
        raise InvalidQuery(fields=[FieldError(("value",), unknown(value, known, "number"))])
    curves = [curve for index, one in enumerate(series) for curve in _curves(one, index, value, alone=len(series) == 1)]
    return draw(_title(series, value), curves, logarithmic=logarithmic)


def _title(series: Sequence[Series], value: str) -> str:
    if len(series) == 1:
        return f"How does the {value} of {series[0].job.network_name} change, epoch by epoch?"
    return f"How do these runs compare in {value}? (validation dashed)"


def _curves(one: Series, index: int, value: str, *, alone: bool) -> list[Curve]:
    names = ("training", "validation") if alone else (one.name, "")
    curves = [_curve(one, index, value, names[0])]
    if f"val_{value}" in numbers_of(one.job):
        curves.append(_curve(one, index, f"val_{value}", names[1]))
    return curves


def _curve(one: Series, index: int, number: str, name: str) -> Curve:
    return Curve(
        name=name,
        points=[(epoch.epoch, _number(epoch, number)) for epoch in one.epochs],
        dashed=number.startswith("val_"),
        colour=index,
        best_epoch=one.job.best_epoch if monitored(one.job) == number else None,
    )


def _number(epoch: Epoch, name: str) -> float:
    value = getattr(epoch, name) if name in ("loss", "val_loss") else epoch.metrics.get(name)
    return math.nan if value is None else float(value)
