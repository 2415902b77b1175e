"""Which rows the monitored number of a training is measured on, as a digest: only like is compared with like."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from service.data.number_columns import NumberColumns
from service.domain.types import Json
from service.jobs.division import HASH, VALIDATION
from service.operations.training.training_data import TrainingData
from service.schema.types import Body


def judged_rows(body: Body, data: TrainingData, *, seed: int) -> str:
    """Of the validation rows, or without any of the training rows. The same rows may have several digests."""
    text = orjson.dumps(_described(body, data, seed), option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(text).hexdigest()


def _described(body: Body, data: TrainingData, seed: int) -> Json:
    how = data.validation or {}
    columns = data.columns.to_json() if isinstance(data.columns, NumberColumns) else None
    if VALIDATION in data.datasets:
        return {"dataset": data.datasets[VALIDATION], "columns": columns}
    if how and "fraction" not in how:
        return {"rows": body[VALIDATION]}
    share: Any = {"weights": [data.class_weights, data.sample_weight]}
    if how:
        drawn = None if how.get("method") == HASH else seed
        share = {name: value for name, value in how.items() if name != "rows"} | {"seed": drawn, "test": data.test}
    return {"rows": data.datasets or body["data"], "columns": columns, "share": share}
