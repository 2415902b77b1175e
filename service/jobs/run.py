"""One run of a job, from its assignment to its last report. It knows neither processes nor SQL."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from time import perf_counter

from service.domain.records import JobError
from service.domain.status import Want
from service.engine.faults import EngineError
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.engine.training import Outcome, Trainer
from service.jobs import checkpoints, rows
from service.jobs.messages import Assignment, End, Report
from service.jobs.options import JobOptions
from service.jobs.recorder import Recorder

Send = Callable[[Report], None]


def run(assignment: Assignment, want: Callable[[], Want], send: Send) -> None:
    """Train, and send reports; the last one has an end, whatever happens. `want` is asked again and again.

    A wish to cancel or to pause ends the run; before a pause, the last finished epoch is sent as a checkpoint.
    """
    try:
        _train(assignment, want, send)
    except OSError:  # the other end of the pipe has gone: there is nobody to tell
        raise
    except Exception as error:
        send(Report(end=End(error=_explain(error), trace=traceback.format_exc())))


def _train(assignment: Assignment, want: Callable[[], Want], send: Send) -> None:
    options = JobOptions.from_json(assignment.options)
    # How large a network may be was decided when it was created.
    network = Network(NetworkSpec.from_json(assignment.spec), max_parameters=sys.maxsize)
    training, validation = rows.decode(network, assignment.data)
    state, best = checkpoints.unpack(assignment.checkpoint)

    def is_interrupted() -> bool:
        wish = want()
        return wish is not Want.RUN and (wish is Want.CANCEL or recorder.is_checkpointed)

    trainer = Trainer(
        network,
        options.training,
        training,
        validation=validation,
        values=network.from_bytes(assignment.start_values),
        state=state,
        interrupt=is_interrupted,
    )
    recorder = Recorder(assignment, options.snapshots, trainer, best, send)
    started = perf_counter()
    for report in trainer.epochs():
        recorder.add(report, perf_counter() - started)
        if want() is Want.PAUSE and not recorder.is_checkpointed:
            recorder.checkpoint()
        started = perf_counter()
    outcome = trainer.outcome or Outcome("interrupted", trainer.epoch)
    ended_well = outcome.reason in ("finished", "stopped_early")
    recorder.end(_end(outcome), with_best=ended_well and trainer.best_values is not None)


def _end(outcome: Outcome) -> End:
    return End(
        stopped=outcome.reason == "interrupted",
        stopped_early=outcome.reason == "stopped_early",
        error=JobError(code="diverged", message=outcome.message) if outcome.reason == "diverged" else None,
    )


def _explain(error: Exception) -> JobError:
    if isinstance(error, MemoryError):
        message = "There was not enough memory to train. Use a smaller batch_size, fewer units or fewer rows."
        return JobError(code="out_of_memory", message=message)
    if isinstance(error, EngineError):
        return JobError(code="bad_data", message=f"The rows or options do not fit the network. {error}.")
    message = "Training stopped because of a fault in the service itself. The log of the worker says more."
    return JobError(code="internal", message=message)
