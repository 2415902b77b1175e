"""The rows of a data set over HTTP: a range of them as JSON, CSV or NDJSON, or all as one Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any, cast

from flask import Response, request
from marshmallow import Schema, fields, validate
from werkzeug.wsgi import wrap_file

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, WholeNumber
from service.api.http.formats import chosen, format_field
from service.api.http.json_provider import json_response
from service.api.http.smorest import FILE, Blueprint, header
from service.domain.datasets import Dataset
from service.operations.datasets import datasets
from service.operations.datasets.rows import row_tables, table_file

if TYPE_CHECKING:
    import pyarrow as pa

blp = Blueprint("dataset_rows", __name__, tag="datasets")

FORMATS = {"json": "application/json", "csv": "text/csv", "ndjson": "application/x-ndjson"}
PARQUET = "application/vnd.apache.parquet"
MAX_ROWS = 10_000
USUAL_ROWS = 100
#: Bytes of a file that are sent at a time.
PIECE_BYTES = 2**18
RANGE = {
    "name": "Range",
    "required": False,
    "description": "`bytes=0-1023`: a part of the file, answered with 206. For several parts, the whole file is sent.",
    "schema": {"type": "string"},
}


class RowsQuery(Strict):
    first = WholeNumber(
        load_default=0, validate=validate.Range(min=0), metadata={"description": "The first row, counted from 0."}
    )
    limit = WholeNumber(
        validate=validate.Range(min=1),
        metadata={
            "description": f"Maximum number of rows. Default: {USUAL_ROWS} in JSON, which has at most {MAX_ROWS:,}; "
            "all in CSV and NDJSON."
        },
    )
    format = format_field(FORMATS)


class RowsSchema(Schema):
    dataset = fields.String(required=True, metadata={"description": "The data set's id."})
    rows = fields.Integer(required=True, metadata={"description": "Number of rows in the whole table."})
    first = fields.Integer(required=True, metadata={"description": "The first of the rows below, counted from 0."})
    data = Plain(
        {"type": "array", "items": {"type": "object"}, "description": "The rows, as objects by column."},
        required=True,
    )


@blp.route("/datasets/<dataset>/rows", operation_id="listDatasetRows")
@blp.other_formats(*(media_type for name, media_type in FORMATS.items() if name != "json"))
@blp.arguments(RowsQuery, location="query")
@blp.response(200, RowsSchema)
@blp.problems(404, 406)
def rows(query: dict[str, Any], dataset: str) -> Response:
    """Get a range of the rows of a data set

    As JSON, or streamed as CSV or NDJSON; the Accept header or `format` chooses. Rows keep the order of the file.
    """
    found = datasets.get_dataset(backend(), dataset)
    how, first, limit = chosen(FORMATS, query.get("format")), query["first"], query.get("limit")
    if how != "json":
        tables = row_tables(backend(), found, first, limit)
        return Response(pieces(tables, found, how), mimetype=FORMATS[how])
    # Not above: pyarrow takes a while to load, and few requests need it.
    from service.data.tables.row_formats import json_rows

    tables = row_tables(backend(), found, first, min(limit or USUAL_ROWS, MAX_ROWS))
    data = [row for table in tables for row in json_rows(table, days_of(found))]
    return json_response({"dataset": found.id, "rows": found.rows, "first": first, "data": data})


@blp.route("/datasets/<dataset>/table.parquet", operation_id="downloadDataset")
@header(RANGE)
@blp.alt_response(200, schema=FILE, content_type=PARQUET, success=True, description="The file")
@blp.alt_response(206, description="The requested part of the file", success=True)
@blp.alt_response(304, description="The file that the client has", success=True)
@blp.problems(404, 416)
def download(dataset: str) -> Response:
    """Get a data set as one Parquet file

    Whole, or by `Range`, so that readers of Parquet fetch the columns that they need.
    """
    found = datasets.get_dataset(backend(), dataset)
    file = table_file(backend(), found)
    body = wrap_file(request.environ, cast(IO[bytes], file), PIECE_BYTES)
    response = Response(body, mimetype=PARQUET, direct_passthrough=True)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}.parquet"'
    response.set_etag(found.id)
    is_one_part = request.range is None or len(request.range.ranges) == 1
    response.make_conditional(request.environ, accept_ranges=is_one_part, complete_length=file.size_bytes)
    response.accept_ranges = "bytes"
    if response.status_code == 200:
        response.content_length = file.size_bytes
    return response


def pieces(tables: Iterable[pa.Table], dataset: Dataset, how: str) -> Iterator[bytes]:
    """A chunk at a time, so that neither side holds all rows in memory."""
    from service.data.tables import row_formats

    days, is_first = days_of(dataset), True
    for table in tables:
        if how == "ndjson":
            yield row_formats.ndjson(table, days)
        else:
            yield row_formats.csv(table, days, header=is_first)
        is_first = False


def days_of(dataset: Dataset) -> set[str]:
    """The columns whose times are dates."""
    return {column["name"] for column in dataset.columns if (column.get("read_as") or {}).get("precision") == "day"}
