"""How far the probabilities and numbers of some weights can be believed, by the rows their training validated on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.data.calibration import Calibration
from service.domain.types import Json
from service.errors import NotFound
from service.operations.backend import Backend
from service.operations.models.models import Model, current_model

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Report:
    model: Model
    calibration: Calibration
    levels: Sequence[Json]


def calibration_of(backend: Backend, network_ref: str, snapshot_ref: str) -> Report:
    """Raises NotFound, also for weights that no training has validated."""
    model = current_model(backend, network_ref, snapshot_ref)
    calibration = model.calibration
    if calibration is None:
        raise NotFound(
            f"The weights {model.snapshot.id} of {model.record.name} have no calibration: train with validation rows."
        )
    return Report(model, calibration, [level for share in LEVELS for level in _level(model, calibration, share)])


def _level(model: Model, calibration: Calibration, share: float) -> Sequence[Json]:
    found = [quantile for quantile in calibration.quantiles(share) if quantile is not None]
    if not found or len(found) < len(calibration.scores):
        return ()
    if model.classifier is not None:
        return ({"level": share, "least_probability": max(0.0, 1 - found[0])},)
    names = map(str, model.signature.output_names)
    return ({"level": share, "half_widths": dict(zip(names, found, strict=True))},)
