"""Which weights a request asks: those of a network, or of whatever a model's alias points at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from service.api.http.fields import Strict, Text

MODEL = {"description": "Instead of a network: a model, by name or id. `snapshot` is then one of its aliases."}


class Asked(Strict):
    network = Text(metadata={"description": "By id or name. Required without `model`."})
    model = Text(metadata=MODEL)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def check_asked(self, data: Mapping[str, Any], given: Any, **kwargs: Any) -> None:
        if isinstance(given, Mapping) and (issues := asked_issues(given)):
            raise ValidationError({name: [message] for name, message in issues.items()})


def asked_issues(given: Mapping[str, Any]) -> Mapping[str, str]:
    """What is wrong with the two fields together."""
    if "network" not in given and "model" not in given:
        return {"network": "is required, or model"}
    return {"model": "must not be given together with network"} if {"network", "model"} <= given.keys() else {}
