"""One training with everything of a job's run but the steps: what its epochs are recorded as, and how it ends."""

from __future__ import annotations

from collections.abc import Callable

from service.data.signatures.encoders import Encoder
from service.domain.jobs import JobError
from service.domain.status import RequestedState
from service.domain.types import Json
from service.engine.training.ensemble import EnsembleTrainer
from service.engine.training.report import Outcome
from service.jobs.assigned_rows import signature_for
from service.jobs.camera import Camera
from service.jobs.checkpoints import Resumed
from service.jobs.contest import Contest, Judgement, division_of
from service.jobs.findings.watch import Watch
from service.jobs.fits import AnyTrainer, fits_importance
from service.jobs.fold_trainer import FoldsTrainer
from service.jobs.importance import Importances
from service.jobs.judging import Challenger, judge
from service.jobs.messages import Assignment, End, Orders, Report
from service.jobs.options import JobOptions
from service.jobs.out_of_fold import out_of_fold_blocks
from service.jobs.preparation import Prepared
from service.jobs.recorder import Recorder

#: Asks for the model in use; None once the run is to stop.
Ask = Callable[[], Contest | None]
STOPPED = "The job was stopped before the models were compared."


class TrainingRun:
    """The caller runs the trainer, adds its epochs to `recorder`, and calls `end`."""

    def __init__(
        self,
        assignment: Assignment,
        options: JobOptions,
        prepared: Prepared,
        trainer: AnyTrainer,
        resumed: Resumed,
        orders: Callable[[], Orders],
        send: Callable[[Report], None],
    ) -> None:
        self._assignment, self._options, self._prepared = assignment, options, prepared
        self.trainer, self._orders = trainer, orders
        watch, camera = Watch(trainer, prepared, resumed.course), Camera(trainer, orders)
        before = (resumed.best, resumed.latest)
        self.recorder = Recorder(assignment, options.snapshots, trainer, *before, prepared, watch, send, camera)

    @property
    def is_to_stop(self) -> bool:
        """Whether to stop now is wanted, and loses nothing that is."""
        state = self._orders().requested_state
        return state is not RequestedState.RUN and (state is RequestedState.CANCEL or self.recorder.is_checkpointed)

    def end(self, paused_at: int | None = None, ask: Ask = lambda: None) -> None:
        """Report how it came to its end, or where it stopped; a run that is to stop now measures nothing any more."""
        trainer, prepared = self.trainer, self._prepared
        outcome = trainer.outcome or Outcome("interrupted", trainer.epoch)
        average = importance = folds = judgement = None
        if outcome.ended_well:
            average = self._average()
            importance = fits_importance(
                trainer, self._options, prepared, lambda: self._orders().requested_state is not RequestedState.RUN
            )
            folds = self._folds()
            judgement = None if prepared.held_out is None else self._judgement(ask)
        self.recorder.end(
            _end(outcome, importance, folds, average, judgement, paused_at),
            outcome,
            with_best=outcome.ended_well and trainer.best_values is not None,
        )

    def _average(self) -> Json | None:
        if self._prepared.weigh is None or not isinstance(self.trainer, EnsembleTrainer):
            return None
        average = self._prepared.weigh(self.trainer.values, self.trainer.lost)
        self.trainer.weigh(average["weights"])
        return average

    def _folds(self) -> Json | None:
        trainer, own = self.trainer, self._assignment
        if not isinstance(trainer, FoldsTrainer):
            return None
        folds = trainer.measured()
        if self._options.writes_predictions:
            signature, places = signature_for(own, trainer.network, None), self._prepared.fold_places
            self.recorder.store(out_of_fold_blocks(trainer, places, signature, first_row=own.first_row))
        return folds

    def _judgement(self, ask: Ask) -> Judgement | None:
        """Against the model in use at this moment."""
        contest, own, options, prepared = ask(), self._assignment, self._options, self._prepared
        if contest is None or prepared.held_out is None:
            return Judgement(reason=STOPPED, metric=options.promote["if"]["metric"])
        network = self.trainer.network

        def encoder_of(statistics: Json | None) -> Encoder:
            return signature_for(own, network, statistics).encoder(options.columns)

        challenger = Challenger(
            network,
            self.trainer.values,
            options,
            prepared.preprocessing,
            encoder_of,
            prepared.classifier,
            division_of(own.options),
        )
        return judge(challenger, prepared.held_out, contest)


def _end(
    outcome: Outcome,
    importance: Importances | None,
    folds: Json | None,
    average: Json | None,
    judgement: Judgement | None,
    paused_at: int | None,
) -> End:
    return End(
        stopped=outcome.reason == "interrupted",
        paused_at=paused_at,
        stopped_early=outcome.reason == "stopped_early",
        importance=importance,
        folds=folds,
        average=average,
        judgement=judgement,
        error=JobError(code="diverged", message=outcome.message) if outcome.reason == "diverged" else None,
    )
