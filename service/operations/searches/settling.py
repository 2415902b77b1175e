"""Record what has become of the steps of a search: their value, and how their trial ended."""

from __future__ import annotations

from dataclasses import replace

from service.domain.searches import ENDED_TRIALS, StoredStep, Trial, TrialStatus
from service.domain.status import ENDED, Status
from service.operations.searches.turn import Turn
from service.operations.searches.worth import Worth, worth_of

DIVERGED = "diverged"
DELETED = "Its job was deleted."
NOTHING = Worth()


def settle(turn: Turn) -> None:
    for step, trial in turn.running_trials():
        if trial.status in ENDED_TRIALS and trial.finished_at is not None:  # It could not begin, or was cancelled.
            _end(turn, step, trial.status, trial.value)
        elif trial.job_id is not None and trial.job_status is None:
            _end_trial(turn, step, TrialStatus.CANCELLED, message=DELETED)
        elif trial.job_status in ENDED:
            _end_with_job(turn, step, trial)
        elif trial.job_status is Status.PAUSED and step.epoch is not None and trial.epoch >= step.epoch:
            _end_at_rung(turn, step, trial)


def _end_with_job(turn: Turn, step: StoredStep, trial: Trial) -> None:
    job = turn.backend.storage.get_job(trial.job_id or "")
    if job.status is Status.SUCCEEDED:
        worth = worth_of(turn.backend, turn.request, job)
        if worth.diverged:
            words = f"{worth.diverged} of its {worth.fits} folds and repeats have diverged."
            _end_trial(turn, step, TrialStatus.DIVERGED, message=words)
        else:
            _end_trial(turn, step, TrialStatus.SUCCEEDED, worth)
    elif job.status is Status.CANCELLED:
        _end_trial(turn, step, TrialStatus.CANCELLED)
    else:
        code = job.error.code if job.error else ""
        outcome = TrialStatus.DIVERGED if code == DIVERGED else TrialStatus.FAILED
        _end_trial(turn, step, outcome, message=job.error.message if job.error else None)


def _end_at_rung(turn: Turn, step: StoredStep, trial: Trial) -> None:
    worth = worth_of(turn.backend, turn.request, turn.backend.storage.get_job(trial.job_id or ""))
    if worth.spread is not None:
        turn.backend.storage.update_trial(turn.search.id, trial.number, {"spread": worth.spread})
    turn.put_step(replace(step, ended=True, value=worth.value))


def _end_trial(
    turn: Turn, step: StoredStep, outcome: TrialStatus, worth: Worth = NOTHING, *, message: str | None = None
) -> None:
    turn.end_trial(step, outcome, worth, message)
    _end(turn, step, outcome, worth.value)


def _end(turn: Turn, step: StoredStep, outcome: TrialStatus, value: float | None) -> None:
    turn.put_step(replace(step, ended=True, value=value, outcome=outcome))
