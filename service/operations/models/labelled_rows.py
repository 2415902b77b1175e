"""Tables of rows as a request brings them, to rows the engine takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.data.inputs import read_inputs
from service.data.matrices import read_vector
from service.domain import records
from service.engine.network import Network
from service.engine.rows import Rows
from service.operations.models.labels import target_form
from service.operations.request_reader import RequestReader
from service.operations.validation import invalid_fields
from service.schema.fields import Spec, field
from service.schema.rules import Anything


@dataclass(frozen=True, kw_only=True)
class GivenTable(Spec):
    inputs: Any = field(Anything())
    targets: Any = field(Anything())
    sample_weights: Any = field(Anything(), default=None)


def read_table(value: Any, record: records.Network, network: Network) -> Rows:
    """Read ``{"inputs", "targets", "sample_weights"?}``. Raises Invalid with the faults of all three, or SpecError."""
    given = GivenTable.from_json(value)
    parts = RequestReader()
    inputs = parts.read(("inputs",), lambda: read_inputs(given.inputs, width=record.inputs, features=record.features))
    targets = parts.read(("targets",), lambda: target_form(record, network.spec).read(given.targets))
    parts.finish()
    weights = None
    if given.sample_weights is not None:
        with invalid_fields("sample_weights"):
            weights = read_vector(given.sample_weights, length=len(inputs))
    return Rows.of(network, inputs, targets, weights)
