"""Why a network answers rows as it does: the share of each input in the way of an output from a baseline's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.inputs import read_inputs
from service.data.preprocessing.fitted import Fitted
from service.data.table_rows import read_rows
from service.engine.inspection.attribution import attribute
from service.engine.units import Units
from service.operations.inference.table_prediction import input_columns
from service.operations.limits import Limits
from service.operations.models.models import Model
from service.schema.fields import Spec, field
from service.schema.rules import Anything, Integer, Rule, reject, shown, unknown
from service.schema.validation import DataError, ValidationIssue

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class OutputName(Rule):
    """An output by its index or by its label."""

    def read(self, value: Any) -> int | str:
        return value if isinstance(value, str) else Integer(minimum=0).read(value)


@dataclass(frozen=True, kw_only=True)
class AttributionRequest(Spec):
    output: int | str | None = field(
        OutputName(),
        default=None,
        help="the output to explain, by its index or its label; null: the only one, or that of the row's class",
    )
    baseline: Any = field(Anything(), default=None, help="the row to compare with, written as a row; null: all zeros")


@dataclass(frozen=True)
class Attribution:
    """One row's: `value` - `baseline` = the sum of `inputs` + `gap`."""

    output: int | str
    value: float
    baseline: float
    inputs: Mapping[str, float]
    gap: float


def read_request(value: Any) -> AttributionRequest | None:
    """From `true`, or an object that says more. Raises SpecError."""
    if isinstance(value, bool):
        return AttributionRequest() if value else None
    if isinstance(value, Mapping):
        return AttributionRequest.from_json(value)
    raise reject(f"must be true, false or an object, got {shown(value)}")


@dataclass(frozen=True)
class Reading:
    """How a network's numbers are told to its user: which inputs each of the user's columns is, what the outputs are
    called and in which units they are, and how a row is written."""

    columns: Mapping[str, Sequence[int]]
    outputs: Sequence[int | str]
    units: Units | None
    read_rows: Callable[[Any], Array]  #: raises DataError with the places of faulty cells, row first


def reading_of(model: Model) -> Reading:
    if model.fitted is not None:
        return named_reading(model, model.fitted)
    record = model.record
    names = record.features or tuple(str(index) for index in range(record.inputs))
    columns = {name: (index,) for index, name in enumerate(names)}
    read = partial(read_inputs, width=record.inputs, features=record.features)
    return Reading(columns, output_names(record.outputs, record.labels), None, read)


def named_reading(model: Model, fitted: Fitted) -> Reading:
    """That of a network that speaks the names and words of a table."""
    spec = fitted.spec
    columns = input_columns(spec)
    return Reading(
        {name: range(group.start, group.stop) for name, group in spec.groups.items()},
        output_names(model.record.outputs, spec.labels or spec.target_names),
        fitted.units,
        lambda given: fitted.inputs(read_rows(given, columns), model.network.dtype),
    )


def output_names(outputs: int, names: Sequence[str] | None) -> Sequence[int | str]:
    """The labels that the outputs are of, or their indexes; a single output is that of the second of two labels."""
    if names is None:
        return range(outputs)
    return names if len(names) == outputs else names[1:]


def attributions(
    model: Model, reading: Reading, inputs: Array, outputs: Array, body: AttributionRequest, limits: Limits
) -> Sequence[Attribution]:
    """Of each row, from the network's inputs and outputs. Raises DataError with places inside of the wish."""
    most = min(
        limits.max_attributed_rows,
        limits.max_attributed_work // model.network.cost,
        limits.max_attributed_numbers // model.record.inputs,
    )
    most = max(1, most)
    if len(inputs) > most:
        raise DataError(
            [ValidationIssue((), f"may be asked for with at most {most:,} rows of this network, got {len(inputs):,}")]
        )
    chosen = _chosen(model, reading, outputs, body.output)
    found = attribute(model.network, model.values, inputs, chosen, _baseline(reading, body.baseline))
    scale, shift = (1.0, 0.0) if reading.units is None else (reading.units.scale[chosen], reading.units.shift[chosen])
    shares = np.stack([found.values[:, list(group)].sum(axis=1) for group in reading.columns.values()], axis=1)
    table = np.column_stack((found.outputs * scale + shift, found.baseline_outputs * scale + shift, found.gaps * scale))
    return [
        Attribution(reading.outputs[output], value, baseline, dict(zip(reading.columns, row, strict=True)), gap)
        for output, (value, baseline, gap), row in zip(
            chosen.tolist(), table.tolist(), (shares * np.reshape(scale, (-1, 1))).tolist(), strict=True
        )
    ]


def _chosen(model: Model, reading: Reading, outputs: Array, wanted: int | str | None) -> npt.NDArray[np.intp]:
    """The index of each row's output."""
    width, names = len(reading.outputs), [name for name in reading.outputs if isinstance(name, str)]
    if wanted is None:
        if width > 1 and model.classifier is None:
            known = ", ".join(names) if names else f"an index from 0 to {width - 1}"
            raise DataError([ValidationIssue(("output",), f"is required: {known}")])
        largest: npt.NDArray[np.intp] = np.nan_to_num(outputs, nan=-np.inf).argmax(axis=1)
        return largest
    if isinstance(wanted, str):
        if wanted not in names:
            raise DataError([ValidationIssue(("output",), unknown(wanted, names or map(str, range(width)), "output"))])
        wanted = reading.outputs.index(wanted)
    if wanted >= width:
        raise DataError([ValidationIssue(("output",), f"must be below the number of outputs, {width}, got {wanted}")])
    return np.full(len(outputs), wanted)


def _baseline(reading: Reading, row: Any) -> Array | None:
    if row is None:
        return None
    try:
        return reading.read_rows([row])
    except DataError as error:
        # The only row is the baseline itself.
        raise DataError(
            ValidationIssue(("baseline", *issue.path[1:]), issue.message) for issue in error.issues
        ) from error
