"""One run of a job, from its assignment to its last report. It knows neither processes nor SQL."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from time import perf_counter, sleep

from service.domain.job_kind import JobKind
from service.domain.jobs import JobError
from service.domain.status import RequestedState
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.jobs import checkpoints
from service.jobs.assigned_rows import prepared_for
from service.jobs.fits import OwnTrainer, make_trainer
from service.jobs.memory_limit import OUT_OF_MEMORY
from service.jobs.messages import Assignment, End, Orders, Report
from service.jobs.options import JobOptions
from service.jobs.pacer import Pacer, Wait
from service.jobs.prediction_run import predict
from service.jobs.recorder import Recorder
from service.jobs.training_run import Ask, TrainingRun
from service.schema.validation import ValidationError

#: What Python says where there is no memory for a thread's stack.
NO_THREAD = "can't start new thread"

Send = Callable[[Report], None]


def run(
    assignment: Assignment,
    orders: Callable[[], Orders],
    send: Send,
    chunks: Iterable[bytes] = (),
    ask: Ask = lambda: None,
    wait: Wait = sleep,
    threads: int = 1,
) -> None:
    """Train or predict, and send reports; the last one has an end, whatever happens. `orders` is asked again and again.

    `chunks` are those of the assignment's tables, each taken when it is needed. Several networks of one job train
    side by side in so many `threads`.

    A request to cancel or to pause ends the run; before a pause, the last finished epoch is sent as a checkpoint.
    """
    try:
        if assignment.kind is JobKind.PREDICTION:
            predict(assignment, lambda: orders().requested_state, send, chunks)
        else:
            _train(assignment, orders, send, chunks, ask, wait, threads)
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
    threads: int,
) -> None:
    options = JobOptions.from_json(assignment.options)
    # How large a network may be was decided when it was created.
    network = Network(NetworkSpec.from_json(assignment.spec), max_parameters=sys.maxsize)
    resumed = checkpoints.unpack(assignment.checkpoint)
    prepared = prepared_for(assignment, options, network, chunks)
    if prepared.report:
        send(Report(preparation=prepared.report))

    start = network.from_bytes(assignment.start_values)
    trainer = make_trainer(network, options, prepared, start, resumed.state, lambda: training.is_to_stop, threads)
    training = TrainingRun(assignment, options, prepared, trainer, resumed, orders, send)
    paused_at = _run_epochs(trainer, training.recorder, Pacer(trainer, orders, wait), orders)
    training.end(paused_at, ask)


def _run_epochs(trainer: OwnTrainer, recorder: Recorder, pacer: Pacer, orders: Callable[[], Orders]) -> int | None:
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


def _explain(error: Exception) -> JobError:
    if isinstance(error, MemoryError) or str(error) == NO_THREAD:
        return OUT_OF_MEMORY
    if isinstance(error, ValidationError):
        return JobError(code="bad_data", message=f"The rows or options do not fit the network. {error}.")
    message = "The job stopped because of a fault in the service itself. The log of the worker says more."
    return JobError(code="internal", message=message)
