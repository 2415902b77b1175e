"""Submit a training: everything is checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.data.signatures.signature import Signature
from service.data.thresholds import ThresholdRule
from service.domain.callbacks import NewCallback
from service.domain.ids import new_id
from service.domain.jobs import NewJob, Pace
from service.domain.networks import Network
from service.domain.release import VERSION
from service.domain.reports import NewReport
from service.domain.snapshots import NewSnapshot, Snapshot
from service.domain.status import Origin
from service.domain.versions import Creator
from service.engine.metrics.table import higher_is_better
from service.engine.training.spec import TrainingSpec
from service.errors import Conflict
from service.jobs.division import VALIDATION
from service.jobs.folds import FOLDS, Folds
from service.jobs.options import INITIAL, LATEST, JobOptions
from service.jobs.promotion_rule import PromotionRule
from service.jobs.snapshot_policy import SnapshotPolicy
from service.operations.backend import Backend
from service.operations.creator import creator as creator_of
from service.operations.jobs.jobs import Progress
from service.operations.jobs.queueing import enqueue
from service.operations.limits import Limits
from service.operations.models.models import compiled, record_signature
from service.operations.request_reader import RequestReader
from service.operations.training.calibration import CALIBRATE, read_calibrate
from service.operations.training.callbacks import read_callback
from service.operations.training.dataset_source import read_dataset_training
from service.operations.training.folds import NO_SNAPSHOTS, read_folds, read_rows
from service.operations.training.inline_source import read_inline_training
from service.operations.training.judged_rows import judged_rows
from service.operations.training.options import with_options
from service.operations.training.out_of_fold import check_predictions, output_of
from service.operations.training.pace import read_pace
from service.operations.training.promotion import PROMOTE, check_promotion, read_promotion
from service.operations.training.report import REPORT, read_report, report_for, report_option
from service.operations.training.thresholds import THRESHOLD, check_beside_promotion, read_threshold
from service.operations.training.training_data import TrainingData
from service.operations.validation import naming
from service.schema.fields import spec_fields
from service.schema.rules import Flag, Number, Reference
from service.schema.types import Body

IMPORTANCE = "importance"
MAX_SECONDS = Number(above=0, maximum=1e9)


@dataclass(frozen=True)
class Plan:
    """What a run does, apart from the weights it starts from."""

    training: TrainingSpec
    snapshots: SnapshotPolicy
    training_data: TrainingData
    start_from: str
    max_seconds: float | None
    callback: NewCallback | None
    origin: Origin
    judged_rows: str
    positive: str | None
    promotion: PromotionRule | None
    calibrate: bool
    report: NewReport | None
    pace: Pace = Pace()
    folds: Folds | None = None
    repeats: int = 1
    threshold: ThresholdRule | None = None
    importance: bool | None = None  #: whether to measure that of each column; None: unless it is a trial of a search
    signature: Signature | None = None  #: of the network, where the job writes predictions

    @property
    def monitored(self) -> str:
        """The number whose best epoch is remembered."""
        return self.training.monitor or ("val_loss" if self.training_data.validation else "loss")


def submit_training(
    backend: Backend, body: Body, *, traceparent: str | None = None, origin: Origin | None = None
) -> Progress:
    """Queue a job. Raises Invalid, NotFound, TooManyJobs, and Conflict when the network is being deleted."""
    record, plan, start = _read(backend, body)
    if origin is not None:
        plan = replace(plan, origin=origin)
    wanted = new_job(record, plan, start, creator=creator_of(backend), traceparent=traceparent)
    return enqueue(backend, wanted)


def check_training(backend: Backend, body: Body) -> Network:
    """The network of a job that could be queued now. Raises what `submit_training` raises before it writes."""
    return _read(backend, body)[0]


def _read(backend: Backend, body: Body) -> tuple[Network, Plan, Snapshot]:
    body, record = with_options(body), find_network(backend, body["network"])
    plan = read_plan(backend, body, record_signature(record, compiled(backend, record)))
    return record, plan, _find_start(backend, record, plan.start_from)


def read_plan(backend: Backend, body: Body, signature: Signature) -> Plan:
    """Raises Invalid with everything that is wrong, and NotFound for a data set that does not exist."""
    parts, limits = RequestReader(), backend.limits
    folds = parts.read((), lambda: read_folds(body, signature))
    training = parts.read((), lambda: _read_training(body, signature, limits))
    snapshots = parts.read_field(body, "snapshots", SnapshotPolicy.from_json)
    start_from = parts.read_field(body, "start_from", Reference().read)
    max_seconds = parts.read_field(body, "max_seconds", MAX_SECONDS.read)
    callback = parts.read((), lambda: read_callback(body, limits))
    promotion = parts.read_field(body, PROMOTE, read_promotion)
    experiment = parts.read_field(body, "experiment", Flag().read)
    calibrate = parts.read_field(body, CALIBRATE, lambda value: read_calibrate(value, body, signature))
    threshold = parts.read_field(body, THRESHOLD, lambda value: read_threshold(value, body, signature))
    importance = parts.read_field(body, IMPORTANCE, Flag().read)
    parts.read((), lambda: check_beside_promotion(threshold, promotion))
    parts.read((), lambda: check_predictions(folds, body, signature))
    report = parts.read_field(body, REPORT, lambda value: read_report(value, limits))
    pace = parts.read((), lambda: read_pace(body, (training or TrainingSpec()).epochs))
    training_data = parts.read(
        (), lambda: read_training_data(backend, body, signature, training or TrainingSpec(), folds)
    )
    parts.finish()
    if promotion is not None:
        check_promotion(backend, promotion, training, training_data, snapshots or SnapshotPolicy(), signature.network)
    return Plan(
        training,
        snapshots or (NO_SNAPSHOTS if folds else SnapshotPolicy()),
        training_data,
        start_from or (INITIAL if folds else LATEST),
        max_seconds,
        callback,
        Origin.CHALLENGER if promotion else Origin.EXPERIMENT if experiment or folds else Origin.TRAIN,
        judged_rows(body, training_data, seed=training.seed),
        signature.positive,
        promotion,
        bool(calibrate),
        report,
        pace or Pace(),
        folds,
        threshold=threshold,
        importance=importance,
        signature=signature if folds and folds.predictions else None,
    )


def read_training_data(
    backend: Backend, body: Body, signature: Signature, training: TrainingSpec, folds: Folds | None = None
) -> TrainingData:
    """The rows to train on, given inline or by a data set."""
    if folds is not None:
        return read_rows(folds, body, lambda own: read_training_data(backend, own, signature, training))
    given = [name for name in ("data", "dataset") if body.get(name) is not None]
    if given == ["dataset"]:
        return read_dataset_training(backend, body, signature)
    parts = RequestReader()
    if len(given) == 2:
        parts.reject("dataset", "must not be given together with data")
    elif not given:
        parts.reject("data", "is required, or dataset")
    for name in ("inputs", "target"):
        if body.get(name) is not None:
            parts.reject(name, "names columns of a data set, but no dataset is given")
    parts.finish()
    return read_inline_training(signature, body, training)


def _read_training(body: Body, signature: Signature, limits: Limits) -> TrainingSpec:
    given = {item.name: body[item.name] for item in spec_fields(TrainingSpec) if item.name in body}
    parts = RequestReader()
    # The service's bound comes first: a value within the engine's bound would be rejected once more.
    if isinstance(epochs := given.get("epochs"), int) and epochs > limits.max_epochs:
        parts.reject("epochs", f"must be at most {limits.max_epochs}, got {epochs}")
        del given["epochs"]
    training = parts.read((), lambda: TrainingSpec.from_json(given))
    if training is not None:
        spec, validated = training, any(body.get(name) is not None for name in (VALIDATION, FOLDS))
        parts.read((), lambda: spec.check(signature.network, validated=validated, kind=signature.kind))
    parts.finish()
    return training or TrainingSpec()


def find_network(backend: Backend, ref: str) -> Network:
    with naming("network", "network"):
        record = backend.storage.get_network(ref)
    if record.deleting:
        raise Conflict(f"The network {record.name} is being deleted. Nothing new can be trained on it.")
    return record


def _find_start(backend: Backend, record: Network, ref: str) -> Snapshot:
    with naming("snapshot", "start_from"):
        return backend.storage.find_snapshot(record.id, ref)


def new_job(
    record: Network,
    plan: Plan,
    start: Snapshot | NewSnapshot,
    *,
    creator: Creator,
    traceparent: str | None = None,
    split_seed: int | None = None,
) -> NewJob:
    """The job of a plan; without `split_seed`, rows are divided by the network's seed."""
    training_data, report = plan.training_data, report_for(record, plan.report)
    options = JobOptions(
        training=plan.training,
        snapshots=plan.snapshots,
        start_from=plan.start_from,
        start_snapshot=start.id,
        validation=training_data.validation,
        folds=plan.folds.to_json() if plan.folds else None,
        test=training_data.test,
        split_seed=record.spec["seed"] if split_seed is None else split_seed,
        split=training_data.split,
        positive=plan.positive,
        calibrate=plan.calibrate,
        threshold=plan.threshold,
        promote=plan.promotion.to_json() if plan.promotion else None,
        class_weights=training_data.class_weights,
        dataset=training_data.dataset,
        columns=training_data.columns,
        report=report_option(report),
        repeats=plan.repeats,
        importance=plan.importance is not False,
        sample_weight=training_data.sample_weight,
    )
    job_id = new_id("job")
    return NewJob(
        **output_of(job_id, record, plan.signature, options, creator),
        id=job_id,
        network_id=record.id,
        options=options.to_json(),
        epochs=plan.training.epochs,
        rows=training_data.rows,
        data=training_data.data,
        datasets=training_data.datasets,
        max_seconds=plan.max_seconds,
        callback=plan.callback,
        report=report,
        traceparent=traceparent,
        origin=plan.origin,
        monitored=plan.monitored,
        higher_is_better=higher_is_better(plan.monitored),
        judged_rows=plan.judged_rows,
        code_version=VERSION,
        pause_at=plan.pace.pause_at,
        epochs_per_second=plan.pace.epochs_per_second,
        created_by=creator.created_by,
        created_by_key=creator.created_by_key,
    )
