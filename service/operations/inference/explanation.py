"""Explain one training step, number by number, without taking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.table import TableSpec
from service.domain.records import Network as Record
from service.engine.inspection.explanation import Explanation, explain
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS, Optimizer, Sgd
from service.engine.rows import Rows
from service.errors import FieldError, Invalid
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.operations.models.labelled_rows import read_table
from service.operations.models.labelled_tables import read_named_table
from service.operations.models.models import Model, load_model
from service.operations.networks.drafts import read_draft
from service.operations.networks.networks import initial_values
from service.operations.networks.weights import placed, read_layers
from service.operations.request_reader import RequestReader
from service.operations.validation import invalid_fields
from service.schema.fields import Choice, Spec, field, spec_fields
from service.schema.validation import DataError, ValidationIssue


@dataclass(frozen=True, kw_only=True)
class ExplanationSpec(Spec):
    optimizer: Optimizer = field(Choice(OPTIMIZERS), default=Sgd(), help="how the gradient becomes a step")


def explain_step(backend: Backend, network_ref: str, body: Mapping[str, Any]) -> tuple[Model, Explanation]:
    """Explain the step that an optimizer would take with the rows as its batch. Raises NotFound and Invalid."""
    model = load_model(backend, network_ref, body["snapshot"])
    _reject_large(model.record, model.network, 1, backend.limits)
    parts = RequestReader()
    rows = parts.read((), lambda: _read_rows(body, model.record, model.network, model.fitted, backend.limits))
    spec = parts.read((), lambda: ExplanationSpec.from_json(_own_part(body)))
    parts.finish()
    _reject_large(model.record, model.network, len(rows), backend.limits)
    return model, explain(model.network, model.values, rows, spec.optimizer)


def explain_spec(backend: Backend, body: Mapping[str, Any]) -> tuple[Record, Explanation]:
    """The same for a network that is not stored: its spec stands in the request, its weights too or as it starts with.

    Raises Invalid.
    """
    first = RequestReader()
    draft = first.read(("network",), lambda: read_draft(backend, body["network"]))
    first.finish()
    record, network = draft.record, draft.network
    _reject_large(record, network, 1, backend.limits)
    parts = RequestReader()
    values = _read_values(body.get("layers"), network, parts)
    fitted = None if record.table is None else Fitted.neutral(TableSpec.from_json(record.table))
    rows = parts.read((), lambda: _read_rows(body, record, network, fitted, backend.limits))
    spec = parts.read((), lambda: ExplanationSpec.from_json(_own_part(body)))
    parts.finish()
    _reject_large(record, network, len(rows), backend.limits)
    return record, explain(network, values, rows, spec.optimizer)


def _read_values(layers: Any, network: Network, parts: RequestReader) -> Any:
    if layers is None:
        return parts.read(("network",), lambda: initial_values(network))
    return parts.read(("layers",), lambda: placed(network, *read_layers(layers, network)))


def _own_part(body: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: body[item.name] for item in spec_fields(ExplanationSpec) if item.name in body}


def _reject_large(record: Record, network: Network, rows: int, limits: Limits) -> None:
    """Judge a step by the numbers it is told in: each weight before, its gradient and after; of rows z, a, δ and dx."""
    count, most = 3 * network.size + 4 * rows * network.width, limits.max_explained_numbers
    if count > most:
        told = f"a step of {record.name} with {rows} row{'s' * (rows != 1)} takes {count:,}"
        raise Invalid(f"A step is explained in at most {most:,} numbers; {told}.")


def _read_rows(
    body: Mapping[str, Any], record: Record, network: Network, fitted: Fitted | None, limits: Limits
) -> Rows:
    inputs, targets = body["inputs"], body["targets"]
    if _is_one_row(inputs, record.inputs if fitted is None else 1):
        return _read_one_row(inputs, targets, record, network, fitted)
    if len(inputs) > limits.max_explained_rows:
        message = f"must have at most {limits.max_explained_rows} rows, got {len(inputs):,}"
        raise DataError([ValidationIssue(("inputs",), message)])
    return _read_any({"inputs": inputs, "targets": targets}, record, network, fitted)


def _read_any(table: Mapping[str, Any], record: Record, network: Network, fitted: Fitted | None) -> Rows:
    if fitted is None:
        return read_table(table, record, network)
    return read_named_table(table, fitted, record, network).rows


def _is_one_row(inputs: Any, width: int) -> bool:
    """Whether these are the cells of one row rather than rows; with a single input, numbers in a list are rows."""
    if not isinstance(inputs, list):
        return True
    return width > 1 and len(inputs) > 0 and not any(isinstance(item, list | Mapping) for item in inputs)


def _read_one_row(inputs: Any, targets: Any, record: Record, network: Network, fitted: Fitted | None) -> Rows:
    try:
        with invalid_fields():
            return _read_any({"inputs": [inputs], "targets": [targets]}, record, network, fitted)
    except Invalid as error:
        # The row has no index in the request.
        fields = [FieldError((*field.path[:1], *field.path[2:]), field.message) for field in error.fields]
        raise Invalid(fields=fields) from error
