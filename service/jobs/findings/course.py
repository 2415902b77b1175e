"""The loss curve of a run, thinned evenly so that a long one costs no more to judge than a short one."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.epochs import Epoch
from service.domain.types import Json
from service.jobs.findings.facts import Point

MAX_POINTS = 256


class Course:
    """Keeps every `stride`th epoch and the latest one; the stride doubles when there are too many."""

    def __init__(self, saved: Json | None = None) -> None:
        """`saved` is what `to_json` returned in an earlier run of the same job."""
        self._stride: int = saved["stride"] if saved else 1
        self._points = [Point(*point) for point in saved["points"]] if saved else []
        self._latest = Point(*saved["latest"]) if saved and saved["latest"] else None
        self._update_ratio = self._latest.update_ratio if self._latest else None

    def add_all(self, epochs: Sequence[Epoch]) -> None:
        for epoch in epochs[:-1]:
            if epoch.epoch % self._stride == 0 or epoch.layers:
                self.add(epoch)
        self.add(epochs[-1])

    def add(self, epoch: Epoch) -> None:
        if epoch.layers:
            self._update_ratio = max(layer["update_ratio"] for layer in epoch.layers)
        self._latest = Point(epoch.epoch, epoch.loss, epoch.val_loss, epoch.gradient_norm, self._update_ratio)
        if epoch.epoch % self._stride == 0:
            self._points.append(self._latest)
            if len(self._points) > MAX_POINTS:
                self._stride *= 2
                self._points = [point for point in self._points if point.epoch % self._stride == 0]

    @property
    def points(self) -> tuple[Point, ...]:
        return (*self._points, *([self._latest] if self._latest and self._latest not in self._points[-1:] else []))

    def to_json(self) -> Json:
        latest = list(self._latest) if self._latest else None
        return {"stride": self._stride, "points": [list(point) for point in self._points], "latest": latest}
