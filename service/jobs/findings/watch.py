"""Follows one run, and says what is found: while it trains, as soon as it is certain, and at its end in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.data.calibration import Calibration
from service.domain.epochs import Epoch
from service.domain.types import Json
from service.engine.training.ensemble import EnsembleTrainer
from service.engine.training.report import Outcome
from service.jobs.findings.answers import ask
from service.jobs.findings.course import Course
from service.jobs.findings.data_facts import measure_data
from service.jobs.findings.facts import Facts
from service.jobs.findings.rules import judge
from service.jobs.fits import AnyTrainer
from service.jobs.preparation import Prepared

Findings = tuple[Json, ...]


class Watch:
    """`saved` is the course of an earlier run of the job, from its checkpoint."""

    def __init__(self, trainer: AnyTrainer, prepared: Prepared, saved: Json | None = None) -> None:
        self._trainer = trainer
        self._prepared = prepared
        self.course = Course(saved)
        self._facts = Facts(
            data=measure_data(
                trainer.network,
                trainer.spec,
                prepared.training,
                prepared.validation,
                prepared.classifier,
                prepared.groups,
            ),
            course=(),
            members=max(1, len(trainer.network.members)),
        )
        self._found: Findings = ()

    def add(self, epochs: Sequence[Epoch]) -> None:
        self.course.add_all(epochs)

    def news(self) -> Findings | None:
        """What is found so far; None where that is nothing new. A code once found stays until the end."""
        found = judge(self._so_far())
        known = {finding["code"] for finding in self._found}
        new = [finding for finding in found if finding["code"] not in known]
        if not new:
            return None
        self._found = (*self._found, *new)
        return self._found

    def _so_far(self) -> Facts:
        trainer = self._trainer
        lost = tuple(sorted(trainer.lost)) if isinstance(trainer, EnsembleTrainer) else ()
        return replace(self._facts, course=self.course.points, lost_members=lost)

    def verdict(
        self, outcome: Outcome, kept_epoch: int | None, calibration: Calibration | None = None
    ) -> Findings | None:
        """What is found at the end; None of a run that was stopped, which keeps what was found on the way.

        Classes are predicted as the calibration has it."""
        if outcome.reason == "interrupted":
            return None
        trainer, prepared = self._trainer, self._prepared
        answers = None
        if outcome.ended_well:
            answers = ask(
                trainer.network,
                trainer.values,
                prepared.training,
                prepared.held_out_pool(trainer.network),
                prepared.classifier,
                prepared.groups,
                epochs=trainer.epoch,
                calibration=calibration,
            )
        threshold = None if calibration is None else calibration.threshold
        ended = replace(self._so_far(), answers=answers, no_threshold=threshold.reason if threshold else None)
        return judge(replace(ended, ended=outcome.reason, kept_epoch=kept_epoch))
