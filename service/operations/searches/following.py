"""What a search does in one look: record what has ended, then what was asked of it, then what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.domain.jobs import Job, Pace
from service.domain.searches import ENDED_TRIALS, SearchError, Source, StoredStep, Trial, TrialStatus
from service.domain.status import ACTIVE, HELD, RequestedState, Status
from service.operations.searches.settling import settle
from service.operations.searches.turn import Turn
from service.search.moves import Begin, End, next_move
from service.search.pruning import Promote
from service.search.samplers import sample


def follow(turn: Turn) -> Sequence[StoredStep]:
    """The steps whose jobs are to be made."""
    settle(turn)
    if turn.search.requested_state is RequestedState.CANCEL:
        _cancel(turn)
        return ()
    if turn.search.requested_state is RequestedState.PAUSE:
        _pause(turn)
        return ()
    if turn.search.status is not Status.RUNNING:
        _resume(turn)
    return _go_on(turn)


def _cancel(turn: Turn) -> None:
    for trial in _unended(turn):
        _stop(turn, trial, TrialStatus.CANCELLED)
    settle(turn)
    ended = Status.FAILED if turn.search.error else Status.CANCELLED
    turn.save(Status.CANCELLING if turn.running else ended)


def _stop(turn: Turn, trial: Trial, outcome: TrialStatus) -> None:
    """Cancel its job; what waits at a rung, or for a job, ends there with what it was worth."""
    storage = turn.backend.storage
    if trial.job_id is not None and trial.job_status in ACTIVE:
        storage.set_requested_state(trial.job_id, RequestedState.CANCEL)
    last = next((step for step in reversed(turn.steps) if step.trial == trial.number), None)
    if trial.job_id is not None and last is not None and not last.ended:
        return
    changes = {"status": outcome, "value": last.value if last else None}
    storage.update_trial(turn.search.id, trial.number, changes)
    if last is not None:
        turn.put_step(replace(last, ended=True, outcome=outcome))


def _unended(turn: Turn) -> list[Trial]:
    found = turn.backend.storage.list_trials(turn.search.id)
    return [trial for trial in found if trial.status not in ENDED_TRIALS or trial.finished_at is None]


def _pause(turn: Turn) -> None:
    storage, held = turn.backend.storage, False
    for _, trial in turn.running_trials():
        if trial.job_id is not None and trial.job_status in (Status.QUEUED, Status.RUNNING):
            held |= storage.set_requested_state(trial.job_id, RequestedState.PAUSE).status in HELD
        else:
            held |= trial.job_status in HELD
    turn.save(Status.PAUSING if held else Status.PAUSED)


def _resume(turn: Turn) -> None:
    """Let go on what was stopped on its way; what is at its epoch was settled before."""
    for step, trial in turn.running_trials():
        if trial.job_id is not None and trial.job_status in (Status.PAUSED, Status.PAUSING):
            resume_job(turn, trial.job_id, step)


def resume_job(turn: Turn, job_id: str, step: StoredStep) -> Job:
    """Let the job of a trial train up to the epoch of a step."""
    storage, dispatcher = turn.backend.storage, turn.backend.dispatcher
    speed = storage.get_job(job_id).epochs_per_second
    job = storage.resume_job(job_id, Pace(pause_at=step.epoch, epochs_per_second=speed))
    if job.status is Status.QUEUED:
        storage.on_commit(lambda: dispatcher.send(job_id))
    return job


def _go_on(turn: Turn) -> Sequence[StoredStep]:
    move = next_move(turn.rules, turn.seen_steps())
    while (isinstance(move, Begin) and _begin(turn, move)) or (isinstance(move, Promote) and _promote(turn, move)):
        move = next_move(turn.rules, turn.seen_steps())
    if isinstance(move, Begin | End) and not turn.running:
        _end(turn, move.reason if isinstance(move, End) else None)
        return ()
    turn.save(Status.RUNNING)
    return [step for step, trial in turn.running_trials() if trial.job_id is None and trial.status not in ENDED_TRIALS]


def _begin(turn: Turn, move: Begin) -> bool:
    """Store the next trial and its first step; False where the sampler has no more."""
    counted = turn.backend.storage.count_trials(turn.search.id)
    if move.trial > sum(counted.values()):
        sampled = counted[Source.SAMPLER]
        parameters = sample(turn.request.spec.sampler, turn.request.space, sampled, turn.past(move.seen))
        if parameters is None:
            return False
        turn.add_trial(move.trial, parameters)
    turn.put_step(_step(turn, move))
    return True


def _promote(turn: Turn, move: Promote) -> bool:
    """Resume the job of a trial; if it has ended meanwhile, the next look finds that."""
    step = _step(turn, move)
    turn.put_step(step)
    trial = turn.trial(move.trial)
    if trial.job_id is not None and trial.job_status in ACTIVE:
        resume_job(turn, trial.job_id, step)
    return True


def _step(turn: Turn, move: Begin | Promote) -> StoredStep:
    epoch = turn.request.ladder[move.rung]
    return StoredStep(number=len(turn.steps), trial=move.trial, rung=move.rung, epoch=epoch)


def _end(turn: Turn, reason: str | None) -> None:
    for trial in _unended(turn):
        has_begun = any(step.trial == trial.number for step in turn.steps)
        _stop(turn, trial, TrialStatus.PRUNED if has_begun else TrialStatus.CANCELLED)
    if reason is not None:
        turn.save(Status.FAILED, SearchError(code="failures", message=reason))
    elif turn.search.best_trial is None:
        turn.save(Status.FAILED, SearchError(code="no_trial", message="No trial has succeeded."))
    else:
        turn.save(Status.SUCCEEDED)
