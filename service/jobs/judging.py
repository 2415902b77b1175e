"""Compare the model that a training has just made with the one in use, on rows that neither was trained on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.row_keys import column_bits, row_keys
from service.data.signatures.classes import Classifier
from service.data.signatures.encoders import Encoder
from service.domain.types import Json
from service.engine.evaluation import evaluate
from service.engine.inference import predict
from service.engine.metrics.table import higher_is_better
from service.engine.network import Network
from service.engine.rows import Rows
from service.jobs.contest import Champion, Contest, Judgement
from service.jobs.division import HASH
from service.jobs.findings.data_facts import class_counts
from service.jobs.held_out_rows import HeldOutRows
from service.jobs.options import JobOptions
from service.jobs.promotion_rule import LEAST_OF_CLASS, LEAST_ROWS, PromotionRule
from service.schema.validation import ValidationError

Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[Any]
#: The encoder of weights with these statistics; None for rows that need none.
MakeEncoder = Callable[[Json | None], Encoder]


class NotComparable(Exception):
    """Why two models cannot be compared."""


@dataclass(frozen=True)
class Challenger:
    network: Network
    values: Values
    options: JobOptions
    preprocessing: Json | None
    encoder_of: MakeEncoder
    classifier: Classifier | None
    division: Json | None  #: how its own rows were divided


def judge(challenger: Challenger, held_out: HeldOutRows, contest: Contest) -> Judgement:
    rule = PromotionRule.from_json(challenger.options.promote)
    metric, champion = rule.condition.metric, contest.champion
    known: dict[str, Any] = {"metric": metric}
    if champion is not None:
        known |= {"champion_version": champion.version, "champion_move": champion.move}
    try:
        if contest.reason is not None:
            raise NotComparable(contest.reason)
        unseen = np.flatnonzero(_unseen(challenger, held_out, contest.trainings))
        known["rows"] = len(unseen)
        new_rows = _rows(challenger, held_out, challenger.preprocessing, unseen)
        _check_size(challenger, new_rows)
        new = _figure(challenger, challenger.values, new_rows, metric)
        old = None if champion is None else _champion_figure(challenger, champion, held_out, unseen, new_rows, metric)
    except NotComparable as error:
        return Judgement(reason=str(error), **known)
    except ValidationError as error:
        return Judgement(reason=f"The rows do not fit the model in use: {error}.", **known)
    is_better = _is_better(metric, old, new, rule.condition.better_by)
    reason = None if is_better else f"It is not better by more than {rule.condition.better_by:g}."
    return Judgement(is_better=is_better, reason=reason, old=old, new=new, **known)


def _unseen(challenger: Challenger, held_out: HeldOutRows, trainings: Sequence[Json]) -> Mask:
    """Which rows no training has seen that either model went through. Raises NotComparable."""
    unseen = held_out.is_new.copy()
    for training in trainings:
        unseen &= _unseen_by(training, challenger, held_out)
    return unseen


def _unseen_by(training: Json, challenger: Challenger, held_out: HeldOutRows) -> Mask:
    division, split = training["division"], training["split"] or {}
    if division is not None and division == challenger.division:
        return np.ones(len(held_out), np.bool_)  # Its training rows are those of this training.
    found = None
    if split.get("method") == HASH:
        found = _below(split, held_out)
    elif split.get("method") == "time":
        found = _after(split, held_out)
    if found is None:
        raise NotComparable(
            f"It is not known which rows job {training['job']} was trained on: hold rows out by a hash, or in the same "
            "way in every training."
        )
    return found


def _below(split: Json, held_out: HeldOutRows) -> Mask | None:
    """All its training rows have keys of at least `below`."""
    bits = held_out.bits
    if (group := split["group"]) is not None:
        if group not in held_out.columns or held_out.columns[group].kind != split["kind"]:
            return None
        bits = [column_bits(held_out.columns[group])]
    unseen: Mask = row_keys(bits, len(held_out), seed=split["seed"]) < split["below"]
    return unseen


def _after(split: Json, held_out: HeldOutRows) -> Mask | None:
    """All its training rows are from `until` or before."""
    name = split["time"]
    if name not in held_out.columns or held_out.columns[name].kind != split["kind"] or split["until"] is None:
        return None
    column = held_out.columns[name]
    times = column.values.astype(np.int64) if column.kind == "time" else column.values
    unseen: Mask = ~column.missing & (times > split["until"])
    return unseen


def _rows(challenger: Challenger, held_out: HeldOutRows, preprocessing: Json | None, wanted: Values) -> Rows:
    if not len(wanted):
        raise NotComparable("There is no row that neither model was trained on.")
    if held_out.numbers is not None:
        return held_out.numbers.take(wanted)
    encoder = challenger.encoder_of(preprocessing)
    return encoder.encode(held_out.columns.take(wanted), challenger.options.sample_weight).rows


def _check_size(challenger: Challenger, rows: Rows) -> None:
    if len(rows) < LEAST_ROWS:
        raise NotComparable(f"There are {len(rows)} rows that neither model was trained on; {LEAST_ROWS} are needed.")
    counts = class_counts(challenger.classifier, rows)
    if counts and (least := min(counts.items(), key=lambda item: item[1]))[1] < LEAST_OF_CLASS:
        raise NotComparable(
            f"There are {least[1]} rows of {least[0]} that neither model was trained on; {LEAST_OF_CLASS} are needed."
        )


def _figure(challenger: Challenger, values: Values, rows: Rows, metric: str) -> float:
    numbers = evaluate(challenger.network, values, rows, challenger.options.training.metrics)
    return numbers[metric.removeprefix("val_")]


def _champion_figure(
    challenger: Challenger, champion: Champion, held_out: HeldOutRows, unseen: Values, new_rows: Rows, metric: str
) -> float:
    network = challenger.network
    values = network.from_bytes(champion.values)
    rows = _rows(challenger, held_out, champion.preprocessing, unseen)
    if metric != "val_loss" or rows.units is None or new_rows.units is None:
        return _figure(challenger, values, rows, metric)
    # Each model learns numbers on its own scale; the loss of both is that on the challenger's.
    users = rows.units.unbounded(predict(network, values, rows.inputs))
    outputs = (users - new_rows.units.shift) / new_rows.units.scale
    losses = network.spec.loss.rows(outputs.T, new_rows.targets.T.astype(np.float64))
    total = float(np.sum(losses if rows.sample_weights is None else losses * rows.sample_weights))
    return total / (len(rows) if network.spec.loss.reduction == "mean" else 1) + network.penalty(values)


def _is_better(metric: str, old: float | None, new: float, by: float) -> bool:
    if not math.isfinite(new):
        return False
    if old is None or not math.isfinite(old):
        return True
    return new > old + by if higher_is_better(metric) else new < old - by
