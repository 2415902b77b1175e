"""The plain numbers that rules judge a training by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    """One epoch of a loss curve."""

    epoch: int
    loss: float
    val_loss: float | None
    gradient_norm: float
    update_ratio: float | None  #: the largest ‖ΔW‖ / ‖W‖ of a layer, where the layers were looked at


class Outlier(NamedTuple):
    value: float  #: the row's target, in the user's units
    median: float  #: of all targets
    share: float  #: of the naive answer's loss that this row alone makes


class Width(NamedTuple):
    """The root mean square of one column."""

    name: str
    size: float


@dataclass(frozen=True, kw_only=True)
class DataFacts:
    """What is known before the first epoch."""

    rows: int
    validation_rows: int | None
    batch_rows: int
    epochs: int
    has_batch_norm: bool
    has_softmax_of_one: bool
    normalizes_inputs: bool  #: the first layer does, so that the scale of the inputs does not matter
    class_counts: Mapping[str, int] | None  #: of the training rows, where each has one class
    naive_loss: float  #: of the best constant answer on the training rows, counted as an epoch's loss is
    targets_vary: bool
    widest_input: Width | None
    widest_target: Width | None  #: None where targets are classes or counts
    reach: str | None  #: the numbers that the output's activation can give, where some targets are others
    beyond_reach: float  #: share of targets that are
    outlier: Outlier | None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """How the trained network answers rows of known targets: held-out ones where there are some."""

    held_out: bool
    rows: int
    loss: float  #: per row
    naive_loss: float  #: per row, of the best constant answer for these very rows
    certainty: float  #: the mean gain over the naive answer in standard errors
    spread: float  #: of the answers, as a share of the spread of the targets (numbers), or of 1 (classes)
    accuracy: float | None = None
    usual_class: str | None = None  #: the most frequent one
    usual_share: float = 0.0  #: its share of the rows
    ranking: float | None = None  #: roc_auc, the mean over the classes
    ranking_certainty: float = 0.0  #: how far that is above 0.5, in standard errors
    never_predicted: Mapping[str, int] | None = None  #: rows by class, over held-out and training rows
    leaks: tuple[tuple[str, float], ...] = ()  #: inputs that alone explain the target, and the share they explain

    @property
    def explained(self) -> float:
        """The share of the naive answer's loss that the network saves; negative where it is worse."""
        return 1 - self.loss / self.naive_loss if self.naive_loss > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Facts:
    data: DataFacts
    course: tuple[Point, ...]  #: epochs in order, evenly thinned
    answers: Answers | None = None  #: None while the network trains
    ended: str | None = None  #: finished, stopped_early or diverged
    kept_epoch: int | None = None  #: the epoch whose weights the run ended with
    lost_members: tuple[int, ...] = ()  #: of an ensemble, those that diverged
    members: int = 1
    no_threshold: str | None = None  #: why none was chosen that the training was to choose
