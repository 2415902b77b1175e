"""One run of several jobs that train as a stack, each with its own epochs, checkpoints, orders and end.

What goes wrong here is no job's fault yet: all that have not ended are given back, and train alone from where they are.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter

from service.domain.status import RequestedState
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.engine.training.report import EpochReport
from service.engine.training.stackable import Training
from service.engine.training.stacked import StackedTrainer, gives_same_bytes
from service.engine.training.stacked_network import StackedNetwork
from service.jobs import checkpoints
from service.jobs.assigned_rows import prepared_for
from service.jobs.messages import Assignment, End, Orders, Report, ReportIntervals
from service.jobs.options import JobOptions
from service.jobs.pacer import Pacer
from service.jobs.preparation import Prepared
from service.jobs.training_run import TrainingRun

Send = Callable[[Report], None]
#: A whole stack reports, and makes checkpoints, as often as so many jobs alone. A report may bring new best weights,
#: which are described and calibrated: of every job of a stack, that would take longer than to train on.
REPORTING_JOBS, SAVING_JOBS = 2, 8


def run_stack(
    assignments: Sequence[Assignment], orders: Callable[[str], Orders], send: Send, chunks: Iterable[bytes] = ()
) -> None:
    """Train the jobs, which read the same rows, and send reports of each, the last one with an end.

    `orders` are those of a job, by its id. One that is to pause, to stop, or to keep a pace leaves after an epoch.
    """
    left = {one.job_id for one in assignments}

    def told(job_id: str, report: Report) -> None:
        send(replace(report, job_id=job_id))
        if report.end is not None:
            left.discard(job_id)

    trace = None
    try:
        _train(assignments, orders, told, chunks)
    except OSError:  # the other end of the pipe has gone: nobody can be told
        raise
    except Exception:
        trace = traceback.format_exc()
    for job_id in sorted(left):
        told(job_id, Report(end=End(stopped=True, trace=trace)))


def _train(
    assignments: Sequence[Assignment],
    orders: Callable[[str], Orders],
    send: Callable[[str, Report], None],
    chunks: Iterable[bytes],
) -> None:
    prepared = _prepared(assignments[0], chunks)
    trainings = [_training(one, prepared) for one in assignments]
    if not gives_same_bytes(trainings):
        return
    stack = StackedTrainer(trainings, interrupt=lambda: all(one.is_to_stop for one in members if not one.has_ended))
    intervals = stack_intervals(assignments[0].intervals, len(assignments))
    members = [
        _Member(
            replace(one, intervals=intervals), prepared, fit, partial(orders, one.job_id), partial(send, one.job_id)
        )
        for one, fit in zip(assignments, stack.networks, strict=True)
    ]
    began = perf_counter()
    for reports in stack.epochs():
        seconds = (perf_counter() - began) / len(reports)
        for index, report in reports.items():
            members[index].add(report, seconds)
        for member in members:
            member.follow()
        began = perf_counter()
    for member in members:
        member.follow()


def _prepared(assignment: Assignment, chunks: Iterable[bytes]) -> Prepared:
    """For all of them: jobs of one stack differ in nothing that their rows are read or divided by."""
    options = JobOptions.from_json(assignment.options)
    return prepared_for(assignment, options, _network(assignment), chunks)


def _network(assignment: Assignment) -> Network:
    # How large a network may be was decided when it was created.
    return Network(NetworkSpec.from_json(assignment.spec), max_parameters=sys.maxsize)


def _training(assignment: Assignment, prepared: Prepared) -> Training:
    network = _network(assignment)
    return Training(
        network=network,
        spec=JobOptions.from_json(assignment.options).training,
        rows=prepared.training,
        validation=prepared.validation,
        values=network.from_bytes(assignment.start_values),
        state=checkpoints.unpack(assignment.checkpoint).state,
    )


def stack_intervals(alone: ReportIntervals, jobs: int) -> ReportIntervals:
    """Of each of so many jobs in a stack."""
    return ReportIntervals(
        report_seconds=alone.report_seconds * max(1.0, jobs / REPORTING_JOBS),
        checkpoint_seconds=alone.checkpoint_seconds * max(1.0, jobs / SAVING_JOBS),
    )


class _Member:
    """A job of the stack."""

    def __init__(
        self,
        assignment: Assignment,
        prepared: Prepared,
        fit: StackedNetwork,
        orders: Callable[[], Orders],
        send: Send,
    ) -> None:
        self._fit, self._orders = fit, orders
        self.has_ended = False
        self._paused_at: int | None = None
        if prepared.report:
            send(Report(preparation=prepared.report))
        options, resumed = JobOptions.from_json(assignment.options), checkpoints.unpack(assignment.checkpoint)
        self._run = TrainingRun(assignment, options, prepared, fit, resumed, orders, send)
        self._pacer = Pacer(fit, orders, lambda seconds: None)

    @property
    def is_to_stop(self) -> bool:
        return self._run.is_to_stop

    def add(self, report: EpochReport, seconds: float) -> None:
        """An epoch, and its share of the time that the stack took for one."""
        self._run.recorder.add([report], seconds)

    def follow(self) -> None:
        """Leave the stack if that is wanted; once it has left, say how it ended."""
        if self.has_ended:
            return
        if self._fit.outcome is None:
            self._leave_if_wanted()
        if self._fit.has_left:
            self.has_ended = True
            self._run.end(self._paused_at)

    def _leave_if_wanted(self) -> None:
        orders = self._orders()
        if self._pacer.is_at_pause:
            self._paused_at = self._fit.epoch
        elif orders.requested_state is RequestedState.RUN and orders.epochs_per_second is None:
            return
        elif orders.requested_state is not RequestedState.CANCEL and not self._run.recorder.is_checkpointed:
            self._run.recorder.checkpoint()
        self._fit.leave()
