"""Which parameters of a search decided how good a trial was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.domain.searches import Search, TrialStatus
from service.operations.backend import Backend
from service.operations.searches.optional import check_optuna
from service.operations.searches.turn import request_of
from service.search.past import Past, loss_of

#: Of fewer trials, nothing can be said.
LEAST_TRIALS = 10
#: What says nothing of the parameters.
UNJUDGED = frozenset({TrialStatus.FAILED, TrialStatus.CANCELLED})


@dataclass(frozen=True)
class Importances:
    trials: int  #: that came to a rung, or to an end
    best_share: float | None  #: of them, which count as the best
    parameters: Mapping[str, float | None]  #: by pointer, the largest first


def search_importances(backend: Backend, ref: str) -> Importances:
    """Raises NotFound, and NotInstalled without Optuna."""
    search = backend.storage.get_search(ref)
    check_optuna("Importances of parameters need")
    past, space = list(_judged(backend, search)), request_of(backend, search).space
    if len(past) < LEAST_TRIALS:
        return Importances(len(past), None, dict.fromkeys(space.parameters))
    from service.search.importances import best_share, importances  # Optuna is optional.

    return Importances(len(past), best_share(len(past)), importances(space, past))


def _judged(backend: Backend, search: Search) -> Iterator[Past]:
    """Each trial with what it was last worth: the worst where it diverged."""
    goal = request_of(backend, search).goal
    values = {step.trial: step.value for step in backend.storage.list_steps(search.id) if step.ended}
    for trial in backend.storage.list_trials(search.id):
        if trial.number in values and trial.status not in UNJUDGED:
            yield Past(trial.parameters, loss_of(values[trial.number], goal))
