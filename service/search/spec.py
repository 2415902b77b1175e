"""What a search is asked for beside its space: what is best, how trials are chosen, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from service.schema.fields import Choice, Nested, Registry, Spec, field
from service.schema.rules import Integer, Number, OneOf, Text

MAX_TRIALS = 10_000
MAX_PARALLEL = 256
MAX_REPEATS = 20
MAX_SEED = 2**63 - 1
DEFAULT_TRIALS = 40
MINIMIZE, MAXIMIZE = "minimize", "maximize"


def _seed() -> Any:
    return field(Integer(minimum=0, maximum=MAX_SEED), default=0, help="the same seed draws the same parameters")


@dataclass(frozen=True, kw_only=True)
class Objective(Spec):
    metric: str = field(
        Text(max_length=100),
        default="val_loss",
        help="a number of every epoch: loss or a metric of the training, with val_ on the validation rows",
    )
    goal: str | None = field(
        OneOf((MINIMIZE, MAXIMIZE)), default=None, help="default: by the metric, so maximize for val_accuracy"
    )


@dataclass(frozen=True, kw_only=True)
class Sampler(Spec):
    """Chooses the parameters of a trial, from its number, the seed and the trials before it."""


@dataclass(frozen=True, kw_only=True)
class Grid(Sampler):
    name: ClassVar[str] = "grid"
    source: ClassVar[str] = "every combination of values, the last parameter the fastest"


@dataclass(frozen=True, kw_only=True)
class Random(Sampler):
    name: ClassVar[str] = "random"
    source: ClassVar[str] = "Bergstra and Bengio 2012"
    seed: int = _seed()


@dataclass(frozen=True, kw_only=True)
class Sobol(Sampler):
    name: ClassVar[str] = "sobol"
    source: ClassVar[str] = "Sobol 1967, direction numbers of Joe and Kuo 2008"
    seed: int = _seed()


@dataclass(frozen=True, kw_only=True)
class Tpe(Sampler):
    name: ClassVar[str] = "tpe"
    source: ClassVar[str] = "tree-structured Parzen estimator (Bergstra et al. 2011), by Optuna"
    seed: int = _seed()
    startup: int = field(
        Integer(minimum=1, maximum=MAX_TRIALS), default=10, help="so many trials are drawn at random first"
    )


SAMPLERS: Registry[Sampler] = Registry("sampler", Grid, Random, Sobol, Tpe)


@dataclass(frozen=True, kw_only=True)
class Pruner(Spec):
    """Says which trials train on, from what they are worth at some epochs, the rungs."""


@dataclass(frozen=True, kw_only=True)
class NoPruner(Pruner):
    name: ClassVar[str] = "none"
    source: ClassVar[str] = "every trial trains to its end"


@dataclass(frozen=True, kw_only=True)
class Median(Pruner):
    name: ClassVar[str] = "median"
    source: ClassVar[str] = "stops what is worse than the median of the trials before it (Golovin et al. 2017)"
    min_epochs: int = field(Integer(minimum=1), default=5, help="epoch at which a trial is compared first")
    every: int | None = field(
        Integer(minimum=1), default=None, help="epochs between two comparisons; default: a tenth of all"
    )
    startup: int = field(
        Integer(minimum=1, maximum=MAX_TRIALS),
        default=5,
        help="so many trials must have come to an epoch before one is stopped there",
    )


@dataclass(frozen=True, kw_only=True)
class Asha(Pruner):
    name: ClassVar[str] = "asha"
    source: ClassVar[str] = "asynchronous successive halving (Li et al. 2020)"
    min_epochs: int = field(Integer(minimum=1), default=4, help="epochs of the first rung")
    factor: int = field(
        Integer(minimum=2, maximum=100),
        default=3,
        help="each rung has so many times the epochs of the one before, and its best trials train on: one of so many",
    )


@dataclass(frozen=True, kw_only=True)
class Hyperband(Asha):
    name: ClassVar[str] = "hyperband"
    source: ClassVar[str] = "brackets of successive halving that begin at different rungs (Li et al. 2018)"


PRUNERS: Registry[Pruner] = Registry("pruner", NoPruner, Median, Asha, Hyperband)


@dataclass(frozen=True, kw_only=True)
class SearchLimits(Spec):
    trials: int | None = field(
        Integer(minimum=1, maximum=MAX_TRIALS),
        default=None,
        help=f"trials in all; default: {DEFAULT_TRIALS}, or the whole grid",
    )
    parallel: int = field(
        Integer(minimum=1, maximum=MAX_PARALLEL),
        default=2,
        help="trials at the same time; trial n is chosen once trial n - parallel and all before it have ended",
    )
    seconds: float | None = field(
        Number(above=0, maximum=1e9),
        default=None,
        help="no trial begins once all of them together have trained for so long",
    )
    failures: int = field(
        Integer(minimum=1, maximum=MAX_TRIALS),
        default=5,
        help="the search fails at so many failed trials; those that diverged do not count",
    )
    target: float | None = field(Number(), default=None, help="no trial begins once one is at least as good")
    patience: int | None = field(
        Integer(minimum=1, maximum=MAX_TRIALS),
        default=None,
        help="no trial begins once so many in a row were no better than the best one before them",
    )


@dataclass(frozen=True, kw_only=True)
class SearchSpec(Spec):
    objective: Objective = field(Nested(Objective), default=Objective(), help="which number decides, and how")
    sampler: Sampler = field(Choice(SAMPLERS), default=Random(), help="how parameters are chosen")
    pruner: Pruner = field(Choice(PRUNERS), default=NoPruner(), help="which trials train to their end")
    repeats: int = field(
        Integer(minimum=1, maximum=MAX_REPEATS),
        default=1,
        help="how often a trial is trained, each time from another seed; it is worth the mean",
    )
    limits: SearchLimits = field(Nested(SearchLimits), default=SearchLimits(), help="when the search ends")
