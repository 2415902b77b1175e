"""Liveness and readiness."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from service.api.http.context import backend, caller
from service.api.http.json_provider import json_response
from service.api.http.smorest import Blueprint
from service.domain.access import Scope
from service.operations.health import is_ready, readiness

blp = Blueprint("health", __name__)


class HealthSchema(Schema):
    status = fields.String(required=True)


class ReadinessSchema(Schema):
    ready = fields.Boolean(required=True)
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "For each part `ok`, or what is wrong; for callers with the scope read."},
    )


@blp.route("/healthz", operation_id="getHealth")
@blp.response(200, HealthSchema)
def alive() -> Any:
    """Check that the process is alive"""
    return {"status": "ok"}


@blp.route("/readyz", operation_id="getReadiness")
@blp.response(200, ReadinessSchema)
@blp.alt_response(503, schema=ReadinessSchema, description="Not ready; `checks` says why")
def show_readiness() -> Any:
    """Check that the database answers and its tables match this version

    A missing worker is among the checks, but the service stays ready: predictions work without one.
    """
    checks = readiness(backend())
    ready = is_ready(checks)
    details = {"checks": checks} if caller().may(Scope.READ) else {}
    return json_response({"ready": ready, **details}, 200 if ready else 503)
