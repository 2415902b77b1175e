"""The number columns of one row, in one step together instead of one column after the other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.preprocessing.number import NumberColumn, NumberState
from service.data.preprocessing.table import TableSpec
from service.schema.fields import Spec

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


class NumberRow:
    """Does what `NumberColumn.write` does, to the same bits, for the columns whose scaler has no knots."""

    def __init__(self, spec: TableSpec, states: Mapping[str, Spec]) -> None:
        chosen: list[tuple[str, NumberColumn, NumberState]] = []
        for name, column in spec.columns.items():
            state = states[name]
            if isinstance(column, NumberColumn) and isinstance(state, NumberState) and column.scale.linear:
                chosen.append((name, column, state))
        self.names = tuple(name for name, _, _ in chosen)
        starts = [spec.groups[name].start for name in self.names]
        self._places = np.array(starts, np.intp)
        self._fill = np.array([state.fill for _, _, state in chosen])
        self._shift = np.array([state.scaling.shift for _, _, state in chosen])
        self._scale = np.array([state.scaling.scale for _, _, state in chosen])
        ranges = [column.clip_range(state) for _, column, state in chosen]
        self._clips = any(end is not None for ends in ranges for end in ends)
        self._low = np.array([-np.inf if low is None else low for low, _ in ranges])
        self._high = np.array([np.inf if high is None else high for _, high in ranges])
        self._logs = _where([column.log for _, column, _ in chosen])
        self._smooth = _where([column.smooth_clip is not None for _, column, _ in chosen])
        self._bounds = np.array([column.smooth_clip for _, column, _ in chosen if column.smooth_clip is not None])
        self._indicated = _where([column.indicator for _, column, _ in chosen])
        self._indicators = np.array([spec.groups[self.names[at]].stop - 1 for at in self._indicated], np.intp)
        bins = [
            (at, starts[at] + 1 + bin, low, high - low)
            for at, (_, _, state) in enumerate(chosen)
            for bin, (low, high) in enumerate(pairwise(state.knots))
        ]
        self._of_bin, self._bin_places = (np.array([one[part] for one in bins], np.intp) for part in (0, 1))
        self._edges, self._widths = (np.array([one[part] for one in bins], np.float64) for part in (2, 3))

    def write(self, given: Mapping[str, Any], row: Floats) -> None:
        """Into the encoded row (width,), which is 0 where nothing is written."""
        if not self.names:
            return
        cells = [given.get(name) for name in self.names]
        x = np.array(cells, np.float64)  # NumPy makes NaN of None.
        if None in cells:
            missing = np.isnan(x)
            row[self._indicators] = missing[self._indicated]
            x = np.where(missing, self._fill, x)
        with np.errstate(all="ignore"):
            if self._clips:
                x = np.clip(x, self._low, self._high)
            if self._logs.size:
                x[self._logs] = _logarithm(x[self._logs])
            z = (x - self._shift) / self._scale
            if self._smooth.size:
                bounded = z[self._smooth]
                z[self._smooth] = bounded / np.hypot(1, bounded / self._bounds)
            row[self._places] = z
            if self._of_bin.size:
                row[self._bin_places] = np.clip((z[self._of_bin] - self._edges) / self._widths, 0, 1)


def _where(flags: list[bool]) -> Places:
    return np.flatnonzero(np.array(flags, np.bool_))


def _logarithm(x: Floats) -> Floats:
    logarithm: Floats = np.copysign(np.log1p(np.abs(x)), x)
    return logarithm
