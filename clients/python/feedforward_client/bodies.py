"""The JSON bodies of training and prediction from Python's tables."""

from __future__ import annotations

from typing import Any

from feedforward_client.requests import given
from feedforward_client.tables import library_of, rows_of


def training_data(data: Any) -> Any:
    """`(inputs, targets)` and `(inputs, targets, sample_weights)` as the API's object; a DataFrame as rows."""
    if isinstance(data, tuple):
        if len(data) not in (2, 3):
            raise TypeError("data is a pair (inputs, targets), or three with sample_weights")
        inputs, targets, *weights = data
        return {"inputs": rows_of(inputs), "targets": targets, **({"sample_weights": weights[0]} if weights else {})}
    return rows_of(data) if library_of(data) else data


def prediction_body(
    rows: Any, *, network: str | None, model: str | None = None, snapshot: str | int | None = None, **options: Any
) -> dict[str, Any]:
    reference = None if snapshot is None else str(snapshot)
    return {**given(network=network, model=model, snapshot=reference), "inputs": rows_of(rows), **options}
