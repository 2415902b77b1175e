"""Explain predictions: the share of each input in the difference between an output and that of a baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.signatures.signature import Signature
from service.engine.arrays import Array
from service.engine.inspection.attribution import attribute
from service.operations.limits import Limits
from service.operations.models.models import Model
from service.schema.fields import Spec, field
from service.schema.rules import Anything, Integer, Rule, reject, shown, unknown
from service.schema.validation import DataError, ValidationIssue


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
        help="the output to explain, by index or label; null: the only one, or the predicted class",
    )
    baseline: Any = field(
        Anything(), default=None, help="the row to compare with, in the form of the rows; null: all zeros"
    )


@dataclass(frozen=True)
class Attribution:
    """Of one row: `value` - `baseline` = the sum of `inputs` + `gap`."""

    output: int | str
    value: float
    baseline: float
    inputs: Mapping[str, float]
    gap: float


def read_request(value: Any) -> AttributionRequest | None:
    """Read `true`, or an object with details. Raises SpecError."""
    if isinstance(value, bool):
        return AttributionRequest() if value else None
    if isinstance(value, Mapping):
        return AttributionRequest.from_json(value)
    raise reject(f"must be true, false or an object, got {shown(value)}")


def attributions(
    model: Model, inputs: Array, outputs: Array, request: AttributionRequest, limits: Limits
) -> Sequence[Attribution]:
    """One for each row of the network's inputs and outputs. Raises DataError with paths within the request."""
    most = min(
        limits.max_attributed_rows,
        limits.max_attributed_work // model.network.cost,
        limits.max_attributed_numbers // model.record.inputs,
    )
    most = max(1, most)
    if len(inputs) > most:
        raise DataError(
            [ValidationIssue((), f"are computed for at most {most:,} rows of this network, got {len(inputs):,}")]
        )
    signature, units = model.signature, model.signature.units
    chosen = _chosen(model, outputs, request.output)
    baseline = _baseline(signature, request.baseline)
    found = attribute(model.network, model.values, inputs, chosen, baseline, temperature=model.temperature)
    scale, shift = (1.0, 0.0) if units is None else (units.scale[chosen], units.shift[chosen])
    shares = np.stack([found.values[:, list(group)].sum(axis=1) for group in signature.groups.values()], axis=1)
    table = np.column_stack((found.outputs * scale + shift, found.baseline_outputs * scale + shift, found.gaps * scale))
    return [
        Attribution(signature.output_names[output], value, baseline, dict(zip(signature.groups, row, strict=True)), gap)
        for output, (value, baseline, gap), row in zip(
            chosen.tolist(), table.tolist(), (shares * np.reshape(scale, (-1, 1))).tolist(), strict=True
        )
    ]


def _chosen(model: Model, outputs: Array, output: int | str | None) -> npt.NDArray[np.intp]:
    """The index of the output to explain, for each row."""
    known = model.signature.output_names
    width, names = len(known), [name for name in known if isinstance(name, str)]
    if output is None:
        if width > 1 and model.classifier is None:
            choices = ", ".join(names) if names else f"an index from 0 to {width - 1}"
            raise DataError([ValidationIssue(("output",), f"is required: {choices}")])
        largest: npt.NDArray[np.intp] = np.nan_to_num(outputs, nan=-np.inf).argmax(axis=1)
        return largest
    if isinstance(output, str):
        if output not in names:
            message = unknown(output, names or map(str, range(width)), "output")
            raise DataError([ValidationIssue(("output",), message)])
        output = known.index(output)
    if output >= width:
        raise DataError([ValidationIssue(("output",), f"must be below the number of outputs, {width}, got {output}")])
    return np.full(len(outputs), output)


def _baseline(signature: Signature, row: Any) -> Array | None:
    if row is None:
        return None
    try:
        return signature.read_rows([row], strict=True).values
    except DataError as error:
        # The only row is the baseline itself.
        raise DataError(
            ValidationIssue(("baseline", *issue.path[1:]), issue.message) for issue in error.issues
        ) from error
