"""What a storage promises of searches; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from service.domain.paging import Page
from service.domain.searches import NewSearch, NewTrial, Search, SearchFigures, Source, StoredStep, Trial
from service.domain.types import Json


class Searches(ABC):
    """A search owns the networks of its trials. A key that replaces another one takes over its searches."""

    @abstractmethod
    def add_search(self, search: NewSearch) -> Search:
        """Store a search and its points; it is due at once. Raises AlreadyExists when another one has the name."""

    @abstractmethod
    def get_search(self, ref: str) -> Search:
        """By id or by name. Raises NotFound."""

    @abstractmethod
    def list_searches(self, page: Page, *, names: Sequence[str] | None = None) -> Sequence[Search]:
        """Newest first; with `names`, those whose name matches one of the patterns.

        Raises NotFound when `page.after` names nothing.
        """

    @abstractmethod
    def due_searches(self, *, limit: int) -> Sequence[str]:
        """Ids of those that may have something to do: something was asked of them, or a job of theirs has stopped."""

    @abstractmethod
    def lock_search(self, search_id: str) -> Search:
        """The search, which nobody else can lock or change until the transaction ends.

        Raises NotFound, and Conflict while it is being deleted.
        """

    @abstractmethod
    def update_search(self, search_id: str, changes: Json, *, due: bool) -> None:
        """Set status, requested_state, error, best_trial, best_value or max_trials; set times by the status.

        Who made it may change too: created_by, created_by_key and networks.
        """

    @abstractmethod
    def add_trial(self, search_id: str, trial: NewTrial) -> None:
        """Store a trial, waiting for its job."""

    @abstractmethod
    def update_trial(self, search_id: str, number: int, changes: Json) -> None:
        """Set network_id, job_id, status, value, spread or message; one that has ended keeps what its job has spent."""

    @abstractmethod
    def get_trial(self, search_id: str, number: int) -> Trial:
        """Raises NotFound."""

    @abstractmethod
    def get_trials(self, search_id: str, numbers: Sequence[int]) -> Mapping[int, Trial]:
        """Those that are there, by number."""

    @abstractmethod
    def list_trials(self, search_id: str, *, after: int = 0, limit: int | None = None) -> Sequence[Trial]:
        """Those with a number above `after`, in order."""

    @abstractmethod
    def count_trials(self, search_id: str) -> Mapping[Source, int]:
        """How many there are, by who has chosen their parameters."""

    @abstractmethod
    def last_point(self, search_id: str) -> int:
        """The number of the last trial whose parameters the user has chosen; 0 where there is none."""

    @abstractmethod
    def set_step(self, search_id: str, step: StoredStep) -> None:
        """Store a step, or what became of it."""

    @abstractmethod
    def list_steps(self, search_id: str) -> Sequence[StoredStep]:
        """All of them, in order."""

    @abstractmethod
    def search_figures(self, search_ids: Sequence[str]) -> Mapping[str, SearchFigures]:
        """Of each search, what its trials come to."""

    @abstractmethod
    def best_trials(self, search_ids: Sequence[str]) -> Mapping[str, Trial]:
        """The best trial of each search that has one."""

    @abstractmethod
    def delete_search(self, search_id: str, *, keep_jobs: bool = False) -> None:
        """Delete a search with its trials and the networks that it owns, in bounded batches.

        With `keep_jobs`, networks and jobs stay as if nobody had searched; `tune:3` is then called `tune-3-` and
        the end of its id, as another search may take its old name.

        It is marked as deleting first; a second call goes on where a broken one stopped. Raises NotFound, and Conflict
        while it or a job of its networks has not ended, or where a model answers from one of them.
        """
