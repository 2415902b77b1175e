"""Data sets over HTTP: a user's tables, uploaded once, profiled, and kept for training."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from marshmallow import Schema, fields, validate

from service.api.datasets.upload_query import UploadQuery
from service.api.datasets.uploads import DIGEST, received
from service.api.http.context import backend
from service.api.http.creators import CreatedByQuery, creator, creator_key
from service.api.http.fields import Plain, Strict, Text
from service.api.http.idempotency import PARAMETER, answer_once, requested_key
from service.api.http.json_provider import json_response
from service.api.http.pages import Limit, envelope, list_of, page
from service.api.http.smorest import FILE, LOCATION, Blueprint, header
from service.api.http.times import Time
from service.api.http.writers import writer
from service.data.kinds.registry import KINDS
from service.data.reading.read_as import DECIMALS, ORDERS, THOUSANDS
from service.data.tables.options import FORMATS
from service.domain.idempotency import IdempotencyKey
from service.operations import names
from service.operations.datasets import datasets
from service.operations.datasets.uploads import PendingDataset, prepared

blp = Blueprint("datasets", __name__)

#: Formats that a Content-Type names; for any other, the bytes decide.
MEDIA_TYPES = {
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.apache.arrow.file": "arrow",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
FORM = {"type": "object", "properties": {"file": FILE}, "required": ["file"], "additionalProperties": False}
#: The form is first: generated clients often take the first, or a form at any place, and it works in all of them.
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": FORM},
        "text/csv": {"schema": FILE},
        "application/octet-stream": {"schema": FILE},
    },
}
PREVIEWED = 100
REVISIONS = NEWEST, ALL = "newest", "all"

READ_AS = {
    "type": "object",
    "description": "How its texts were read, where they are not written in the plain way; absent where they are.",
    "properties": {
        "decimal": {"enum": list(DECIMALS), "description": "What stands before the decimals."},
        "thousands": {"enum": list(THOUSANDS), "description": "What stands between groups of digits."},
        "unit": {"type": "string", "description": "What stands before or behind the numbers, such as % or $."},
        "missing": {"type": "array", "items": {"type": "string"}, "description": "Words taken for missing cells."},
        "dates": {"enum": list(ORDERS), "description": "The order of year, month and day."},
        "precision": {"const": "day", "description": "The times are dates, without a time of day."},
        "clock": {"type": "boolean", "description": "Times of day, in hours: 13:45 is 13.75."},
        "counts": {
            "type": "object",
            "description": "Cells with a decimal comma, with `thousands`, with the unit, in brackets (`negative`); of "
            "each missing word.",
        },
        "examples": {
            "type": "array",
            "items": {"type": "object"},
            "description": "Up to three cells: their `text`, and the `value` that it stands for.",
        },
    },
}

NULLABLE_NUMBER = {"type": ["number", "null"]}
WORD_COUNT = {
    "type": "object",
    "title": "ValueCount",
    "properties": {"value": {"type": ["string", "number", "boolean"]}, "count": {"type": "integer"}},
    "required": ["value", "count"],
}
END = {"type": ["number", "string", "null"]}
HISTOGRAM = {
    "type": "object",
    "title": "Histogram",
    "properties": {
        "counts": {"type": "array", "items": {"type": "integer"}},
        "edges": {"type": "array", "items": END, "description": "One more than the counts; times in RFC 3339."},
    },
    "required": ["counts", "edges"],
}
PROFILE = {
    "type": "object",
    "title": "ColumnProfile",
    "properties": {
        "missing": {"type": "integer", "description": "Rows without a value."},
        "distinct": {"type": "integer", "description": "Different values."},
        "infinite": {"type": "integer", "description": "Of numbers."},
        "min": {**END, "description": "Of numbers and times."},
        "max": {**END, "description": "Of numbers and times."},
        **dict.fromkeys(("mean", "std", "skew"), NULLABLE_NUMBER),
        "quantiles": {
            "type": "object",
            "additionalProperties": NULLABLE_NUMBER,
            "description": "Of numbers, by percent.",
        },
        "histogram": {**HISTOGRAM, "description": "Of numbers and times."},
        "top": {"type": "array", "items": WORD_COUNT, "description": "The most frequent values."},
        "words": {"type": "array", "items": {"type": "string"}, "description": "Of categories, by frequency."},
        "counts": {"type": "array", "items": {"type": "integer"}, "description": "Of each of `words`."},
    },
    "required": ["missing", "distinct"],
    "description": "Statistics, by the type of the column.",
}

COLUMN = {
    "type": "object",
    "title": "DatasetColumn",
    "properties": {
        "name": {"type": "string"},
        "type": {"enum": list(KINDS)},
        "read_as": READ_AS,
        "role": {
            "type": ["object", "null"],
            "title": "ColumnRole",
            "properties": {
                "code": {"enum": ["id", "index", "duplicate", "text", "words"]},
                "reason": {"type": "string"},
                "sure": {"type": "boolean"},
                "of": {"type": "string", "description": "The column that it repeats."},
            },
            "required": ["code", "reason", "sure"],
            "description": "What the column is besides data: its `code` (`id`, `index`, `duplicate`, `text`, `words`), "
            "the `reason` in words, and whether that is `sure`: then proposals leave it out, and else ask about it.",
        },
        "profile": PROFILE,
    },
    "required": ["name", "type"],
}

IDENTIFIER = {"type": "string"}
COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
ORIGIN = {
    "type": ["object", "null"],
    "properties": {
        "job": IDENTIFIER,
        "model": {"type": ["string", "null"], "description": "The name of the model that was asked, if one was."},
        "network": IDENTIFIER,
        "snapshot": IDENTIFIER,
        "version": {"type": ["integer", "null"], "description": "The snapshot's, if it was published then."},
        "dataset": {**IDENTIFIER, "description": "The data set whose rows were predicted."},
        "read_again": {
            "type": ["object", "null"],
            "description": "How the file was read again, so that its columns are read as those of the training were: "
            "the settings, the `columns` that changed, and the `dataset` that was named.",
        },
        "ignored": {
            "type": "array",
            "items": IDENTIFIER,
            "description": "Its columns that the network does not take.",
        },
        "imputed": {**COUNTS, "description": "By column: the number of rows without a value."},
        "unseen": {**COUNTS, "description": "By column: the number of rows with a category not seen in training."},
        "held": {**COUNTS, "description": "By target: the number of rows whose prediction was held to a range."},
    },
    "description": "For predictions: the ids of where the rows came from, and what became of them; null for a file.",
}


class DatasetSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    revision = fields.Integer(required=True, metadata={"description": "Its number among those of its name, from 1."})
    revisions = fields.Integer(required=True, metadata={"description": "How many revisions its name has."})
    is_newest = fields.Boolean(
        required=True, metadata={"description": "Whether the name alone means it; another one is `name@revision`."}
    )
    other_names = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Names under which the same file was sent again: each finds it. Not in lists."},
    )
    filename = fields.String(required=True, allow_none=True, metadata={"description": "The file's name as sent."})
    format = fields.String(required=True, validate=validate.OneOf(FORMATS))
    options = fields.Dict(required=True, metadata={"description": "Options the file was read with."})
    sha256 = fields.String(required=True, metadata={"description": "Digest of the file."})
    size_bytes = fields.Integer(required=True, metadata={"description": "Size of the file."})
    rows = fields.Integer(required=True)
    columns = Plain(
        {"type": "array", "items": COLUMN, "description": "In table order. Lists of data sets leave out the profiles."},
        required=True,
    )
    warnings = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What looks doubtful about the table, and what was assumed when reading it."},
    )
    origin = Plain(ORIGIN, required=True)
    created_at = Time(required=True)
    created_by = creator()
    created_by_key = creator_key()


WRITE_DATASET = writer(DatasetSchema())


class DatasetChanges(Strict):
    name = Text(required=True, metadata={"pattern": names.NAME_PATTERN})


class ListQuery(CreatedByQuery):
    name = Text(metadata={"description": "Only data sets of this name."})
    revisions = fields.String(
        validate=validate.OneOf(REVISIONS),
        load_default=NEWEST,
        metadata={"description": "`newest`: one data set for each name. `all`: every revision."},
    )


class DeleteQuery(Strict):
    revisions = fields.String(
        validate=validate.OneOf([ALL]),
        metadata={"description": "`all`: every revision of the name. Without it, a name of several deletes none."},
    )


class PreviewQuery(Strict):
    limit = Limit(10, PREVIEWED)


class PreviewSchema(Schema):
    dataset = fields.String(required=True, metadata={"description": "The data set's id."})
    rows = fields.Integer(required=True, metadata={"description": "Number of rows in the whole table."})
    data = Plain(
        {"type": "array", "items": {"type": "object"}, "description": "The first rows, as objects by column."},
        required=True,
    )


@blp.route("/datasets", methods=["POST"], operation_id="createDataset")
@blp.arguments(UploadQuery, location="query")
@header(PARAMETER)
@header(DIGEST)
@blp.response(201, DatasetSchema, headers=LOCATION)
@blp.alt_response(
    200, schema=DatasetSchema, description="The same file was uploaded before", headers=LOCATION, success=True
)
@blp.problems(400, 409, 411, 413, 415, 503)
@blp.doc(requestBody=BODY)
def create(query: dict[str, Any]) -> Response:
    """Upload a table

    Send the file as the request body or as the form field `file`: CSV (any delimiter, any encoding), a sheet of an
    Excel or OpenDocument workbook, Parquet, Arrow, JSON (a list of objects), NDJSON or npz, each optionally gzipped or
    alone in a zip file. The same file, read with the same options, is stored once. An unreadable file is rejected with
    the line, the column and the text of the cell; `warnings` lists what was assumed about a readable one.
    """
    with received(backend()) as upload:
        if "format" not in query and upload.media_type in MEDIA_TYPES:
            query["format"] = MEDIA_TYPES[upload.media_type]
        key = requested_key(upload.sha256.encode)
        with prepared(backend(), upload, query) as pending:
            return publish(pending, key)


def publish(pending: PendingDataset, key: IdempotencyKey | None) -> Response:
    """Under one of its names, or as the data set that it is already. Raises AlreadyExists."""
    return pending.retried(lambda: answer_once(key, lambda: written(pending)))


def written(pending: PendingDataset) -> Response:
    dataset, is_new = pending.publish()
    response = json_response(DatasetSchema().dump(dataset), 201 if is_new else 200)
    response.headers["Location"] = url_for("datasets.show", dataset=dataset.id)
    return response


@blp.route("/datasets", operation_id="listDatasets")
@blp.arguments(ListQuery, location="query")
@blp.response(200, list_of(DatasetSchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List data sets, newest first

    Of each name the newest revision, unless `revisions=all` asks for all of them.
    """
    found = datasets.list_datasets(
        backend(),
        page(query),
        created_by=query.get("created_by"),
        name=query.get("name"),
        all_revisions=query["revisions"] == ALL,
    )
    return json_response(envelope(found, query, write=WRITE_DATASET))


@blp.route("/datasets/<dataset>", operation_id="getDataset")
@blp.response(200, DatasetSchema)
@blp.problems(404)
def show(dataset: str) -> Any:
    """Get a data set by id, by name or as `name@revision`, with a profile of each column"""
    return datasets.get_dataset(backend(), dataset)


@blp.route("/datasets/<dataset>/preview", operation_id="previewDataset")
@blp.arguments(PreviewQuery, location="query")
@blp.response(200, PreviewSchema)
@blp.problems(404)
def preview(query: dict[str, Any], dataset: str) -> Any:
    """Get the first rows of a data set"""
    found, rows = datasets.preview(backend(), dataset, query["limit"])
    return {"dataset": found.id, "rows": found.rows, "data": rows}


@blp.route("/datasets/<dataset>", methods=["PATCH"], operation_id="updateDataset")
@blp.arguments(DatasetChanges)
@blp.response(200, DatasetSchema)
@blp.problems(400, 404, 409, 413, 415)
def update(changes: dict[str, Any], dataset: str) -> Any:
    """Rename a data set, with all revisions of its name"""
    return datasets.rename_dataset(backend(), dataset, changes["name"])


@blp.route("/datasets/<dataset>", methods=["DELETE"], operation_id="deleteDataset")
@blp.arguments(DeleteQuery, location="query")
@blp.response(204)
@blp.problems(404, 409)
def delete(query: dict[str, Any], dataset: str) -> Any:
    """Delete a data set, unless an unfinished job needs it

    A name of several revisions deletes none of them: name one (`x@2`), or ask for `revisions=all`.
    """
    datasets.delete_dataset(backend(), dataset, all_revisions="revisions" in query)
    return Response(status=204)
