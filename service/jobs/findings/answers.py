"""Asks the trained network for the targets of rows it can be judged on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from service.data.calibration import Calibration
from service.data.frame import Column
from service.data.leaks import leak_of
from service.data.signatures.classes import Classifier
from service.data.signatures.output_rows import class_probabilities
from service.engine.arrays import Array
from service.engine.inference import tempered
from service.engine.metrics.classification import auc
from service.engine.metrics.decisions import decisions
from service.engine.network import Network
from service.engine.rows import Rows
from service.jobs.findings.data_facts import spread
from service.jobs.findings.facts import Answers
from service.jobs.findings.naive import naive_answer, naive_row_losses
from service.jobs.pool import Pool

Classes = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.float64]

#: Judging takes at most about this share of the training's passes over rows, within these numbers of rows.
SHARE = 0.02
LEAST_ROWS, MOST_ROWS = 500, 10_000
#: Cells looked at for a leak; an exact copy shows in far fewer.
LEAK_COLUMNS, LEAK_ROWS = 100, 5_000
#: A network that explains less than this has no leak worth a name.
TOO_GOOD = 0.98


def ask(
    network: Network,
    values: Array,
    training: Rows,
    pool: Pool | None,
    classifier: Classifier | None,
    groups: Mapping[str, Sequence[int]] | None,
    *,
    epochs: int,
    calibration: Calibration | None = None,
) -> Answers:
    """`pool` are the validation rows. Whether a class is ever predicted depends on the calibration's threshold, too."""
    most = int(min(max(LEAST_ROWS, SHARE * len(training) * epochs), MOST_ROWS))
    sampled = training.take(spread(len(training), most))
    known = None if pool is None else pool.known_to(values)
    held_out = None if known is None else known.take(spread(len(known), most))
    # Held-out rows that are all alike cannot tell a network from a constant.
    if held_out is None or not np.ptp(held_out.rows.targets, axis=0).any():
        held_out = None
    asked = [Pool(network, sampled)] if held_out is None else [held_out, Pool(network, sampled)]
    judged, z = asked[0].rows, asked[0].scores(values)
    losses = network.head.row_losses(z, judged.targets.T).astype(np.float64)
    naive_losses = naive_row_losses(network, naive_answer(network, judged), judged)
    outputs = _as_answers(network, z)
    facts = {
        "held_out": held_out is not None,
        "rows": len(judged),
        "loss": float(losses.mean()),
        "naive_loss": float(naive_losses.mean()),
        "certainty": _certainty(naive_losses - losses),
    }
    true = None if classifier is None or classifier.multilabel else classifier.form.classes_of(judged.targets)
    if classifier is None or true is None:
        found = Answers(**facts, spread=_spread(outputs, judged.targets))  # type: ignore[arg-type]  # by name
        return _with_leaks(found, sampled, None, groups)
    scored = [(judged, z), *((part.rows, part.scores(values)) for part in asked[1:])]
    shares = np.bincount(true, minlength=len(classifier.form.names))
    usual = int(shares.argmax())
    ranking, certainty = _ranking(outputs, true)
    found = Answers(
        **facts,  # type: ignore[arg-type]  # by name
        spread=float(np.ptp(outputs, axis=0).max()),
        accuracy=float(np.mean(_decided(outputs) == true)),
        usual_class=classifier.form.names[usual],
        usual_share=float(np.mean(true == usual)),
        ranking=ranking,
        ranking_certainty=certainty,
        never_predicted=_never(network, classifier, calibration, scored),
    )
    return _with_leaks(found, sampled, classifier, groups)


def classes_of(classifier: Classifier, rows: Rows) -> Classes:
    classes = classifier.form.classes_of(rows.targets)
    return np.zeros(0, np.intp) if classes is None else classes


def _as_answers(network: Network, z: Array) -> Array:
    """(rows, outputs): numbers, or for classes probabilities where the loss has them."""
    with np.errstate(all="ignore"):
        return network.spec.loss.as_probabilities(network.head.apply(z)).T


def _decided(outputs: Array) -> Classes:
    """The class of each row."""
    cells: Array = decisions(outputs, multilabel=False)
    return np.asarray(cells[0] if len(cells) == 1 else cells.argmax(axis=0), np.intp)


def _certainty(gains: Numbers) -> float:
    """The mean in standard errors; 0 where all are 0."""
    mean, deviation = float(gains.mean()), float(gains.std(ddof=1)) if len(gains) > 1 else 0.0
    return mean / (deviation / len(gains) ** 0.5) if deviation > 0 else float(np.sign(mean)) * 1e9


def _spread(outputs: Array, targets: Array) -> float:
    """The largest, over the outputs, of the answers' deviation as a share of the targets'."""
    wanted = targets.std(axis=0, dtype=np.float64)
    given = outputs.std(axis=0, dtype=np.float64)
    varied = wanted > 0
    return float((given[varied] / wanted[varied]).max()) if varied.any() else 1.0


def _ranking(outputs: Array, true: Classes) -> tuple[float | None, float]:
    """roc_auc, the mean over the classes, and its distance from 0.5 in standard errors (Hanley & McNeil 1982)."""
    columns = class_probabilities(outputs).T
    found = [(auc(column, true == index), np.count_nonzero(true == index)) for index, column in enumerate(columns)]
    known = [(area, count) for area, count in found if np.isfinite(area)]
    if not known:
        return None, 0.0
    mean = float(np.mean([area for area, _ in known]))
    variances = [(len(true) + 1) / (12 * count * (len(true) - count)) for _, count in known]
    return mean, (mean - 0.5) / float(np.mean(variances)) ** 0.5


def _never(
    network: Network,
    classifier: Classifier,
    calibration: Calibration | None,
    scored: Sequence[tuple[Rows, Array]],
) -> dict[str, int]:
    """The number of rows of each class that no row is predicted to be of, from rows and their scores."""
    names = classifier.form.names
    threshold = None if calibration is None else calibration.threshold_of(classifier)
    support, predicted = np.zeros(len(names), np.intp), np.zeros(len(names), np.intp)
    for rows, z in scored:
        support += np.bincount(classes_of(classifier, rows), minlength=len(names))
        if calibration is not None and threshold is not None:
            outputs = threshold.decided(_as_answers(network, tempered(z, calibration.temperature)))
        else:
            outputs = _as_answers(network, z)
        predicted += np.bincount(_decided(outputs), minlength=len(names))
    return {names[index]: int(support[index]) for index in np.flatnonzero((predicted == 0) & (support > 0))}


def _with_leaks(
    answers: Answers, rows: Rows, classifier: Classifier | None, groups: Mapping[str, Sequence[int]] | None
) -> Answers:
    """A single input of several that alone explains the target of a network that explains it."""
    good = answers.explained if answers.accuracy is None else answers.accuracy
    target = rows.targets[:, 0] if classifier is None else classes_of(classifier, rows)
    if (
        good < TOO_GOOD
        or rows.inputs.shape[1] < 2
        or len(target) != len(rows)
        or rows.targets.shape[1] > 1
        and not classifier
    ):
        return answers
    columns = groups or {f"input {index}": (index,) for index in range(rows.inputs.shape[1])}
    wanted = _column(target[:LEAK_ROWS])
    found = (
        (name, leak_of(_column(rows.inputs[:LEAK_ROWS, group[0]]), wanted, classes=classifier is not None))
        for name, group in list(columns.items())[:LEAK_COLUMNS]
        if len(group) == 1
    )
    return replace(answers, leaks=tuple((name, leak.share) for name, leak in found if leak is not None))


def _column(numbers: npt.NDArray[np.generic]) -> Column:
    return Column("number", numbers.astype(np.float64))
