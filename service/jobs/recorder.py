"""Gathers what a run has to report, so that even a run of tiny epochs sends only a few reports a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt

from service.domain.epochs import Epoch
from service.domain.ids import new_id
from service.domain.runs import Block, Checkpoint
from service.domain.snapshots import NewSnapshot
from service.engine.training.report import NO_METRICS, EpochReport, Outcome
from service.jobs.camera import Camera
from service.jobs.checkpoints import pack
from service.jobs.described_weights import DescribedWeights, Description
from service.jobs.findings.watch import Findings, Watch
from service.jobs.fits import AnyTrainer
from service.jobs.messages import Assignment, End, Report
from service.jobs.preparation import Prepared
from service.jobs.snapshot_policy import SnapshotPolicy

#: A report is sent early once it holds so much.
MAX_EPOCHS = 2000
#: How often frames are sent: they are shown a moment later, at the pace they were taken.
FRAMES_SECONDS = 0.2
MAX_SNAPSHOT_BYTES = 16 * 2**20
#: Making checkpoints may take about this share of the time.
CHECKPOINT_SHARE = 0.05

#: Kinds of snapshots that are compared with later rows; periodic ones are many.
DESCRIBED = ("best", "last")

Values = npt.NDArray[np.generic]


class Recorder:
    """`best` and `latest` are epochs before this run's first, where it goes on from a checkpoint: one of the last epoch
    leaves nothing to train, but all to report.

    The preprocessing goes with every snapshot, so that predictions with it read the user's table in the same way; a
    description of the training rows and of the answers to them goes with those that a run ends with, and what the
    validation rows say of them.
    """

    def __init__(
        self,
        assignment: Assignment,
        policy: SnapshotPolicy,
        trainer: AnyTrainer,
        best: Epoch | None,
        latest: Epoch | None,
        prepared: Prepared,
        watch: Watch,
        send: Callable[[Report], None],
        camera: Camera,
    ) -> None:
        self._assignment = assignment
        self._policy = policy
        self._trainer = trainer
        self._preprocessing, self._described = prepared.preprocessing, DescribedWeights(prepared)
        self._watch = watch
        self._send = send
        self._camera = camera
        self._seconds = 0.0
        self._epochs: list[Epoch] = []
        self._periodic: list[NewSnapshot] = []
        self._latest = latest
        self._latest_report: EpochReport | None = None
        self._best = best
        known = trainer.best_values  # of the run before, where this one goes on
        self._best_values: Values = (trainer.values if known is None else known).copy()
        self._has_new_best = False
        self._checkpoint_epoch = trainer.epoch
        self._next_report = time.monotonic() + assignment.intervals.report_seconds
        self._next_checkpoint = time.monotonic() + assignment.intervals.checkpoint_seconds
        self._next_frames = 0.0

    @property
    def is_checkpointed(self) -> bool:
        """To stop now would lose no finished epoch."""
        return self._checkpoint_epoch == self._trainer.epoch

    def add(self, reports: Sequence[EpochReport], seconds: float) -> None:
        """Take down epochs that took `seconds` together; send what has gathered when it is time."""
        epochs = _epochs(reports, seconds / len(reports))
        self._latest, self._latest_report = epochs[-1], reports[-1]
        self._seconds += seconds
        self._epochs += epochs
        self._watch.add(epochs)
        self._keep_best(reports, epochs)
        if self._policy.every:
            self._keep_periodic(epochs)
        self._camera.look()
        now = time.monotonic()
        if now >= self._next_checkpoint:
            self.checkpoint()
        elif now >= self._next_report or self._is_full or (self._camera.is_on and now >= self._next_frames):
            self._flush()

    def _keep_best(self, reports: Sequence[EpochReport], epochs: Sequence[Epoch]) -> None:
        best = next((index for index in reversed(range(len(reports))) if reports[index].improved), None)
        if best is not None:
            self._best, self._has_new_best = epochs[best], True
            np.copyto(self._best_values, self._trainer.best_after(epochs[best].epoch))

    def _keep_periodic(self, epochs: Sequence[Epoch]) -> None:
        for epoch in epochs:
            if epoch.epoch % self._policy.stride(epoch.epoch) == 0:
                self._periodic.append(self._snapshot("periodic", epoch, self._trainer.values_after(epoch.epoch)))

    def send(self) -> None:
        """Send what has gathered, if anything has."""
        if self._epochs:
            self._flush()

    def checkpoint(self) -> None:
        """Send a checkpoint of the epoch just finished, with all that has gathered."""
        started = time.monotonic()
        self._flush(checkpoint=self._pack())
        self._checkpoint_epoch = self._trainer.epoch
        now = time.monotonic()
        interval = self._assignment.intervals.checkpoint_seconds
        self._next_checkpoint = now + max(interval, (now - started) / CHECKPOINT_SHARE)

    def _pack(self) -> Checkpoint:
        own, epoch = self._assignment, self._trainer.epoch
        known = (self._best, self._latest, self._preprocessing, self._watch.course.to_json())
        return pack(self._trainer.state(), *known, job_id=own.job_id, token=own.token, epoch=epoch)

    def store(self, blocks: Iterable[Block]) -> None:
        """Send the blocks of a data set that the run writes."""
        for block in blocks:
            self._send(Report(seconds=self._seconds, block=block))

    def end(self, end: End, outcome: Outcome, *, with_best: bool = False) -> None:
        """Send the rest, with the weights the run ends with: those of its last epoch, or of its best one.

        A run that has paused by itself brings its checkpoint along, if that is a new one.
        """
        shown = self._best if with_best else self._latest
        if not with_best:
            self._camera.take_last()
        elif self._best and not np.array_equal(self._best_values, self._trainer.values):
            # The weights of an ensemble's members are chosen at the end.
            np.copyto(self._best_values, self._trainer.values)
            self._has_new_best = True
        last = [self._snapshot("last", shown, self._trainer.values)] if shown and self._policy.last else []
        calibration = None
        if shown and outcome.reason != "interrupted":  # whether the weights are kept or not
            calibration = self._described.describe(self._trainer.values).calibration
        findings = self._watch.verdict(outcome, shown.epoch if shown else None, calibration)
        checkpoint = None if end.paused_at is None or self.is_checkpointed else self._pack()
        self._flush(checkpoint=checkpoint, last=last, end=end, findings=findings)

    @property
    def _is_full(self) -> bool:
        return len(self._epochs) >= MAX_EPOCHS or len(self._periodic) * self._best_values.nbytes >= MAX_SNAPSHOT_BYTES

    def _flush(
        self,
        *,
        checkpoint: Checkpoint | None = None,
        last: list[NewSnapshot] | None = None,
        findings: Findings | None = None,
        end: End | None = None,
    ) -> None:
        best = []
        if self._has_new_best and self._best and self._policy.best:
            best.append(self._snapshot("best", self._best, self._best_values))
        self._send(
            Report(
                epochs=tuple(self._epochs),
                seconds=self._seconds,
                best_epoch=self._latest_report.best_epoch if self._latest_report else None,
                best_value=self._latest_report.best_value if self._latest_report else None,
                snapshots=(*self._periodic, *best, *(last or ())),
                checkpoint=checkpoint,
                frames=self._camera.collect(),
                findings=findings if end else self._watch.news(),
                end=end,
            )
        )
        self._epochs, self._periodic, self._has_new_best = [], [], False
        now = time.monotonic()
        self._next_report = now + self._assignment.intervals.report_seconds
        self._next_frames = now + FRAMES_SECONDS

    def _snapshot(self, kind: str, epoch: Epoch, values: Values) -> NewSnapshot:
        network = self._trainer.network
        described = self._described.describe(values) if kind in DESCRIBED else Description()
        return NewSnapshot(
            id=new_id("snap"),
            network_id=self._assignment.network_id,
            job_id=self._assignment.job_id,
            epoch=epoch.epoch,
            kind=kind,
            dtype=network.spec.dtype,
            manifest=network.manifest(),
            values=network.to_bytes(values),
            loss=epoch.loss,
            val_loss=epoch.val_loss,
            metrics=epoch.metrics,
            preprocessing=self._preprocessing,
            calibration=None if described.calibration is None else described.calibration.to_json(),
            reference=described.reference,
        )


def _epochs(reports: Sequence[EpochReport], seconds: float) -> list[Epoch]:
    """Column by column, because tiny epochs come by the thousand."""
    numbers, losses, val_losses, metrics, rates, gradients, layers, _, _, _, fits = zip(*reports, strict=True)
    of_layers = [[layer.to_json() for layer in own] if own else None for own in layers]
    of_fits = [[None if fit is None else fit.to_json() for fit in own] if own else None for own in fits]
    of_metrics = [dict(own) if own else NO_METRICS for own in metrics]
    columns = (numbers, losses, val_losses, rates, gradients, repeat(seconds), of_metrics, of_layers, of_fits)
    return list(map(Epoch, *columns))
