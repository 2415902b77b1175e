"""One run of a job, from its assignment to its last report. It knows neither processes nor SQL."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from time import perf_counter, sleep

from service.data.signatures.choice import signature_of
from service.data.signatures.encoders import Encoder
from service.data.signatures.signature import Signature
from service.domain.job_kind import JobKind
from service.domain.records import JobError, Json
from service.domain.status import RequestedState
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.engine.training.report import Outcome
from service.engine.training.trainer import Trainer
from service.jobs import checkpoints, encoded_frames, encoded_rows
from service.jobs.calibration import calibrate_with
from service.jobs.camera import Camera
from service.jobs.contest import Contest, Judgement, division_of
from service.jobs.findings.watch import Watch
from service.jobs.held_out_rows import held_out_of_numbers
from service.jobs.importance import Importances, importance_of
from service.jobs.judging import Challenger, judge
from service.jobs.memory_limit import OUT_OF_MEMORY
from service.jobs.messages import Assignment, End, Orders, Report
from service.jobs.options import JobOptions
from service.jobs.pacer import Pacer, Wait
from service.jobs.prediction_run import predict
from service.jobs.preparation import Prepared, needed_columns, prepare, read_tables
from service.jobs.recorder import Recorder
from service.jobs.reference import describe_with, number_columns, table_columns
from service.schema.validation import ValidationError

#: What Python says where there is no memory for a thread's stack.
NO_THREAD = "can't start new thread"

Send = Callable[[Report], None]
#: Asks for the model in use; None once the run is to stop.
Ask = Callable[[], Contest | None]
STOPPED = "The job was stopped before the models were compared."


def run(
    assignment: Assignment,
    orders: Callable[[], Orders],
    send: Send,
    chunks: Iterable[bytes] = (),
    ask: Ask = lambda: None,
    wait: Wait = sleep,
) -> None:
    """Train or predict, and send reports; the last one has an end, whatever happens. `orders` is asked again and again.

    `chunks` are those of the assignment's tables, each taken when it is needed.

    A request to cancel or to pause ends the run; before a pause, the last finished epoch is sent as a checkpoint.
    """
    try:
        if assignment.kind is JobKind.PREDICTION:
            predict(assignment, lambda: orders().requested_state, send, chunks)
        else:
            _train(assignment, orders, send, chunks, ask, wait)
    except OSError:  # the other end of the pipe has gone: nobody can be told
        raise
    except Exception as error:
        end = End(error=_explain(error), trace=traceback.format_exc())
    else:
        return
    # Only here has the memory of the run been given back, which a last word may need.
    send(Report(end=end))


def _train(
    assignment: Assignment,
    orders: Callable[[], Orders],
    send: Send,
    chunks: Iterable[bytes],
    ask: Ask,
    wait: Wait,
) -> None:
    options = JobOptions.from_json(assignment.options)
    # How large a network may be was decided when it was created.
    network = Network(NetworkSpec.from_json(assignment.spec), max_parameters=sys.maxsize)
    resumed = checkpoints.unpack(assignment.checkpoint)
    prepared = _prepare(assignment, options, network, chunks)
    if prepared.report:
        send(Report(preparation=prepared.report))

    def is_interrupted() -> bool:
        state = orders().requested_state
        return state is not RequestedState.RUN and (state is RequestedState.CANCEL or recorder.is_checkpointed)

    trainer = Trainer(
        network,
        options.training,
        prepared.training,
        validation=prepared.validation,
        values=network.from_bytes(assignment.start_values),
        state=resumed.state,
        interrupt=is_interrupted,
    )
    watch = Watch(trainer, prepared, resumed.course)
    camera = Camera(trainer, orders)
    before = (resumed.best, resumed.latest)
    recorder = Recorder(assignment, options.snapshots, trainer, *before, prepared, watch, send, camera)
    paused_at = _run_epochs(trainer, recorder, Pacer(trainer, orders, wait), orders)
    outcome = trainer.outcome or Outcome("interrupted", trainer.epoch)
    importance = _importance(prepared, options, trainer, orders) if outcome.ended_well else None
    judgement = None
    if outcome.ended_well and prepared.held_out is not None:
        judgement = _judgement(assignment, options, trainer, prepared, ask)
    recorder.end(
        _end(outcome, importance, judgement, paused_at),
        outcome,
        with_best=outcome.ended_well and trainer.best_values is not None,
    )


def _run_epochs(trainer: Trainer, recorder: Recorder, pacer: Pacer, orders: Callable[[], Orders]) -> int | None:
    """Train until the run ends or is to stop; return the epoch if it pauses there by itself."""
    groups = trainer.groups(pacer.at_most)
    started = perf_counter()
    while not pacer.is_at_pause:
        reports = next(groups, None)
        if reports is None:
            return None
        recorder.add(reports, perf_counter() - started)
        if orders().requested_state is RequestedState.PAUSE and not recorder.is_checkpointed:
            recorder.checkpoint()
        if pacer.rests_long(len(reports)):
            recorder.send()
        pacer.rest(len(reports))
        started = perf_counter()
    groups.close()
    return trainer.epoch


def _importance(
    prepared: Prepared, options: JobOptions, trainer: Trainer, orders: Callable[[], Orders]
) -> Importances | None:
    """Of every named input, on the validation rows where there are some: what was overfitted does not count.
    A run that is to stop now does without."""
    if prepared.groups is None:
        return None
    rows = prepared.validation or prepared.training
    return importance_of(
        trainer.network,
        trainer.values,
        rows,
        prepared.groups,
        seed=options.training.seed,
        interrupt=lambda: orders().requested_state is not RequestedState.RUN,
    )


def _prepare(assignment: Assignment, options: JobOptions, network: Network, chunks: Iterable[bytes]) -> Prepared:
    """The rows to train on. Statistics that an earlier run, or that of the start weights, has learned are kept."""
    statistics = checkpoints.preprocessing_of(assignment.checkpoint) or assignment.start_preprocessing
    signature = _signature(assignment, network, statistics)
    if encoded_rows.are_rows(assignment.data):
        groups = signature.groups if signature.encoded_names else None
        training, validation = encoded_rows.decode(network, assignment.data)
        judged = encoded_rows.decode_test(network, assignment.data) or validation
        held_out = held_out_of_numbers(training, judged) if options.promote and judged is not None else None
        return _described(signature, Prepared(training, validation, groups, held_out=held_out), options)
    frames = None if assignment.tables else encoded_frames.decode(assignment.data)
    encoder = signature.encoder(options.columns)
    if frames is None:
        frames = read_tables(assignment.tables, chunks, needed_columns(encoder, options))
    describe = partial(table_columns, signature) if signature.has_statistics else None
    return _described(signature, prepare(frames, encoder, options, describe=describe), options)


def _described(signature: Signature, prepared: Prepared, options: JobOptions) -> Prepared:
    columns = prepared.columns
    if columns is None and not signature.has_statistics:
        columns = number_columns(signature, prepared.training)
    describe = None if columns is None else describe_with(signature, prepared.training, columns)
    classifier, held_out = signature.classifier, prepared.validation
    calibrate = None
    if held_out is not None:
        calibrate = calibrate_with(signature.network, classifier, held_out, tempers=options.calibrate)
    return replace(prepared, classifier=classifier, describe=describe, calibrate=calibrate)


def _judgement(
    assignment: Assignment, options: JobOptions, trainer: Trainer, prepared: Prepared, ask: Ask
) -> Judgement | None:
    """Against the model in use at this moment."""
    contest = ask()
    if contest is None or prepared.held_out is None:
        return Judgement(reason=STOPPED, metric=options.promote["if"]["metric"])
    network = trainer.network

    def encoder_of(statistics: Json | None) -> Encoder:
        return _signature(assignment, network, statistics).encoder(options.columns)

    challenger = Challenger(
        network,
        trainer.values,
        options,
        prepared.preprocessing,
        encoder_of,
        prepared.classifier,
        division_of(assignment.options),
    )
    return judge(challenger, prepared.held_out, contest)


def _signature(assignment: Assignment, network: Network, statistics: Json | None) -> Signature:
    return signature_of(
        network,
        features=assignment.features,
        labels=assignment.labels,
        table=assignment.table,
        statistics=statistics,
    )


def _end(outcome: Outcome, importance: Importances | None, judgement: Judgement | None, paused_at: int | None) -> End:
    return End(
        stopped=outcome.reason == "interrupted",
        paused_at=paused_at,
        stopped_early=outcome.reason == "stopped_early",
        importance=importance,
        judgement=judgement,
        error=JobError(code="diverged", message=outcome.message) if outcome.reason == "diverged" else None,
    )


def _explain(error: Exception) -> JobError:
    if isinstance(error, MemoryError) or str(error) == NO_THREAD:
        return OUT_OF_MEMORY
    if isinstance(error, ValidationError):
        return JobError(code="bad_data", message=f"The rows or options do not fit the network. {error}.")
    message = "The job stopped because of a fault in the service itself. The log of the worker says more."
    return JobError(code="internal", message=message)
