"""A network and a training for a data set, from nothing but the column to predict: a sound start, to be changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.data.preprocessing.table import TableSpec
from service.data.profiles.column_profiles import ColumnProfiles
from service.domain.datasets import Dataset
from service.domain.types import Json
from service.engine.recipes import NUMBER, PIECEWISE
from service.operations import names
from service.operations.backend import Backend
from service.operations.datasets.class_balance import balance_of
from service.operations.datasets.leaks import leaks
from service.operations.networks.column_requests import AUTO, read_table_spec
from service.operations.networks.tidying import Tidied, reasons_json
from service.operations.validation import invalid_fields
from service.schema.validation import SpecError, ValidationIssue

#: How many networks a proposal averages unless asked.
MEMBERS = 8
#: Units of the two hidden layers of a network alone, and of a member: eight of those have as many weights as one or two
#: networks alone, and their mean is better.
HIDDEN, OF_MEMBER = (256, 128), (128, 64)
#: With more number columns, bins would make rows so wide that training takes too long.
MOST_PIECEWISE = 64
#: Below this many rows a network overfits unless it is regularised: (rows, drop rate, l2). Members are narrow, and need
#: no more dropout than the last.
REGULARISED = ((5_000, 0.3, 1e-3), (50_000, 0.1, 1e-4))
MEMBER_DROP_RATE = 0.1
#: A small table is gone through so often, a large one until there have been so many steps, but a few times at least.
MOST_EPOCHS, STEPS, LEAST_EPOCHS = 150, 40_000, 15
BATCH_SIZES = (32, 512)
#: Training stops after this share of the epochs without a better one. That of a member is shorter: a stop that is a
#: little too early costs the mean little.
PATIENT_SHARE, OF_MEMBERS = 4, 6
#: With so many rows, some can be held out to see when the network has learned enough.
VALIDATED_FROM = 50
VALIDATION = 0.1
#: If fewer rows than that are expected of a class, the hash that divides rows may leave it out, so it is stratified.
LEAST_HELD_OUT = 20


@dataclass(frozen=True)
class Proposal:
    """Bodies for `POST /networks` and `POST /train`, why options of columns were chosen, what may be done about a rare
    class, and what looks doubtful."""

    table: TableSpec
    network: Json
    train: Json
    reasons: Sequence[Json]
    offers: Sequence[Json]
    warnings: Sequence[str]
    opened: Sequence[str] = ()  #: number columns that are encoded piecewise for some members of an ensemble


def propose_for(backend: Backend, dataset_ref: str, target: Any, inputs: Any = AUTO, *, members: int = 1) -> Proposal:
    """Raises NotFound, and Invalid with paths below `inputs` and `target`."""
    with invalid_fields():
        return propose(backend, backend.storage.get_dataset(dataset_ref), target, inputs, members=members)


def propose(
    backend: Backend,
    dataset: Dataset,
    target: Any,
    inputs: Any = AUTO,
    *,
    members: int = 1,
    piecewise: bool | None = None,
) -> Proposal:
    """With `piecewise`, which an ensemble has unless told otherwise or of many number columns, they are encoded so for
    some members. Raises SpecError with paths below `inputs` and `target`."""
    known = ColumnProfiles(dataset)
    if piecewise is None:
        piecewise = members > 1 and sum(known.type_of(name) == "number" for name in known) <= MOST_PIECEWISE
    read = read_table_spec(inputs, target, known, tidy=True, piecewise=piecewise)
    table = read.table
    rows = known.rows_with(table.target_names)
    if rows < 2:
        words = f"{dataset.name} has {rows} row{'s' * (rows != 1)} in which the target is known; two are the least"
        raise SpecError([ValidationIssue(("target",), words)])
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", "-".join((dataset.name, *table.target_names[:2])))[:100].strip("-")
    network = {
        "name": name if name and not list(names.name_issues(name)) else "network",
        **table.to_json(),
        "layers": layers_for(table, rows, members),
        "loss": loss_for(table),
        **({"members": members_for(members, read.opened)} if members > 1 else {}),
    }
    balance = balance_of(table, known)
    train = {
        "network": network["name"],
        "dataset": dataset.reference,
        **training_for(table, rows, rarest=balance.rarest, members=members),
    }
    if balance.is_uneven:
        train["metrics"] = [*train["metrics"], *balance.metrics]
    used = (*table.features, *table.target_names)
    warnings = [*read.warnings, *balance.warnings, *leaks(backend, dataset, table), *known.doubts(used)]
    reasons = reasons_json([*read.tidied, *reasons_for(members, read.opened)])
    return Proposal(table, network, train, reasons, balance.offers_beside(train), warnings, read.opened)


def members_for(count: int, opened: Sequence[str]) -> int | list[Json]:
    """Half of them read numbers as they are, the others in steps as well."""
    if not opened:
        return count
    return [{"count": count - count // 2, "encode": NUMBER}, {"count": count // 2, "encode": PIECEWISE}]


def reasons_for(members: int, opened: Sequence[str]) -> list[Tidied]:
    if members == 1 or not opened:
        return []
    reason = (
        f"{members // 2} of {members} members read it in bins, too, so that they learn steps as trees do; the others "
        "do better where it acts smoothly. Validation rows that both have held out decide how much each half counts."
    )
    return [Tidied(name, "members", reason) for name in opened]


def layers_for(table: TableSpec, rows: int, members: int) -> list[Json]:
    """Two hidden layers, regularised if rows are few, and an output that suits the target."""
    drop_rate, l2 = next((held for most, *held in REGULARISED if rows < most), (0.0, 0.0))
    if members > 1:
        drop_rate = min(drop_rate, MEMBER_DROP_RATE)
    penalty = {"l2": l2} if l2 else {}
    layers: list[Json] = []
    for units in HIDDEN if members == 1 else OF_MEMBER:
        layers.append({"type": "dense", "units": units, "activation": "relu", **penalty})
        if drop_rate:
            layers.append({"type": "dropout", "drop_rate": drop_rate})
    return [*layers, {"type": "dense", **output_for(table), **penalty}]


def output_for(table: TableSpec) -> dict[str, Any]:
    if table.is_regression:
        return {"units": len(table.target), "activation": "linear"}
    if table.is_multilabel:
        return {"units": len(table.target), "activation": "sigmoid"}
    count = len(table.labels or ())
    return {"units": 1, "activation": "sigmoid"} if count == 2 else {"units": count, "activation": "softmax"}


def loss_for(table: TableSpec) -> str:
    if table.is_regression:
        return "mean_squared_error"
    one_of_many = not table.is_multilabel and len(table.labels or ()) > 2
    return "cross_entropy" if one_of_many else "binary_cross_entropy"


def training_for(table: TableSpec, rows: int, *, rarest: int, members: int) -> dict[str, Any]:
    """Adam with a decaying learning rate and, if there are rows to validate on, the best epoch's weights."""
    batch_size = _power_of_two(rows // 50, *BATCH_SIZES)
    epochs = min(max(STEPS * batch_size // rows, LEAST_EPOCHS), MOST_EPOCHS)
    options: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "optimizer": {"type": "adam", "learning_rate": 0.001},
        "schedule": "cosine",
        "metrics": metrics_for(table),
    }
    if rows < VALIDATED_FROM:
        return options
    is_one_of_many = not table.is_regression and not table.is_multilabel
    stratified = {"stratified": True} if is_one_of_many and rarest * VALIDATION < LEAST_HELD_OUT else {}
    stopping = {"patience": max(10, epochs // (PATIENT_SHARE if members == 1 else OF_MEMBERS)), "restore_best": True}
    calibrate = {} if table.is_regression else {"calibrate": True}
    return {**options, "validation": {"fraction": VALIDATION, **stratified}, "early_stopping": stopping, **calibrate}


def metrics_for(table: TableSpec) -> list[str]:
    return ["r2", "mae"] if table.is_regression else ["accuracy", "f1"] if table.is_multilabel else ["accuracy"]


def _power_of_two(number: int, least: int, most: int) -> int:
    """The power of two at or below a number, between two powers of two."""
    return min(max(1 << int(number).bit_length() >> 1, least), most)


def overridden(proposed: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `POST /networks` with `from_dataset`: the proposal, unless the request gives a field itself."""
    given = {name: value for name, value in body.items() if name not in ("from_dataset", "dataset", "inputs", "target")}
    return {**proposed, **given}
