"""How far the weights that a run ends with can be believed, by its validation rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.calibration import Calibration, Reliability, ReliabilityBin, has_temperature
from service.data.signatures.classes import Classifier
from service.engine.arrays import Array, Floats
from service.engine.calibration import fit_temperature, kept_scores, log_losses
from service.engine.inference import predict, scores
from service.engine.metrics.curves import calibration
from service.engine.network import Network
from service.engine.rows import Rows
from service.schema.validation import SpecError

#: Of more validation rows so many are drawn at random, which keeps them exchangeable with later rows: fewer if each
#: takes much work.
MAX_ROWS, MIN_ROWS, WORK = 4000, 200, 400_000_000

Values = npt.NDArray[Any]
Calibrate = Callable[[Values], Calibration | None]


def calibrate_with(network: Network, classifier: Classifier | None, rows: Rows, *, tempers: bool) -> Calibrate:
    """Describes weights by these rows; with `tempers`, predictions are to be made with the fitted temperature.

    The function gives None for outputs that are not finite.
    """
    most = min(MAX_ROWS, max(WORK // network.cost, MIN_ROWS))
    drawn = rows if len(rows) <= most else rows.take(np.random.default_rng(0).choice(len(rows), most, replace=False))

    def calibrate(values: Values) -> Calibration | None:
        try:
            with np.errstate(all="ignore"):
                if classifier is None:
                    return _of_numbers(network, values, drawn)
                if not has_temperature(network, classifier):
                    return None
                return _of_classes(network, values, drawn, classifier, tempers=tempers)
        except SpecError:  # numbers that are not finite, which no JSON holds
            return None

    return calibrate


def _of_numbers(network: Network, values: Values, rows: Rows) -> Calibration:
    outputs, targets = predict(network, values, rows.inputs).astype(np.float64), rows.targets
    if rows.units is not None:
        outputs, targets = rows.units.restore(outputs), rows.units.restore_targets(targets)
    errors = np.abs(targets - outputs)
    return Calibration(rows=len(rows), scores=tuple(kept_scores(column) for column in errors.T))


def _of_classes(network: Network, values: Values, rows: Rows, classifier: Classifier, *, tempers: bool) -> Calibration:
    z, y, softmax = scores(network, values, rows.inputs), rows.targets.T, network.head.activation.name == "softmax"
    fitted = fit_temperature(z, y, softmax=softmax)
    applied = fitted if tempers else 1.0
    known = () if classifier.multilabel else (kept_scores(1 - _of_truth(_shares(network, z, applied), y)),)
    return Calibration(
        rows=len(rows),
        temperature=applied,
        fitted_temperature=fitted,
        before=_reliability(network, z, y, 1.0),
        after=_reliability(network, z, y, fitted),
        scores=known,
    )


def _shares(network: Network, z: Array, temperature: float) -> Floats:
    """Probabilities (outputs, rows)."""
    return network.head.apply(z.astype(np.float64) / temperature)


def _of_truth(shares: Floats, y: Array) -> Floats:
    """The probability of each row's class, (rows,)."""
    if len(shares) == 1:
        probability: Floats = np.where(y[0] > 0.5, shares[0], 1 - shares[0])
        return probability
    of_truth: Floats = shares[y.argmax(axis=0), np.arange(y.shape[1])]
    return of_truth


def _reliability(network: Network, z: Array, y: Array, temperature: float) -> Reliability:
    """Of the most probable class of each row; of several yes or no, each of them counts as a row."""
    softmax = network.head.activation.name == "softmax"
    shares = _shares(network, z, temperature)
    if softmax:
        confidence, is_hit = shares.max(axis=0), shares.argmax(axis=0) == y.argmax(axis=0)
    else:
        confidence, is_hit = np.maximum(shares, 1 - shares).ravel(), ((shares > 0.5) == (y > 0.5)).ravel()
    bins = calibration(confidence, is_hit)
    error = sum(one.rows * abs(one.predicted - one.observed) for one in bins) / len(confidence)
    return Reliability(
        log_loss=max(0.0, float(log_losses(z, y, softmax=softmax, temperature=temperature).mean())),
        ece=min(float(error), 1.0),
        bins=tuple(
            ReliabilityBin(
                low=one.low, high=one.high, rows=one.rows, confidence=min(one.predicted, 1.0), accuracy=one.observed
            )
            for one in bins
        ),
    )
