"""Whether a training is to fit a temperature at its end."""

from __future__ import annotations

from typing import Any

from service.data.calibration import has_temperature
from service.data.signatures.signature import Signature
from service.schema.rules import Flag
from service.schema.types import Body
from service.schema.validation import SpecError, ValidationIssue

CALIBRATE = "calibrate"


def read_calibrate(value: Any, body: Body, signature: Signature) -> bool:
    """Raises SpecError where a training could not fit one."""
    wanted = Flag().read(value)
    if wanted and not has_temperature(signature.network, signature.classifier):
        raise SpecError(
            [
                ValidationIssue(
                    (), "needs a network whose outputs are probabilities of classes, by a sigmoid or a softmax"
                )
            ]
        )
    if wanted and body.get("validation") is None:
        raise SpecError([ValidationIssue((), "needs validation rows: give validation too")])
    return wanted
