"""What the tools take that are not one request each."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from service.api.http.fields import JsonFlag, Strict, Text
from service.data.kinds.registry import KINDS
from service.operations import names

MAX_WATCH_SECONDS = 25
#: What can be listed, by the path of its list; `versions` and `aliases` are those of a network.
LISTS = ("datasets", "networks", "jobs", "schedules", "models", "versions", "aliases")
NAME = validate.Length(min=1, max=200)


def described(text: str) -> dict[str, str]:
    return {"description": text}


class UploadArguments(Strict):
    name = Text(required=True, metadata={"pattern": names.NAME_PATTERN, **described("Name of the data set.")})
    csv = Text(metadata=described("The table as CSV text, with a header line. Or give `rows`."))
    rows = fields.List(
        fields.Dict(keys=Text(), values=fields.Raw(allow_none=True)),
        validate=validate.Length(min=1),
        metadata=described("The table as objects by column name. Or give `csv`."),
    )
    types = fields.Dict(
        keys=Text(),
        values=Text(validate=validate.OneOf(list(KINDS), error="must be one of: {choices}")),
        metadata=described("Column types to use instead of the detected ones."),
    )
    revision = JsonFlag(metadata=described("true: add the table as the newest revision of the name."))

    @validates_schema
    def check_source(self, data: dict[str, object], **_: object) -> None:
        if ("csv" in data) == ("rows" in data):
            raise ValidationError("give the table as csv or as rows, one of the two", "csv")


class ProposeArguments(Strict):
    dataset = Text(required=True, validate=NAME, metadata=described("A data set, by name or id."))
    target = fields.List(
        Text(validate=NAME),
        required=True,
        validate=validate.Length(min=1),
        metadata=described("The column to predict; several for a network of several numbers."),
    )


class WatchArguments(Strict):
    job = Text(required=True, validate=NAME, metadata=described("The id of a job."))
    wait = fields.Float(
        load_default=MAX_WATCH_SECONDS,
        validate=validate.Range(0, MAX_WATCH_SECONDS, error="must be between 0 and 25"),
        metadata=described("Seconds to wait for its end, at most 25. Call again while it has not ended."),
    )


class ListArguments(Strict):
    what = Text(
        required=True,
        validate=validate.OneOf(LISTS, error="must be one of: {choices}"),
        metadata=described("What to list, newest first."),
    )
    network = Text(validate=NAME, metadata=described("Of this network; needed for versions and aliases."))
    limit = fields.Integer(
        load_default=20, strict=True, validate=validate.Range(1, 100), metadata=described("Items per page.")
    )
    after = Text(validate=NAME, metadata=described("The `last_id` of the previous page."))

    @validates_schema
    def check_network(self, data: dict[str, object], **_: object) -> None:
        if data["what"] in ("versions", "aliases") and "network" not in data:
            raise ValidationError("is required for versions and aliases", "network")
        if data["what"] in ("datasets", "models", "networks") and "network" in data:
            raise ValidationError(f"does not select among {data['what']}", "network")


class PromoteArguments(Strict):
    network = Text(required=True, validate=NAME, metadata=described("A network, by name or id."))
    version = fields.Integer(
        strict=True, validate=validate.Range(1, 2**31 - 1), metadata=described("A version. Or give `snapshot`.")
    )
    snapshot = Text(
        validate=NAME, metadata=described("Publish this first: a snapshot, a job, `live`, `latest` or `best`.")
    )
    alias = Text(load_default="production", validate=NAME, metadata=described("The alias to move."))
    note = Text(load_default="", validate=validate.Length(max=4000), metadata=described("Why; kept with the move."))

    @validates_schema
    def check_reference(self, data: dict[str, object], **_: object) -> None:
        if ("version" in data) == ("snapshot" in data):
            raise ValidationError("give a version or a snapshot, one of the two", "version")
