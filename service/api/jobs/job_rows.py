"""`GET /jobs/{job}/rows`: the rows a job trains on."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.fields import Strict, WholeNumber
from service.api.http.smorest import Blueprint
from service.operations.jobs.job_rows import sample_rows

blp = Blueprint("job_rows", __name__, tag="jobs")

MAX_ROWS = 2000


class RowsQuery(Strict):
    limit = WholeNumber(
        load_default=500,
        validate=validate.Range(min=1, max=MAX_ROWS),
        metadata={"description": "Maximum number of rows, spread evenly over all of them; fewer if rows are wide."},
    )


class JobRowSchema(Schema):
    part = fields.String(required=True, validate=validate.OneOf(["training", "validation", "test"]))
    row = fields.Integer(required=True, metadata={"description": "Index within the part, from 0."})
    inputs = fields.List(
        fields.Float(),
        required=True,
        metadata={"description": "As the network sees them: table cells imputed, encoded and scaled."},
    )
    targets = fields.List(
        fields.Float(), required=True, metadata={"description": "One per output, on the network's scale."}
    )


class JobRowsSchema(Schema):
    rows = fields.Integer(required=True, metadata={"description": "Number of training rows."})
    validation_rows = fields.Integer(required=True)
    test_rows = fields.Integer(required=True)
    input_names = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "A name per input, such as `bill_length_mm` or `island: Biscoe`; null without names."},
    )
    sample = fields.List(fields.Nested(JobRowSchema), required=True, data_key="data")


@blp.route("/jobs/<job>/rows", operation_id="listJobRows")
@blp.arguments(RowsQuery, location="query")
@blp.response(200, JobRowsSchema)
@blp.problems(404, 409)
def show(query: dict[str, Any], job: str) -> Any:
    """Sample a job's rows as its network sees them

    Rows come from the request or from the data set, prepared as for this training: filtered, split, imputed, encoded
    and scaled. The scales are known once the job has stored its first weights. Before that, or if the data set was
    deleted or is too large, the answer is 409. It is also for a cross-validation, whose rows are all held out once.
    """
    return sample_rows(backend(), job, limit=query["limit"])
