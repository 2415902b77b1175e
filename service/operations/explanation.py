"""Explain one training step, number by number, without taking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.engine.explanation import Explanation, explain
from service.engine.faults import DataError, Fault
from service.engine.fields import Choice, Spec, field, spec_fields
from service.engine.optimizers import OPTIMIZERS, Optimizer, Sgd
from service.engine.rows import Rows
from service.errors import FieldError, Invalid
from service.operations.backend import Backend
from service.operations.faults import engine_faults
from service.operations.gathering import Gathering
from service.operations.limits import Limits
from service.operations.models import Model, load_model
from service.operations.tables import read_table


@dataclass(frozen=True, kw_only=True)
class ExplanationSpec(Spec):
    optimizer: Optimizer = field(Choice(OPTIMIZERS), default=Sgd(), says="how the gradient becomes a step")


def explain_step(backend: Backend, network_ref: str, wish: Mapping[str, Any]) -> tuple[Model, Explanation]:
    """Explain the step that an optimizer would take with the rows as its batch. Raises NotFound and Invalid."""
    model = load_model(backend, network_ref, wish["snapshot"])
    _refuse_large(model, backend.limits)
    parts = Gathering()
    rows = parts.read((), lambda: _read_rows(wish, model, backend.limits))
    spec = parts.read((), lambda: ExplanationSpec.from_json(_own_part(wish)))
    parts.finish()
    return model, explain(model.network, model.values, rows, spec.optimizer)


def _own_part(wish: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: wish[item.name] for item in spec_fields(ExplanationSpec) if item.name in wish}


def _refuse_large(model: Model, limits: Limits) -> None:
    count, most = model.record.parameter_count, limits.max_explained_parameters
    if count > most:
        raise Invalid(
            f"A step is explained for networks of at most {most:,} parameters; {model.record.name} has {count:,}."
        )


def _read_rows(wish: Mapping[str, Any], model: Model, limits: Limits) -> Rows:
    inputs, targets = wish["inputs"], wish["targets"]
    if _is_one_row(inputs, model.record.inputs):
        return _read_one_row(inputs, targets, model)
    if len(inputs) > limits.max_explained_rows:
        message = f"must have at most {limits.max_explained_rows} rows, got {len(inputs):,}"
        raise DataError([Fault(("inputs",), message)])
    return read_table({"inputs": inputs, "targets": targets}, model.record, model.network)


def _is_one_row(inputs: Any, width: int) -> bool:
    """Whether these are the cells of one row rather than rows; with a single input, numbers in a list are rows."""
    if not isinstance(inputs, list):
        return True
    return width > 1 and len(inputs) > 0 and not any(isinstance(item, list | Mapping) for item in inputs)


def _read_one_row(inputs: Any, targets: Any, model: Model) -> Rows:
    try:
        with engine_faults():
            return read_table({"inputs": [inputs], "targets": [targets]}, model.record, model.network)
    except Invalid as error:
        # The row has no index in the request.
        fields = [FieldError((*field.place[:1], *field.place[2:]), field.message) for field in error.fields]
        raise Invalid(fields=fields) from error
