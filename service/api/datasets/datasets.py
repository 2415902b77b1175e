"""Data sets over HTTP: a user's tables, uploaded once, profiled, and kept for training."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, url_for
from marshmallow import Schema, ValidationError, fields, validate

from service.api.datasets.uploads import DIGEST, received
from service.api.http.context import backend
from service.api.http.creators import CreatedByQuery, creator, creator_key
from service.api.http.fields import Flag, Plain, Strict, Text, WholeNumber
from service.api.http.idempotency import PARAMETER, answer_once, requested_key
from service.api.http.json_provider import json_response
from service.api.http.pages import Limit, envelope, list_of, page
from service.api.http.smorest import LOCATION, Blueprint, header
from service.api.http.times import Time
from service.api.http.writers import writer
from service.data.kinds.registry import KINDS
from service.data.reading.read_as import DECIMALS, MAX_MISSING_WORD, ORDERS, THOUSANDS
from service.data.tables.options import FORMATS
from service.domain.records import IdempotencyKey
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
BINARY = {"type": "string", "format": "binary"}
FORM = {"type": "object", "properties": {"file": BINARY}, "required": ["file"], "additionalProperties": False}
BODY = {
    "required": True,
    "content": {
        "text/csv": {"schema": BINARY},
        "application/octet-stream": {"schema": BINARY},
        "multipart/form-data": {"schema": FORM},
    },
}
PREVIEWED = 100

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
        "clock": {"const": True, "description": "Times of day, in hours: 13:45 is 13.75."},
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

COLUMN = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "type": {"enum": list(KINDS)},
        "read_as": READ_AS,
        "role": {
            "type": ["object", "null"],
            "description": "What the column is besides data: its `code` (`id`, `index`, `duplicate`, `text`, `words`), "
            "the `reason` in words, and whether that is `sure`: then proposals leave it out, and else ask about it.",
        },
        "profile": {
            "type": "object",
            "description": "Statistics: `missing`, `distinct` and, depending on the type, `min`, `max`, `mean`, `std`, "
            "`quantiles`, `top` values with their counts, a `histogram`.",
        },
    },
    "required": ["name", "type"],
}


class Types(Text):
    """`year:category,when:time`; a column's name may itself hold a comma or a colon."""

    ITEM = re.compile(rf"(?P<name>.+?):(?P<type>{'|'.join(KINDS)})(?:,|$)", re.DOTALL)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text, at, types = super()._deserialize(value, *args, **kwargs), 0, dict[str, str]()
        while at < len(text):
            item = self.ITEM.match(text, at)
            if item is None or item["name"] in types:
                raise ValidationError(f"must be column:type, each once, with commas between; types: {', '.join(KINDS)}")
            types[item["name"]], at = item["type"], item.end()
        return types


def usable(name: str) -> None:
    for issue in names.name_issues(name):
        raise ValidationError(issue.message)


class UploadQuery(Strict):
    name = Text(
        validate=usable,
        metadata={
            "pattern": names.NAME_PATTERN,
            "description": "Name of the data set. Default: the file's name.",
        },
    )
    format = fields.String(
        validate=validate.OneOf(FORMATS),
        metadata={"description": "Default: detected from the Content-Type or the bytes. Any format may be gzipped."},
    )
    delimiter = Text(
        validate=validate.Length(equal=1),
        metadata={"description": "Delimiter of a CSV file. Default: detected from its first lines."},
    )
    decimal = fields.String(
        validate=validate.OneOf(DECIMALS),
        metadata={"description": "The decimal sign of numbers in texts; else the cells of all columns show it."},
    )
    thousands = fields.String(
        validate=validate.OneOf(THOUSANDS),
        metadata={"description": "What stands between thousands in texts; else the cells of all columns show it."},
    )
    dates = fields.String(
        validate=validate.OneOf(ORDERS),
        metadata={"description": "The order of year, month and day in texts; else the cells show it."},
    )
    missing = fields.List(
        Text(validate=validate.Length(1, MAX_MISSING_WORD)),
        metadata={"description": "A word or number that is a missing cell in every column; may be repeated."},
    )
    types = Types(
        metadata={"description": "Column types to use instead of the detected ones: `year:category,when:time`."}
    )
    encoding = Text(
        validate=validate.Length(min=1, max=40),
        metadata={"description": "Encoding of a CSV file, for example `cp1252`. Default: detected from its bytes."},
    )
    header = Flag(
        metadata={
            "description": "Whether the first line of a CSV file or a sheet names the columns. Default: detected from "
            "the lines below it. Without names, columns are called `column_1` and so on."
        }
    )
    skip_rows = WholeNumber(
        validate=validate.Range(0, 1_000_000),
        metadata={
            "description": "Lines to skip above the header of a CSV file or a sheet. Default: titles are detected and "
            "skipped."
        },
    )
    sheet = Text(
        validate=validate.Length(min=1, max=100),
        metadata={"description": "Sheet of a workbook, by name. Default: the first one with cells."},
    )


class DatasetSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
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
    created_at = Time(required=True)
    created_by = creator()
    created_by_key = creator_key()


WRITE_DATASET = writer(DatasetSchema())


class DatasetChanges(Strict):
    name = Text(required=True, metadata={"pattern": names.NAME_PATTERN})


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
@blp.arguments(CreatedByQuery, location="query")
@blp.response(200, list_of(DatasetSchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List data sets, newest first"""
    found = datasets.list_datasets(backend(), page(query), created_by=query.get("created_by"))
    return json_response(envelope(found, query, write=WRITE_DATASET))


@blp.route("/datasets/<dataset>", operation_id="getDataset")
@blp.response(200, DatasetSchema)
@blp.problems(404)
def show(dataset: str) -> Any:
    """Get a data set by id or name, with a profile of each column"""
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
    """Rename a data set"""
    return datasets.rename_dataset(backend(), dataset, changes["name"])


@blp.route("/datasets/<dataset>", methods=["DELETE"], operation_id="deleteDataset")
@blp.response(204)
@blp.problems(404, 409)
def delete(dataset: str) -> Any:
    """Delete a data set, unless an unfinished job needs it"""
    datasets.delete_dataset(backend(), dataset)
    return Response(status=204)
