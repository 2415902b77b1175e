"""One look at a search whose row is locked: what is stored of it, and what is written back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from service.domain.searches import NewTrial, Search, SearchError, StoredStep, Trial, TrialStatus
from service.domain.status import RequestedState, Status
from service.domain.types import Json
from service.operations.backend import Backend
from service.operations.searches.request import SearchRequest
from service.operations.searches.worth import Worth
from service.search.moves import Rules, Step
from service.search.past import Past
from service.search.spec import Tpe


@dataclass
class Turn:
    backend: Backend
    search: Search
    request: SearchRequest
    steps: list[StoredStep]

    @property
    def running(self) -> list[StoredStep]:
        return [step for step in self.steps if not step.ended]

    @cached_property
    def rules(self) -> Rules:
        limits, spent = self.request.spec.limits, 0.0
        if limits.seconds is not None:
            spent = self.backend.storage.search_figures([self.search.id])[self.search.id].seconds
        return Rules(
            limits=limits,
            trials=self.search.max_trials,
            goal=self.request.goal,
            pruner=self.request.spec.pruner,
            ladder=self.request.ladder,
            asked=self.backend.storage.last_point(self.search.id),
            spent=spent,
        )

    def trial(self, number: int) -> Trial:
        return self.backend.storage.get_trial(self.search.id, number)

    def running_trials(self) -> list[tuple[StoredStep, Trial]]:
        """Each step that has not ended with its trial, by one read of all of them."""
        steps = self.running
        found = self.backend.storage.get_trials(self.search.id, [step.trial for step in steps])
        return [(step, found[step.trial]) for step in steps]

    def put_step(self, step: StoredStep) -> None:
        self.backend.storage.set_step(self.search.id, step)
        self.steps[step.number : step.number + 1] = [step]

    def add_trial(self, number: int, parameters: dict[str, object]) -> None:
        self.backend.storage.add_trial(self.search.id, NewTrial(number=number, parameters=parameters))

    def end_trial(self, step: StoredStep, outcome: TrialStatus, worth: Worth, message: str | None) -> None:
        value = worth.value
        changes = {"status": outcome, "value": value, "spread": worth.spread, "message": message}
        self.backend.storage.update_trial(self.search.id, step.trial, changes)
        if outcome is TrialStatus.SUCCEEDED and self._is_best(step.trial, value):
            best = {"best_trial": step.trial, "best_value": value}
            self.backend.storage.update_search(self.search.id, best, due=False)
            self.search = replace(self.search, best_trial=step.trial, best_value=value)

    def _is_best(self, trial: int, value: float | None) -> bool:
        """Of two that are worth the same, the first one."""
        if self.rules.loss(value) == float("inf"):
            return False
        if self.search.best_trial is None:
            return True
        best = (self.rules.loss(self.search.best_value), self.search.best_trial)
        return (self.rules.loss(value), trial) < best

    def seen_steps(self) -> list[Step]:
        return [_seen(step) for step in self.steps]

    def past(self, seen: int) -> list[Past]:
        """What a sampler may know: all trials that have begun, with the results of the first `seen` steps."""
        if not isinstance(self.request.spec.sampler, Tpe):
            return []
        begun, top = {step.trial for step in self.steps}, len(self.request.ladder) - 1
        newest = {step.trial: step for step in self.steps[:seen]}
        found = self.backend.storage.list_trials(self.search.id)
        own = [_past(trial, newest.get(trial.number), self.rules, top) for trial in found if trial.number in begun]
        return [*(_warm(one, self.rules) for one in self.request.warm), *own]

    def save(self, status: Status, error: SearchError | None = None) -> None:
        changes = {} if status is self.search.status else {"status": status, "error": error or self.search.error}
        self.backend.storage.update_search(self.search.id, changes, due=False)


def open_turn(backend: Backend, search: Search) -> Turn:
    return Turn(backend, search, request_of(backend, search), list(backend.storage.list_steps(search.id)))


def request_of(backend: Backend, search: Search) -> SearchRequest:
    """It never changes, so it is read once by each process."""
    request: SearchRequest = backend.cache.remember(
        ("search", search.id), lambda: SearchRequest.from_json(search.spec), size_of=lambda _: len(str(search.spec))
    )
    return request


def fail_search(backend: Backend, search_id: str, error: SearchError) -> None:
    """Let it fail once all that trains for it has been cancelled."""
    changes = {"status": Status.CANCELLING, "requested_state": RequestedState.CANCEL, "error": error}
    backend.storage.update_search(search_id, changes, due=True)


def _past(trial: Trial, step: StoredStep | None, rules: Rules, top: int) -> Past:
    if step is None:
        return Past(trial.parameters, None)
    is_whole = step.rung == top or step.outcome is not None
    return Past(trial.parameters, rules.loss(step.value), step.rung, is_whole)


def _warm(one: Json, rules: Rules) -> Past:
    return Past(one["parameters"], rules.loss(one["value"]), one["rung"], one["is_whole"], is_own=False)


def _seen(step: StoredStep) -> Step:
    return Step(
        trial=step.trial,
        rung=step.rung,
        ended=step.ended,
        value=step.value,
        is_last=step.outcome is not None,
        failed=step.outcome is TrialStatus.FAILED,
    )
