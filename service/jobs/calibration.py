"""How far the weights that a run ends with can be believed, by its validation rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.calibration import Calibration, Reliability, ReliabilityBin, has_temperature
from service.data.signatures.classes import Classifier
from service.data.thresholds import Threshold, ThresholdRule
from service.engine.arrays import Array, Floats
from service.engine.calibration import fit_temperature, kept_scores, log_losses
from service.engine.inference import tempered
from service.engine.metrics.curves import calibration
from service.engine.network import Network
from service.engine.rows import Rows
from service.jobs.pool import Pool
from service.jobs.thresholds import choose_threshold
from service.schema.validation import SpecError

#: Of more validation rows so many are drawn at random, which keeps them exchangeable with later rows: fewer if each
#: takes much work.
MAX_ROWS, MIN_ROWS, WORK = 4000, 200, 400_000_000
#: A rare class has few of the rows, so that its threshold is chosen on more of them.
MORE = 5

Values = npt.NDArray[Any]
Calibrate = Callable[[Values], Calibration | None]


def calibrate_with(
    network: Network, classifier: Classifier | None, pool: Pool, *, tempers: bool, rule: ThresholdRule | None = None
) -> Calibrate:
    """Describes weights by the rows that they have held out; with `tempers`, predictions are to be made with the fitted
    temperature, with a `rule` by the threshold that it chooses.

    The function gives None for outputs that are not finite.
    """
    most = min(MAX_ROWS, max(WORK // network.cost, MIN_ROWS))
    drawn, judged = _drawn(pool, most), pool if rule is None else _drawn(pool, MORE * most)

    def calibrate(values: Values) -> Calibration | None:
        try:
            with np.errstate(all="ignore"):
                if classifier is not None and not has_temperature(network, classifier):
                    return None
                known = drawn.known_to(values)
                z = known.scores(values)
                if classifier is None:
                    return _of_numbers(network, z, known.rows)
                found = _of_classes(network, z, known.rows, classifier, tempers=tempers)
                if rule is None:
                    return found
                return replace(found, threshold=_threshold(classifier, judged.known_to(values), values, found, rule))
        except SpecError:  # numbers that are not finite, which no JSON holds
            return None

    return calibrate


def _drawn(pool: Pool, most: int) -> Pool:
    return pool if len(pool) <= most else pool.take(np.random.default_rng(0).choice(len(pool), most, replace=False))


def _threshold(
    classifier: Classifier, pool: Pool, values: Values, found: Calibration, rule: ThresholdRule
) -> Threshold:
    z = tempered(pool.scores(values), found.temperature)
    return choose_threshold(pool.network.head.apply(z).T, pool.rows.targets, classifier, rule)


def _of_numbers(network: Network, z: Array, rows: Rows) -> Calibration:
    outputs, targets = network.head.apply(z).T.astype(np.float64), rows.targets
    if rows.units is not None:
        outputs, targets = rows.units.restore(outputs), rows.units.restore_targets(targets)
    errors = np.abs(targets - outputs)
    return Calibration(rows=len(rows), scores=tuple(kept_scores(column) for column in errors.T))


def _of_classes(network: Network, z: Array, rows: Rows, classifier: Classifier, *, tempers: bool) -> Calibration:
    y, softmax = rows.targets.T, network.head.activation.name == "softmax"
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
