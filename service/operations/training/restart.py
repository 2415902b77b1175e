"""Start a training again from its network's first weights, with its rows and options: a new job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.domain.access import Scope
from service.domain.ids import new_id
from service.domain.job_kind import JobKind
from service.domain.jobs import Job, NewJob, Pace
from service.domain.networks import Network
from service.domain.release import VERSION
from service.domain.status import Origin
from service.engine.metrics.table import higher_is_better
from service.engine.training.spec import TrainingSpec
from service.errors import Conflict, Forbidden, NotFound
from service.jobs.options import JobOptions
from service.operations.backend import Backend
from service.operations.creator import creator as creator_of
from service.operations.jobs.changes import check_fits, merged_training
from service.operations.jobs.jobs import Progress, monitored
from service.operations.jobs.queueing import enqueue
from service.operations.models.models import compiled, record_signature
from service.operations.training.out_of_fold import output_of
from service.operations.training.pace import SPEED, read_pace
from service.operations.training.report import kept_report
from service.operations.training.submit import find_network
from service.operations.validation import invalid, invalid_fields, naming
from service.schema.fields import spec_fields
from service.schema.types import Body

INITIAL = "initial"
#: A restart of another origin only tries something: what a schedule made stays the one that may become live.
KEPT_ORIGINS = frozenset({Origin.TRAIN, Origin.EXPERIMENT, Origin.CHALLENGER})
CHANGEABLE = tuple(field.name for field in spec_fields(TrainingSpec) if field.name != "seed")
FIXED = {"seed": "its rows were divided by it"}


def restart_job(backend: Backend, job_id: str, body: Body, *, traceparent: str | None = None) -> Progress:
    """Queue the new job. Raises NotFound, Invalid, Conflict, Forbidden, TooManyJobs and QuotaExceeded."""
    job = backend.storage.get_job(job_id)
    if job.kind is JobKind.PREDICTION:
        raise Conflict("This job predicts. To predict again, submit it by POST /predictions.")
    network = find_network(backend, job.network_id)
    options = _options(backend, job, body.get("options"))
    pace = read_pace(body, options.training.epochs)
    with naming("snapshot", "job"):
        start = backend.storage.find_snapshot(network.id, INITIAL)
    wanted = _new_job(backend, job, network, replace(options, start_from=INITIAL, start_snapshot=start.id))
    if SPEED not in body:
        pace = replace(pace, epochs_per_second=job.epochs_per_second)
    wanted = _paced(replace(wanted, traceparent=traceparent), pace)
    return enqueue(backend, wanted)


def _options(backend: Backend, job: Job, given: Any) -> JobOptions:
    options = JobOptions.from_json(job.options)
    if job.origin not in KEPT_ORIGINS:
        options = replace(options, promote=None)
    if options.promote is not None and not backend.caller.may(Scope.MANAGE):
        raise Forbidden("This job promotes what it trains. To start it again, a key needs the scope manage.")
    if given is None or (isinstance(given, Mapping) and not given):
        return options
    with invalid_fields("options"):
        training = merged_training(options.training, given, CHANGEABLE, FIXED)
        check_fits(backend, job, training)
    if training.epochs > backend.limits.max_epochs:
        raise invalid(("options", "epochs"), f"must be at most {backend.limits.max_epochs}, got {training.epochs}")
    return replace(options, training=training)


def _new_job(backend: Backend, job: Job, record: Network, options: JobOptions) -> NewJob:
    creator, written, job_id = creator_of(backend), options.to_json(), new_id("job")
    signature = record_signature(record, compiled(backend, record)) if options.writes_predictions else None
    number = monitored(replace(job, options=written))
    return NewJob(
        **output_of(job_id, record, signature, options, creator),
        report=kept_report(written),
        id=job_id,
        network_id=job.network_id,
        options=written,
        epochs=options.training.epochs,
        rows=job.rows,
        data=backend.storage.read_job_data(job.id),
        datasets=_datasets(backend, options),
        max_seconds=job.max_seconds,
        origin=job.origin if job.origin in KEPT_ORIGINS else Origin.EXPERIMENT,
        monitored=number,
        higher_is_better=higher_is_better(number),
        judged_rows=job.judged_rows,
        code_version=VERSION,
        created_by=creator.created_by,
        created_by_key=creator.created_by_key,
        restart_of=job.restart_of or job.id,
    )


def _paced(job: NewJob, pace: Pace) -> NewJob:
    return replace(job, pause_at=pace.pause_at, epochs_per_second=pace.epochs_per_second)


def _datasets(backend: Backend, options: JobOptions) -> dict[str, str]:
    """The data sets that the job was trained on, by role. Raises Conflict where one has been deleted."""
    named = {"training": options.dataset, "validation": (options.validation or {}).get("dataset")}
    found = {}
    for role, dataset in named.items():
        if dataset is not None:
            try:
                found[role] = backend.storage.get_dataset(dataset["id"]).id
            except NotFound as error:
                message = f"The data set {dataset['name']} that this job was trained on is gone. Submit a new training."
                raise Conflict(message) from error
    return found
