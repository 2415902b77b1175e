"""Which trials of a search may train as one stack."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from service.domain.jobs import NewJob
from service.domain.types import Json
from service.engine.network import Network
from service.jobs.division import HASH
from service.jobs.options import JobOptions
from service.jobs.preparation import division_of

#: What trainings of one stack may differ in. The engine tries whether they give the same bytes.
OWN = ("epochs", "schedule", "early_stopping", "metrics", "seed")
OWN_OF_OPTIMIZER = ("learning_rate", "weight_decay")
#: Of all rows by the network: an epoch of a whole stack shall not keep one that is to stop waiting.
MAX_EPOCH_NUMBERS = 1 << 27


def stack_key(network: Network, spec: Json, job: NewJob) -> str | None:
    """The same for trials that have one shape and read the same rows; None for one that trains alone."""
    options = JobOptions.from_json(job.options)
    if not _is_stackable(network, options, job):
        return None
    told = {name: value for name, value in job.options.items() if name not in ("training", "start_snapshot")}
    division = division_of(options)
    is_drawn = division is not None and division.way.method != HASH and division.way.time is None
    parts = {
        "network": {name: value for name, value in spec.items() if name != "seed"},
        "training": _shared(job.options["training"]),
        "drawn_by": options.training.seed if is_drawn else None,
        "options": told,
        "datasets": dict(job.datasets),
        "data": hashlib.sha256(job.data).hexdigest(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _is_stackable(network: Network, options: JobOptions, job: NewJob) -> bool:
    training = options.training
    is_plain = not network.members and options.folds is None and options.repeats == 1 and options.promote is None
    is_free = training.threads == 1 and job.max_seconds is None and job.epochs_per_second is None
    return is_plain and is_free and job.rows * network.cost <= MAX_EPOCH_NUMBERS


def _shared(training: Json) -> dict[str, Any]:
    optimizer = {name: value for name, value in training["optimizer"].items() if name not in OWN_OF_OPTIMIZER}
    return {name: value for name, value in training.items() if name not in OWN} | {"optimizer": optimizer}
