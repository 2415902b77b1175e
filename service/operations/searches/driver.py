"""Move searches on: what has ended is recorded, and what comes next is begun.

Every worker does this, whenever a trial of its own has ended and once a second. It locks the search's row, and what
comes next follows from what is stored, so that it does not matter which worker does it, when, or how often.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from service.domain.searches import SearchError, StoredStep, TrialStatus
from service.domain.status import ENDED
from service.errors import FeedforwardError, Forbidden, NotFound, StorageError, TooManyJobs
from service.operations.backend import Backend
from service.operations.searches.beginning import begin_together, begin_trial
from service.operations.searches.following import follow
from service.operations.searches.turn import Turn, fail_search, open_turn
from service.operations.sentences import sentence

logger = logging.getLogger(__name__)

#: Searches looked at in one go.
BATCH = 100


def advance_due(backend: Backend) -> None:
    """Move on all that may have something to do; `backend` has every right."""
    for search_id in backend.storage.due_searches(limit=BATCH):
        try:
            advance(backend, search_id)
        except StorageError:
            raise
        except Exception:  # The others must go on.
            logger.exception("Search %s could not be moved on.", search_id)


def advance(backend: Backend, search_id: str) -> None:
    """Move one on as far as it can go now. Nothing where it has ended, or is gone."""
    try:
        while _begin(backend, *_decide(backend, search_id)):
            pass
    except NotFound:
        logger.info("Search %s is gone.", search_id)


def _decide(backend: Backend, search_id: str) -> tuple[Turn | None, Sequence[StoredStep]]:
    """What is to be begun is stored before any job is made of it."""
    with backend.storage.transaction():
        search = backend.storage.lock_search(search_id)
        if search.status in ENDED:
            backend.storage.update_search(search_id, {}, due=False)
            return None, ()
        turn = open_turn(backend, search)
        return turn, follow(turn)


def _begin(backend: Backend, turn: Turn | None, steps: Sequence[StoredStep]) -> bool:
    """Make the jobs of what was decided; True where a trial has failed at that, and the search can go on at once."""
    has_failed = False
    if turn is not None and len(steps) > 1 and begin_together(backend, turn.search, turn.request, steps):
        return False
    for step in steps:
        assert turn is not None
        try:
            begin_trial(backend, turn.search, turn.request, step)
        except TooManyJobs:  # The next look tries again.
            return False
        except StorageError:
            raise
        except Forbidden as error:
            fail_search(backend, turn.search.id, SearchError(code=error.code, message=error.message))
            return False
        except FeedforwardError as error:
            has_failed = True
            changes = {"status": TrialStatus.FAILED, "message": sentence(error)}
            backend.storage.update_trial(turn.search.id, step.trial, changes)
    return has_failed
