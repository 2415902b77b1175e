"""What the query of an upload says: the data set's name, and how its file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from service.api.http.fields import Flag, Strict, Text, WholeNumber
from service.data.kinds.registry import KINDS
from service.data.reading.read_as import DECIMALS, MAX_MISSING_WORD, ORDERS, THOUSANDS
from service.data.tables.options import FORMATS
from service.operations import names


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


class RereadQuery(Strict):
    name = Text(
        validate=usable,
        metadata={
            "pattern": names.NAME_PATTERN,
            "description": "Name of the data set. Default: the file's name.",
        },
    )
    revision = Flag(
        metadata={
            "description": "Make the newest revision of the name: `x` then means it, `x@2` the one numbered 2. The "
            "same file as the newest revision makes none."
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


class UploadQuery(RereadQuery):
    @validates_schema
    def check_named(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if data.get("revision") and "name" not in data:
            raise ValidationError({"name": ["is required with revision"]})
