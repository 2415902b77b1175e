"""`GET /jobs/{job}/rows`: what a job learns from."""

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
        metadata={"description": "At most so many, spread evenly over all; fewer where rows are wide."},
    )


class JobRowSchema(Schema):
    part = fields.String(required=True, validate=validate.OneOf(["training", "validation"]))
    row = fields.Integer(required=True, metadata={"description": "From 0, in the order of the part."})
    inputs = fields.List(
        fields.Float(),
        required=True,
        metadata={"description": "As the network sees them: cells of a table scaled, filled in, and words as numbers."},
    )
    targets = fields.List(
        fields.Float(), required=True, metadata={"description": "One for each output, in the network's own scale."}
    )


class JobRowsSchema(Schema):
    rows = fields.Integer(required=True, metadata={"description": "Training rows in all."})
    validation_rows = fields.Integer(required=True)
    input_names = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "A name for each input, such as `bill_length_mm` or `island: Biscoe`; else null."},
    )
    sample = fields.List(fields.Nested(JobRowSchema), required=True, data_key="data")


@blp.route("/jobs/<job>/rows", operation_id="listJobRows")
@blp.arguments(RowsQuery, location="query")
@blp.response(200, JobRowsSchema)
@blp.problems(404, 409)
def show(query: dict[str, Any], job: str) -> Any:
    """Look at rows of a job, as its network sees them

    Those it was sent, or those of its data set, prepared as they were for this training: left out, divided, filled in,
    encoded and scaled. What is scaled is known once the job has kept its first weights; before that, and where the data
    set has been deleted or is too large, the answer is 409.
    """
    return sample_rows(backend(), job, limit=query["limit"])
