"""A table with everything that preprocessing can do, six networks for it, one for each kind of target, and rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from service.data.preprocessing.fitted import fit
from service.data.preprocessing.table import TableSpec
from service.data.signatures.choice import signature_of
from service.data.table_rows import Columns, read_rows
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.exports.source import Source
from tests.unit.engine.factories import dense, some_values

CITIES = ["Bern", "Basel", "Genf", "NA", "Chur", "Thun", "Zug"]
PARTS = ["year", "month", "elapsed", "day", "day_of_year", "weekday", "hour", "minute", "second"]
INPUTS: list[Any] = [
    {"name": "amount", "type": "number", "log": True, "clip": {"low": -50, "high": 5000}, "scale": "robust"},
    {"name": "load", "type": "number", "scale": {"type": "quantile", "knots": 12}, "indicator": True},
    {"name": "steps", "type": "number", "scale": "quantile", "impute": "median", "clip": {"low": None, "high": 6}},
    {"name": "heat", "type": "number", "scale": "min_max", "impute": {"type": "constant", "value": -3}},
    {"name": "depth", "type": "number", "encode": "piecewise", "bins": 5, "clip": {"quantile": 0.05}, "log": True},
    {
        "name": "slope",
        "type": "number",
        "encode": "piecewise",
        "smooth_clip": 2.5,
        "scale": "robust",
        "indicator": True,
    },
    {"name": "city", "type": "category", "categories": CITIES, "encode": "embedding", "size": 3},
    {"name": "colour", "type": "category", "categories": ["red", "green", "blue"], "impute": "own"},
    {"name": "grade", "type": "category", "categories": ["a", "b"], "encode": "embedding", "impute": "own"},
    {"name": "size", "type": "category", "categories": ["s", "m", "l"], "impute": {"type": "constant", "value": "m"}},
    {"name": "paid", "type": "boolean", "impute": "mean", "indicator": True},
    {"name": "at", "type": "time", "parts": PARTS, "indicator": True},
    {"name": "born", "type": "time", "parts": ["elapsed"], "impute": "mean"},
]
DENSE = {"type": "dense", "units": 8, "activation": "tanh"}
DEEP = [
    DENSE,
    "batch_norm",
    {"type": "residual", "layers": [DENSE, "layer_norm", {"type": "dense", "units": 8, "activation": "relu"}]},
    {"type": "dropout", "drop_rate": 0.1},
    {"type": "dense", "units": 6, "bias": False},
    {"type": "activation", "activation": "sigmoid"},
]
#: Layers of the members of an ensemble, by loss.
ENSEMBLES: dict[str, list[dict[str, Any]]] = {
    "cross_entropy": [dense(4, "tanh"), {"type": "batch_norm"}, dense(3, "softmax")],
    "binary_cross_entropy": [dense(4, "tanh"), dense(1, "sigmoid")],
    "mean_squared_error": [dense(4, "tanh"), dense(2)],
    "poisson": [dense(4, "tanh"), dense(2, "softplus")],
}
#: Three members, alike or of two recipes.
MEMBERS: dict[str, Any] = {"alike": 3, "two recipes": [{"inputs": [0, 2]}, {"count": 2}]}
NETWORKS: dict[str, tuple[Any, dict[str, Any]]] = {
    "price": ({"name": "price", "type": "number"}, {"type": "dense", "units": 1}),
    "both": (
        [
            {"name": "price", "type": "number", "scale": "min_max", "bounded": True},
            {"name": "load2", "type": "number", "scale": "robust"},
        ],
        {"type": "dense", "units": 2},
    ),
    "kind": (
        {"name": "kind", "type": "category", "categories": ["x", "y", "z"]},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ),
    "half": (
        {"name": "half", "type": "category", "categories": ["left", "right"]},
        {"type": "dense", "units": 1, "activation": "tanh"},
    ),
    "paid2": ({"name": "paid2", "type": "boolean"}, {"type": "dense", "units": 1, "activation": "sigmoid"}),
    "flags": (
        [{"name": "paid2", "type": "boolean"}, {"name": "sent", "type": "boolean"}],
        {"type": "dense", "units": 2, "activation": "sigmoid"},
    ),
}
LOSSES = {"half": "hinge", "paid2": "binary_cross_entropy", "flags": "binary_cross_entropy", "kind": "cross_entropy"}


def cells(draw: np.random.Generator, count: int, *, gaps: float) -> list[dict[str, Any]]:
    """Rows with cells missing at random, times before 1970, repeated numbers, and outliers."""
    columns: dict[str, Any] = {
        "amount": draw.normal(0, 1, count).round(3) * 10.0 ** draw.integers(0, 5, count),
        "load": draw.normal(5, 2, count).round(4),
        "steps": draw.integers(0, 9, count).astype(float),
        "heat": draw.uniform(-20, 35, count).round(2),
        "depth": draw.exponential(40, count).round(3) - 9,
        "slope": draw.integers(0, 4, count).astype(float),
        "city": draw.choice(CITIES, count),
        "colour": draw.choice(["red", "green", "blue"], count),
        "grade": draw.choice(["a", "b"], count),
        "size": draw.choice(["s", "m", "l"], count),
        "paid": draw.random(count) < 0.4,
        "at": np.datetime64("1950-01-01", "us") + draw.integers(0, 100 * 365 * 86_400 * 10**6, count),
        "born": np.datetime64("1911-02-03", "D") + draw.integers(0, 30_000, count),
    }
    rows = [{key: plain(column[row]) for key, column in columns.items()} for row in range(count)]
    return [{key: None if draw.random() < gaps else cell for key, cell in row.items()} for row in rows]


def plain(cell: Any) -> Any:
    return str(cell) if isinstance(cell, np.datetime64 | np.str_) else cell.item()


def targets(draw: np.random.Generator, row: dict[str, Any]) -> dict[str, Any]:
    heat, red = row["heat"] or 0, row["colour"] == "red"
    return {
        "price": round(90_000 + 1000 * heat + float(draw.normal(0, 9000)), 2),
        "load2": round(-3 + red / 100 + float(draw.normal(0, 0.001)), 5),
        "kind": {"red": "x", "green": "y"}.get(row["colour"], "z"),
        "half": "left" if heat < 5 else "right",
        "paid2": red,
        "sent": heat > 15,
    }


def hard_rows(draw: np.random.Generator) -> list[dict[str, Any]]:
    rows = cells(draw, 200, gaps=0.15)
    for row, city in zip(rows, ["Paris", "na", "  ", "N/A", "Bern", "NA"], strict=False):
        row |= {"city": city, "colour": "violet", "grade": "None", "size": "xxl"}
    return [
        *rows,
        {},
        dict.fromkeys(rows[0]),
        rows[0] | {"amount": 1e15, "load": 99, "steps": -7, "heat": 1e6, "depth": -1e9, "slope": 1e9},
    ]


@cache
def source(name: str, dtype: str) -> Source:
    """One of the networks with the statistics of 400 rows, and weights that nobody trained."""
    target, last = NETWORKS[name]
    draw = np.random.default_rng(5)
    table = TableSpec.from_json({"inputs": INPUTS, "target": target})
    rows = [row | targets(draw, row) for row in cells(draw, 400, gaps=0.1)]
    kept = [{key: cell for key, cell in row.items() if key in table.all_kinds} for row in rows]
    fitted = fit(table, read_rows(kept, Columns(table.all_kinds, frozenset(), frozenset())))
    return table_source(table, fitted, [*DEEP, last], dtype=dtype, **({"loss": LOSSES[name]} if name in LOSSES else {}))


def table_source(table: TableSpec, fitted: Any, layers: list[Any], **settings: Any) -> Source:
    first = [] if table.embedding is None else [{"type": "embedding", **table.embedding.to_json()}]
    network = Network(NetworkSpec.from_json({"inputs": table.width, "layers": [*first, *layers], **settings}))
    signature = signature_of(
        network, features=None, labels=table.labels, table=table.to_json(), statistics=fitted.to_json()
    )
    return Source("hard", "snap_1", signature, some_values(network))
