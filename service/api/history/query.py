"""Query arguments of the loss history, and the schema of its JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, missing, validate

from service.api.history.rows import FIELDS, USUAL_FIELDS
from service.api.http.fields import Plain, Strict, Text, WholeNumber
from service.api.http.formats import format_field
from service.api.http.numbers import NONFINITE
from service.api.http.pages import Limit
from service.schema.rules import unknown

#: Chosen by Accept or by name; a chart by name only, because browsers accept images without asking for a chart.
ACCEPTED = {"json": "application/json", "csv": "text/csv", "ndjson": "application/x-ndjson"}
FORMATS = {**ACCEPTED, "svg": "image/svg+xml"}
PAGE, MAX_PAGE = 1000, 10_000
MAX_POINTS = 10_000
MAX_COMPARED = 20


class HistoryCursor(Text):
    """`job:epoch`, the last row of a page."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        job, _, epoch = super()._deserialize(value, *args, **kwargs).rpartition(":")
        if not job or not (epoch.isascii() and epoch.isdecimal() and len(epoch) < 19):
            raise ValidationError("must be the last_id of a page")
        return job, int(epoch)


class FieldNames(Text):
    """Names of fields, separated by commas."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        names = super()._deserialize(value, *args, **kwargs).split(",")
        if unlisted := [name for name in names if name not in FIELDS]:
            raise ValidationError(unknown(unlisted[0], FIELDS, "field"))
        return tuple(name for name in FIELDS if name in names)


class JobIds(Text):
    """Ids of jobs, separated by commas, each once."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        ids = list(dict.fromkeys(super()._deserialize(value, *args, **kwargs).split(",")))
        if not all(ids) or len(ids) > MAX_COMPARED:
            raise ValidationError(f"must be 1 to {MAX_COMPARED} ids, separated by commas")
        return ids


class PageLimit(Limit):
    """Without it, JSON is paged and other formats return everything."""

    def __init__(self) -> None:
        super().__init__(PAGE, MAX_PAGE)
        self.load_default = missing


class SelectionQuery(Strict):
    from_epoch = WholeNumber(validate=validate.Range(min=1, max=2**53))
    to_epoch = WholeNumber(validate=validate.Range(min=1, max=2**53))
    every = WholeNumber(
        load_default=1,
        validate=validate.Range(min=1, max=2**53),
        metadata={"description": "Epochs 1, 1 + every, 1 + 2 every, …"},
    )
    max_points = WholeNumber(
        validate=validate.Range(min=4, max=MAX_POINTS),
        metadata={
            "description": "Downsample each job to this many epochs, keeping the first, the last and the extremes."
        },
    )
    fields_ = FieldNames(
        data_key="fields",
        load_default=USUAL_FIELDS,
        metadata={"description": f"Comma-separated list of {', '.join(FIELDS)}.", "default": ",".join(USUAL_FIELDS)},
    )
    format = format_field(FORMATS)
    scale = fields.String(
        load_default="linear",
        validate=validate.OneOf(["linear", "log"]),
        metadata={"description": "Scale of the chart's vertical axis."},
    )
    value = Text(load_default="loss", metadata={"description": "What the chart shows: `loss` or a metric."})


class PageQuery(SelectionQuery):
    limit = PageLimit()
    after = HistoryCursor(metadata={"description": "The `last_id` of the previous page."})


class CompareQuery(SelectionQuery):
    jobs = JobIds(required=True, metadata={"description": "Job ids, separated by commas."})


FITS = {
    "type": ["array", "null"],
    "items": {
        "type": ["object", "null"],
        "properties": {
            "loss": {"type": ["number", "null"]},
            "val_loss": {"type": ["number", "null"]},
            "metrics": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
            "best_epoch": {"type": ["integer", "null"]},
            "best_value": {"type": ["number", "null"]},
            "ended": {"enum": ["stopped_early", "finished", None]},
        },
        "required": ["loss", "val_loss", "metrics", "best_epoch", "best_value", "ended"],
    },
    "description": "Of an ensemble, the numbers of each member, whose mean the others are; null for one that has "
    "diverged. One that has stopped early shows those of the epoch whose weights it keeps.",
}


class EpochSchema(Schema):
    """Documents a row; `rows.row` writes it."""

    job = fields.String(required=True)
    epoch = fields.Integer(required=True, metadata={"description": "Counts from 1."})
    loss = fields.Float(
        allow_none=True, metadata={"description": "Mean over the rows, each batch before its own update."}
    )
    val_loss = fields.Float(allow_none=True)
    learning_rate = fields.Float(allow_none=True)
    gradient_norm = fields.Float(allow_none=True)
    seconds = fields.Float(allow_none=True)
    metrics = fields.Dict(keys=fields.String(), values=fields.Float(allow_none=True))
    layers = fields.List(fields.Dict(keys=fields.String()), allow_none=True)
    fits = Plain(FITS)
    nonfinite = Plain(NONFINITE)


class SeriesSchema(Schema):
    job = fields.String(required=True)
    network = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    differs = fields.Dict(required=True, metadata={"description": "Options that differ between the compared jobs."})
    best_epoch = fields.Integer(required=True, allow_none=True)
    epochs = fields.List(fields.Nested(EpochSchema), required=True)
