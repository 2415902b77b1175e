"""Weights of a training while they change."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from feedforward_client.records import Record
from feedforward_client.sse import Event

Tensors = dict[str, np.ndarray[Any, np.dtype[np.float32]]]


class Frame(Record):
    """`epoch`, `loss`, `val_loss`, `metrics`, `final`, and `tensors`: each weight matrix and bias vector by name."""

    shown = ("epoch", "loss", "val_loss", "final")

    def __init__(self, fields: Mapping[str, Any], layout: Mapping[str, Any]) -> None:
        super().__init__({name: value for name, value in fields.items() if name != "weights"})
        numbers = np.frombuffer(base64.b64decode(fields["weights"]), "<f4")
        self.tensors: Tensors = {tensor["name"]: _tensor(numbers, tensor) for tensor in layout["tensors"]}

    @property
    def epoch(self) -> int:
        return int(self["epoch"])


class FrameReader:
    """Takes the events of a stream, gives a frame where one is complete."""

    def __init__(self) -> None:
        self._layout: Mapping[str, Any] = {}

    def take(self, event: Event) -> Frame | None:
        if event.kind == "layout":
            self._layout = event
        return Frame(event, self._layout) if event.kind == "frame" else None


def _tensor(numbers: np.ndarray[Any, np.dtype[np.float32]], tensor: Mapping[str, Any]) -> Any:
    return numbers[tensor["offset"] :][: math.prod(tensor["shape"])].reshape(tensor["shape"])
