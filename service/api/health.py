"""Liveness and readiness."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from service.api.http.context import backend, caller
from service.api.http.json_provider import json_response
from service.api.http.smorest import Blueprint
from service.domain.access import Scope
from service.operations.health import readiness

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
def ready() -> Any:
    """Check that the database answers, its tables match this version, and a worker is alive"""
    checks = readiness(backend())
    is_ready = all(result == "ok" for result in checks.values())
    details = {"checks": checks} if caller().may(Scope.READ) else {}
    return json_response({"ready": is_ready, **details}, 200 if is_ready else 503)
