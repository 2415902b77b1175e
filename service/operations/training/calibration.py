"""Whether a training is to fit a temperature at its end."""

from __future__ import annotations

from typing import Any

from service.data.calibration import TEMPERED
from service.data.signatures.signature import Signature
from service.schema.rules import Flag
from service.schema.types import Body
from service.schema.validation import SpecError, ValidationIssue

CALIBRATE = "calibrate"


def can_calibrate(signature: Signature) -> bool:
    """Whether its outputs are probabilities of classes that scores stand behind."""
    classifier = signature.classifier
    activation = signature.network.spec.output_activation.name
    return classifier is not None and classifier.gives_probabilities and activation in TEMPERED


def read_calibrate(value: Any, body: Body, signature: Signature) -> bool:
    """Raises SpecError where a training could not fit one."""
    wanted = Flag().read(value)
    if wanted and not can_calibrate(signature):
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
