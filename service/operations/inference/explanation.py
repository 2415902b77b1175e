"""Explain one training step, number by number, without taking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.data.signatures.signature import Signature
from service.domain.networks import Network as Record
from service.engine.arrays import Array
from service.engine.inspection.explanation import Explanation, explain
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS, Optimizer, Sgd
from service.engine.rows import Rows
from service.errors import Invalid
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.operations.models.models import Model, load_model, record_signature
from service.operations.networks.drafts import read_draft
from service.operations.networks.networks import initial_values
from service.operations.networks.weights import placed, read_layers
from service.operations.request_reader import RequestReader
from service.operations.validation import invalid
from service.schema.fields import Choice, Spec, field, spec_fields
from service.schema.rules import shown
from service.schema.validation import DataError, ValidationError, ValidationIssue


@dataclass(frozen=True, kw_only=True)
class ExplanationSpec(Spec):
    optimizer: Optimizer = field(Choice(OPTIMIZERS), default=Sgd(), help="how gradients become weight updates")


def explain_step(backend: Backend, network_ref: str, body: Mapping[str, Any]) -> tuple[Model, Explanation]:
    """Explain the step that an optimizer would take with the rows as its batch. Raises NotFound and Invalid."""
    model = load_model(backend, network_ref, body["snapshot"])
    _reject_large(model.record, model.network, 1, backend.limits)
    parts = RequestReader()
    chosen = parts.read((), lambda: _member(model.network, model.values, body.get("member")))
    rows = parts.read((), lambda: _read_rows(body, model.signature, backend.limits))
    spec = parts.read((), lambda: ExplanationSpec.from_json(_own_part(body)))
    parts.finish()
    _reject_large(model.record, model.network, len(rows), backend.limits)
    network, values, read = chosen
    return model, explain(network, values, rows.reading(read), spec.optimizer)


def explain_spec(backend: Backend, body: Mapping[str, Any]) -> tuple[Record, Explanation]:
    """The same for a network that is not stored: the request has its spec, and may have its weights.

    Raises Invalid.
    """
    first = RequestReader()
    draft = first.read(("network",), lambda: read_draft(backend, body["network"]))
    first.finish()
    record, network = draft.record, draft.network
    _reject_large(record, network, 1, backend.limits)
    parts = RequestReader()
    values = _read_values(body.get("layers"), network, parts)
    signature = record_signature(record, network)
    chosen = parts.read((), lambda: _member(network, values, body.get("member")))
    rows = parts.read((), lambda: _read_rows(body, signature, backend.limits))
    spec = parts.read((), lambda: ExplanationSpec.from_json(_own_part(body)))
    parts.finish()
    _reject_large(record, network, len(rows), backend.limits)
    member, own, read = chosen
    return record, explain(member, own, rows.reading(read), spec.optimizer)


def _read_values(layers: Any, network: Network, parts: RequestReader) -> Any:
    if layers is None:
        return parts.read(("network",), lambda: initial_values(network))
    return parts.read(("layers",), lambda: placed(network, *read_layers(layers, network)))


def _own_part(body: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: body[item.name] for item in spec_fields(ExplanationSpec) if item.name in body}


def _member(network: Network, values: Any, member: Any) -> tuple[Network, Any, Array | None]:
    """What takes a step, and the inputs that it reads: a member of an ensemble, for the mean of all takes none. Raises
    Invalid."""
    count = len(network.members)
    if not count:
        if member is not None:
            raise invalid("member", "must be left out: this network is no ensemble")
        return network, values, None
    if member is None or not 1 <= member <= count:
        raise invalid("member", f"must be a member from 1 to {count}: each takes steps of its own; got {shown(member)}")
    return network.members[member - 1], network.parted(values)[member - 1], network.inputs_read[member - 1]


def _reject_large(record: Record, network: Network, rows: int, limits: Limits) -> None:
    """A step is limited by its numbers: each weight before and after, and its gradient; for each row z, a, δ and dx."""
    count, most = 3 * network.size + 4 * rows * network.width, limits.max_explained_numbers
    if count > most:
        size = f"a step of {record.name} with {rows} row{'s' * (rows != 1)} takes {count:,}"
        raise Invalid(f"An explanation may hold at most {most:,} numbers; {size}.")


def _read_rows(body: Mapping[str, Any], signature: Signature, limits: Limits) -> Rows:
    inputs, targets = body["inputs"], body["targets"]
    if signature.is_row(inputs):
        return _read_one_row(inputs, targets, signature)
    if len(inputs) > limits.max_explained_rows:
        message = f"must have at most {limits.max_explained_rows} rows, got {len(inputs):,}"
        raise DataError([ValidationIssue(("inputs",), message)])
    return signature.read_labelled({"inputs": inputs, "targets": targets}).rows


def _read_one_row(inputs: Any, targets: Any, signature: Signature) -> Rows:
    try:
        return signature.read_labelled({"inputs": [inputs], "targets": [targets]}).rows
    except ValidationError as error:
        # The row has no index in the request.
        raise DataError(
            ValidationIssue((*issue.path[:1], *issue.path[2:]), issue.message) for issue in error.issues
        ) from error
