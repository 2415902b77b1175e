"""A job's options, typed: the JSON stored in `Job.options`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.data.number_columns import MAX_NAME, NumberColumns
from service.data.thresholds import ThresholdRule
from service.engine.training.spec import TrainingSpec
from service.jobs.snapshot_policy import SnapshotPolicy
from service.schema.fields import Nested, Spec, field
from service.schema.rules import Anything, Flag, Integer, Reference, Text

LATEST, INITIAL = "latest", "initial"


@dataclass(frozen=True)
class JobOptions(Spec):
    training: TrainingSpec = field(Nested(TrainingSpec))
    snapshots: SnapshotPolicy = field(Nested(SnapshotPolicy), default=SnapshotPolicy())
    start_from: str = field(
        Reference(),
        default=LATEST,
        help="weights to start from: latest, initial, live, or another reference to a snapshot",
    )
    start_snapshot: str | None = field(
        Reference(), default=None, help="the id that start_from resolved to on submission"
    )
    validation: Any = field(Anything(), default=None, help="how the validation rows were chosen")
    folds: Any = field(
        Anything(), default=None, help="how the rows are assigned to folds, each of which is held out once"
    )
    test: Any = field(Anything(), default=None, help="how the test rows were chosen, which no training sees")
    split_seed: int = field(
        Integer(minimum=0), default=0, help="the network's seed, by which a hash divides rows in all its trainings"
    )
    split: Any = field(Anything(), default=None, help="for inline rows of numbers, how they were divided")
    promote: Any = field(Anything(), default=None, help="when an alias moves to the weights the run ends with")
    calibrate: bool = field(
        Flag(),
        default=False,
        help="fit a temperature to the validation rows at the end, that predictions divide the scores behind their "
        "probabilities by; the loss and the history stay as they are",
    )
    threshold: ThresholdRule | None = field(
        Nested(ThresholdRule),
        default=None,
        help="predict a class where its probability is above a threshold chosen on the validation rows at the end",
        exclude_default=True,
    )
    positive: str | None = field(
        Text(MAX_NAME), default=None, help="of two classes predicted by one output, the one that the metrics are of"
    )
    class_weights: Any = field(Anything(), default=None, help="for inline rows, already part of their weights")
    dataset: Any = field(Anything(), default=None, help="the data set to train on, by id, name and revision")
    columns: NumberColumns | None = field(
        Nested(NumberColumns), default=None, help="the columns to train a network of plain numbers on"
    )
    report: Any = field(
        Anything(), default=None, help="the MLflow server and experiment that it is reported to", exclude_default=True
    )
    repeats: int = field(
        Integer(minimum=1),
        default=1,
        help="how often it is trained, each time from another seed; its numbers are the mean, and no weights are kept",
        exclude_default=True,
    )
    sample_weight: str | None = field(Text(MAX_NAME), default=None, help="the column of sample weights")
    importance: bool = field(
        Flag(),
        default=True,
        help="measure at the end how much each column matters, which a trial of a search does only if it is asked to",
        exclude_default=True,
    )

    @property
    def writes_predictions(self) -> bool:
        """Whether a cross-validation writes what its rows are predicted to be."""
        return bool(self.folds and self.folds.get("predictions"))
