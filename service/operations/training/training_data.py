"""What a job is trained on, as it is stored with it: encoded rows, or the data sets that have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.data.number_columns import NumberColumns
from service.domain.types import Json


@dataclass(frozen=True, kw_only=True)
class TrainingData:
    """`validation` and `class_weights` are what the job remembers of what it was asked for."""

    rows: int  #: to train on; of a data set not yet without those that will validate
    data: bytes = b""
    datasets: Mapping[str, str] = field(default_factory=dict)  #: ids by role
    dataset: Json | None = None
    columns: NumberColumns | None = None
    validation: Json | None = None
    test: Json | None = None
    split: Json | None = None  #: how inline rows of numbers were divided
    class_weights: Json | None = None
    sample_weight: str | None = None
