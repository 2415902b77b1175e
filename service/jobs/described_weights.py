"""What the rows of a run say of its weights: those that it ends with are often its best ones, and described once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.data.calibration import Calibration
from service.domain.types import Json
from service.jobs.preparation import Prepared


class Description(NamedTuple):
    calibration: Calibration | None = None  #: by the validation rows
    reference: Json | None = None  #: of the training rows, and of the answers to them


class DescribedWeights:
    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._last: tuple[bytes, Description] | None = None

    def describe(self, values: npt.NDArray[np.generic]) -> Description:
        stored = values.tobytes()
        if self._last is None or self._last[0] != stored:
            self._last = stored, self._described(values)
        return self._last[1]

    def _described(self, values: npt.NDArray[np.generic]) -> Description:
        prepared = self._prepared
        found = prepared.calibrate(values) if prepared.calibrate else None
        temperature = 1.0 if found is None else found.temperature
        threshold = None if found is None else found.threshold_of(prepared.classifier)
        return Description(found, prepared.describe(values, temperature, threshold) if prepared.describe else None)
