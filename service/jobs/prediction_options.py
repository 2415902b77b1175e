"""The options of a job that predicts, typed: the JSON stored in `Job.options`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.data.number_columns import MAX_NAME
from service.data.thresholds import Threshold
from service.schema.fields import Nested, Spec, field
from service.schema.rules import Anything, Flag, Items, Number, OrNull, Reference, Text


@dataclass(frozen=True, kw_only=True)
class PredictionOptions(Spec):
    model: str | None = field(Reference(), default=None, help="the name of the model that was asked for, if one was")
    snapshot: str = field(Reference(), help="the snapshot that was asked for, or the alias of the model")
    start_snapshot: str = field(Reference(), help="the id that it resolved to on submission")
    dataset: Any = field(Anything(), help="the data set whose rows are predicted, by id and name")
    read_again: Any = field(
        OrNull(Anything()),
        default=None,
        help="how the file was read again, so that its columns are read as those of the training were: the settings, "
        "the columns that changed, and the data set that was named",
    )
    output: Any = field(Anything(), help="the data set that is written, by id and name")
    columns: tuple[str, ...] = field(Items(Text(MAX_NAME)), help="columns that are carried over")
    inputs: tuple[str, ...] | None = field(
        OrNull(Items(Text(MAX_NAME))), default=None, help="the input columns of a network of plain numbers"
    )
    temperature: float = field(Number(above=0), default=1.0, help="that the scores behind probabilities are divided by")
    threshold: Threshold | None = field(
        Nested(Threshold),
        default=None,
        help="at which one of the classes is predicted",
        exclude_default=True,
    )
    probabilities: bool = field(Flag(), default=True, help="whether the probability of each class is written")
