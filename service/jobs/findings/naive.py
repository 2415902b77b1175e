"""The naive answer: the constant that a network must beat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.rows import Rows


def naive_answer(network: Network, rows: Rows) -> Array:
    """The best constant outputs (outputs,) for these rows: the mean, which for classes are their shares; the median for
    an absolute error, the more frequent sign for a hinge."""
    loss = network.spec.loss
    if loss.name in ("mean_absolute_error", "huber", "log_cosh"):
        return np.asarray(np.median(rows.targets, axis=0))
    mean = np.asarray(np.mean(rows.targets, axis=0, dtype=np.float64))
    return np.where(mean < 0, -1.0, 1.0) if loss.targets == "sign" else mean


def naive_row_losses(network: Network, answer: Array, rows: Rows) -> npt.NDArray[np.float64]:
    """The loss of each row (rows,) if the answer is always this one."""
    targets = rows.targets.T.astype(np.float64)
    outputs = np.broadcast_to(answer[:, None], targets.shape)
    with np.errstate(all="ignore"):
        return np.asarray(network.spec.loss.rows(outputs, targets), np.float64)
