"""Answers of the service: mappings of their fields, with properties for the common ones."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from feedforward_client.drawing import draw_network

ENDED = frozenset({"succeeded", "failed", "cancelled"})


class Record(Mapping[str, Any]):
    """Every field of the answer, as documented in the service's /docs; newer services may send more."""

    shown: tuple[str, ...] = ("name", "network", "version", "alias", "id")

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={self[name]!r}" for name in self.shown if name in self)
        return f"{type(self).__name__.removeprefix('Async')}({fields})"

    def _repr_html_(self) -> str:
        return f"<code>{html.escape(repr(self))}</code>"


class Named(Record):
    @property
    def id(self) -> str:
        return str(self["id"])

    @property
    def name(self) -> str:
        return str(self["name"])

    @property
    def warnings(self) -> list[str]:
        """What was assumed, in words."""
        return list(self["warnings"])


class DatasetRecord(Named):
    shown = ("name", "revision", "rows")

    @property
    def revision(self) -> int:
        return int(self["revision"])

    @property
    def rows(self) -> int:
        return int(self["rows"])

    @property
    def columns(self) -> dict[str, str]:
        """The type of each column: number, boolean, category or time. `dataset["columns"]` has their profiles."""
        return {column["name"]: column["type"] for column in self["columns"]}


class NetworkRecord(Named):
    shown = ("name", "parameter_count", "labels")

    @property
    def features(self) -> list[str] | None:
        return None if self["features"] is None else list(self["features"])

    @property
    def labels(self) -> list[str] | None:
        return None if self["labels"] is None else list(self["labels"])

    @property
    def parameter_count(self) -> int:
        return int(self["parameter_count"])

    def _repr_html_(self) -> str:
        return f"{super()._repr_html_()}<br>{draw_network(self)}"


class Steered(Record):
    """What can be cancelled, paused and resumed until it has ended."""

    @property
    def id(self) -> str:
        return str(self["id"])

    @property
    def status(self) -> str:
        """queued, running, pausing, paused, cancelling, cancelled, succeeded or failed."""
        return str(self["status"])

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


class JobRecord(Steered):
    shown = ("id", "network", "status", "epoch", "epochs", "monitored", "best_value")

    @property
    def epoch(self) -> int:
        return int(self["epoch"])

    @property
    def best_epoch(self) -> int | None:
        return None if self["best_epoch"] is None else int(self["best_epoch"])

    @property
    def best_value(self) -> float | None:
        """Of what is `monitored`, which is the validation loss if there are validation rows."""
        return None if self["best_value"] is None else float(self["best_value"])

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What the training shows, most severe first; empty until its rows have been looked at."""
        return list(self.get("findings") or ())

    @property
    def folds(self) -> dict[str, dict[str, Any]]:
        """Of a cross-validation that succeeded: mean, std and the value of each fold, by validation number."""
        return dict((self.get("folds") or {}).get("numbers", {}))

    @property
    def report(self) -> dict[str, Any] | None:
        """How far the report to an MLflow server is; None if none was asked for."""
        return None if self.get("report") is None else dict(self["report"])


class SearchRecord(Steered):
    shown = ("id", "name", "status", "trials")


class Prediction(Record):
    shown = ("network", "labels", "chosen_by")

    @property
    def outputs(self) -> np.ndarray[Any, Any]:
        """What the units of the last layer give, (rows, outputs); NaN where the service says null."""
        return np.array(self["outputs"], dtype=np.float64)

    @property
    def labels(self) -> list[Any]:
        """The predicted class per row."""
        return list(self["labels"])

    @property
    def predictions(self) -> list[dict[str, Any]]:
        """The predicted value per row and target column, of a table network."""
        return list(self["predictions"])

    @property
    def probabilities(self) -> list[dict[str, float] | None]:
        """The probability of each class, per row."""
        return list(self["probabilities"])

    @property
    def intervals(self) -> list[Any]:
        """With `interval=0.9`: the prediction interval of each row, for numbers."""
        return list(self["intervals"])

    @property
    def sets(self) -> list[Any]:
        """With `interval=0.9`: for each row the classes that hold the true one so often, most probable first."""
        return list(self["sets"])

    def to_pandas(self, index: Any = None) -> Any:
        """One row each: the predictions and `p:class` columns. `index` is that of the rows asked for. Needs pandas."""
        import pandas as pd

        parts = []
        if "predictions" in self:
            parts.append(pd.DataFrame(self.predictions, index=index))
        elif "labels" in self:
            parts.append(pd.DataFrame({"label": self.labels}, index=index))
        else:
            parts.append(pd.DataFrame(self.outputs, index=index).add_prefix("output_"))
        if "probabilities" in self:
            rows = [row or {} for row in self.probabilities]
            parts.append(pd.DataFrame(rows, index=index).add_prefix("p:"))
        return pd.concat(parts, axis=1)
