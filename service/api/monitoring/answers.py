"""The answers that a network keeps, over HTTP."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Response
from marshmallow import Schema, fields

from service.api.http.context import backend
from service.api.http.fields import Plain, Text
from service.api.http.json_provider import json_response
from service.api.http.pages import PageQuery, envelope, list_of
from service.api.http.smorest import Blueprint
from service.api.http.times import Moment
from service.data.signatures.output_rows import output_rows
from service.data.signatures.signature import Signature
from service.domain.monitoring import Answer, AnswerFilter
from service.domain.times import rfc3339
from service.monitoring.columns import inputs_of
from service.operations.monitoring import answers as operations

blp = Blueprint("answers", __name__, tag="monitoring")

CELL = {"type": ["string", "number", "boolean", "null"]}


class AnswersQuery(PageQuery):
    from_time = Moment(data_key="from", metadata={"description": "Earliest time."})
    to_time = Moment(data_key="to", metadata={"description": "The time before which answers are listed."})
    snapshot = Text(metadata={"description": "Only answers of the snapshot with this id."})


class AnswerSchema(Schema):
    """Documents what `written` returns."""

    id = fields.String(required=True, metadata={"description": "Of the request that was answered."})
    row = fields.Integer(required=True, metadata={"description": "Within the request, from 0."})
    snapshot = fields.String(required=True)
    version = fields.Integer(required=True, allow_none=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    caller = fields.String(
        required=True, allow_none=True, metadata={"description": "The name of the key, or the user, that asked."}
    )
    inputs = Plain({"type": "object", "additionalProperties": CELL}, required=True)
    outputs = Plain({"type": "array", "items": {"type": ["number", "null"]}}, required=True)
    prediction = Plain({**CELL, "description": "The class, if the network predicts one."})
    actual = Plain(
        {"type": ["array", "null"], "items": CELL, "description": "What it turned out to be, by target."}, required=True
    )
    actual_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


@blp.route("/networks/<network>/answers", operation_id="listAnswers")
@blp.arguments(AnswersQuery, location="query")
@blp.response(200, list_of(AnswerSchema))
@blp.problems(404)
def index(query: dict[str, Any], network: str) -> Response:
    """List the answers that a network keeps, newest first, one by row

    Nothing is kept unless `PATCH /networks/{network}` switches the log on with `answer_log`.
    """
    wanted = AnswerFilter(
        from_time=query.get("from_time"), to_time=query.get("to_time"), snapshot_id=query.get("snapshot")
    )
    found = operations.list_answers(backend(), network, wanted, limit=query["limit"] + 1, after=query.get("after"))
    listed = envelope(found.answers, query, id_of=lambda answer: str(answer.number))
    return json_response(
        {**listed, "data": [written(found.signatures[answer.snapshot_id], answer) for answer in listed["data"]]}
    )


@blp.route("/networks/<network>/answers", methods=["DELETE"], operation_id="deleteAnswers")
@blp.response(204)
@blp.problems(404)
def delete(network: str) -> Response:
    """Delete all answers that a network keeps, with their feedback"""
    operations.delete_answers(backend(), network)
    return Response(status=204)


def written(signature: Signature, answer: Answer) -> dict[str, Any]:
    predicted = _class(signature, answer)
    return {
        "id": answer.id,
        "row": answer.row,
        "snapshot": answer.snapshot_id,
        "version": answer.version,
        "created_at": rfc3339(answer.created_at),
        "caller": answer.caller,
        "inputs": dict(zip(inputs_of(signature), answer.inputs or (), strict=True)),
        "outputs": answer.outputs,
        **({} if predicted is None else {"prediction": predicted}),
        "actual": answer.actual,
        "actual_at": None if answer.actual_at is None else rfc3339(answer.actual_at),
    }


def _class(signature: Signature, answer: Answer) -> str | None:
    """The name of the predicted class; None for numbers, several classes at once, and what is not finite."""
    classifier = signature.classifier
    if classifier is None or classifier.multilabel:
        return None
    [found] = classifier.classes(output_rows(np.array([answer.outputs], np.float64)))
    return None if found is None else classifier.form.names[found]
