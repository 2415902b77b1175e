"""How far the weights of each layer lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.norms import norm
from service.operations.models.models import Model


@dataclass(frozen=True)
class WeightChange:
    """Of one tensor; shapes and norms are None where it is not there, and the change where the shapes differ."""

    name: str
    shapes: tuple[Sequence[int] | None, Sequence[int] | None]
    norms: tuple[float | None, float | None]
    change: float | None  #: the norm of the difference
    relative: float | None  #: by the norm before; None where that is 0


def weight_changes(before: Model, after: Model) -> list[WeightChange]:
    ours, theirs = (model.network.tensors(model.values) for model in (before, after))
    return [_change(name, ours.get(name), theirs.get(name)) for name in dict.fromkeys((*ours, *theirs))]


def _change(name: str, before: Array | None, after: Array | None) -> WeightChange:
    shapes = _shape(before), _shape(after)
    with np.errstate(all="ignore"):
        norms = _norm(before), _norm(after)
        if before is None or after is None or before.shape != after.shape:
            return WeightChange(name, shapes, norms, None, None)
        change = _norm(after.astype(np.float64) - before.astype(np.float64))
    return WeightChange(name, shapes, norms, change, change / norms[0] if change is not None and norms[0] else None)


def _shape(tensor: Array | None) -> Sequence[int] | None:
    return None if tensor is None else list(tensor.shape)


def _norm(tensor: Array | None) -> float | None:
    return None if tensor is None else norm(tensor.astype(np.float64).ravel())
