"""`POST /predictions`: submit a job that predicts all rows of a data set."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from service.api.datasets.reread import reading_place
from service.api.http.access_log import traceparent
from service.api.http.context import backend
from service.api.http.fields import Plain, Text
from service.api.http.schema_docs import spec_schema
from service.api.http.smorest import Blueprint
from service.api.jobs.submission import submits_job
from service.api.jobs.train import CALLBACK, CALLBACK_SECRET, MAX_SECONDS
from service.api.networks.snapshots import REFERENCE
from service.api.predict.asked import Asked
from service.data.number_columns import NumberColumns
from service.domain.versions import LIVE
from service.operations import names
from service.operations.predictions.submit import submit_prediction

blp = Blueprint("predictions", __name__, tag="prediction")

COLUMN = spec_schema(NumberColumns)["properties"]["inputs"]["items"]
COLUMNS = {"anyOf": [{"type": "array", "items": COLUMN}, {"type": "null"}]}
CARRIED = {
    **COLUMNS,
    "description": "Columns to carry over, such as the key of each row. Default: the data set's ids and row numbers.",
}
INPUTS = {
    **COLUMNS,
    "description": "For a network of plain numbers: its input columns, in order. Default: those of its features.",
}
NAME = {
    "anyOf": [{"type": "string", "pattern": names.NAME_PATTERN}, {"type": "null"}],
    "description": "Name of the data set to write. Default: after the data set that is read.",
}


class PredictionsBody(Asked):
    snapshot = Text(load_default=LIVE, metadata={"description": REFERENCE})
    dataset = Text(required=True, metadata={"description": "The data set whose rows to predict, by id or name."})
    columns = Plain(CARRIED, allow_none=True)
    inputs = Plain(INPUTS, allow_none=True)
    probabilities = Plain(
        {
            "type": ["boolean", "null"],
            "description": "Whether to write the probability of each class. Default: true.",
        },
        allow_none=True,
    )
    name = Plain(NAME, allow_none=True)
    max_seconds = Plain({**MAX_SECONDS, "description": "Time limit; beyond it the job fails."}, allow_none=True)
    callback = Plain(CALLBACK, allow_none=True)
    callback_secret = Plain(CALLBACK_SECRET, allow_none=True)


@blp.route("/predictions", methods=["POST"], operation_id="predictDataset")
@blp.arguments(PredictionsBody)
@submits_job(blp)
def predict(body: dict[str, Any]) -> Any:
    """Predict all rows of a data set

    A job like a training: it waits in the same queue, and can be paused, resumed and cancelled. It writes a new data
    set, the job's `output`, with the columns carried over, what is predicted, and the probabilities. The rows keep
    their order. Nothing is left of a job that does not succeed. A file whose cells can be read in two ways, such as
    1.234 or 03/04/2024, is read as that of the training was; `options.read_again` says so.
    """
    trace = traceparent(request.environ)
    progress = submit_prediction(backend(), body, traceparent=trace, place=reading_place)
    return progress, 202, {"Location": url_for("jobs.show", job=progress.job.id)}
