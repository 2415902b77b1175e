"""How the targets of one network may be written."""

from __future__ import annotations

from service.data.targets import TargetForm
from service.domain import records
from service.engine.spec import NetworkSpec


def target_form(record: records.Network, spec: NetworkSpec) -> TargetForm:
    """Labels as the network names them; class indexes where its outputs share one distribution."""
    return TargetForm(
        outputs=record.outputs,
        labels=record.labels,
        indexes=spec.loss.targets == "distribution" or spec.output_activation.name == "softmax",
        negative=-1.0 if spec.loss.targets == "sign" else 0.0,
    )
