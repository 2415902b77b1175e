"""How the targets of one network may be written."""

from __future__ import annotations

from service.data.targets import TargetForm
from service.domain import records
from service.engine.spec import NetworkSpec


def target_form(record: records.Network, spec: NetworkSpec) -> TargetForm:
    return TargetForm.of(spec, record.outputs, record.labels)
