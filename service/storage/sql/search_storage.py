"""The part of the SQL storage that keeps searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.domain.paging import Page
from service.domain.searches import NewSearch, NewTrial, Search, SearchFigures, Source, StoredStep, Trial
from service.domain.types import Json
from service.storage.searches import Searches
from service.storage.sql import deletion, searches, trials
from service.storage.sql.transaction import Transactions


class SqlSearches(Searches):
    _transactions: Transactions

    def add_search(self, search: NewSearch) -> Search:
        with self._transactions.writing(taken=searches.taken(search.name)) as connection:
            return searches.add(connection, search)

    def get_search(self, ref: str) -> Search:
        with self._transactions.reading() as connection:
            return searches.get(connection, ref)

    def list_searches(self, page: Page, *, names: Sequence[str] | None = None) -> Sequence[Search]:
        with self._transactions.reading() as connection:
            return searches.list_page(connection, page, names)

    def due_searches(self, *, limit: int) -> Sequence[str]:
        with self._transactions.reading() as connection:
            return searches.due(connection, limit)

    def lock_search(self, search_id: str) -> Search:
        with self._transactions.writing() as connection:
            return searches.lock(connection, search_id)

    def update_search(self, search_id: str, changes: Json, *, due: bool) -> None:
        with self._transactions.writing() as connection:
            searches.update(connection, search_id, changes, is_due=due)

    def add_trial(self, search_id: str, trial: NewTrial) -> None:
        with self._transactions.writing() as connection:
            trials.add(connection, search_id, trial)

    def update_trial(self, search_id: str, number: int, changes: Json) -> None:
        with self._transactions.writing() as connection:
            trials.update(connection, search_id, number, changes)

    def get_trial(self, search_id: str, number: int) -> Trial:
        with self._transactions.reading() as connection:
            return trials.get(connection, search_id, number)

    def get_trials(self, search_id: str, numbers: Sequence[int]) -> Mapping[int, Trial]:
        with self._transactions.reading() as connection:
            return trials.get_all(connection, search_id, numbers)

    def list_trials(self, search_id: str, *, after: int = 0, limit: int | None = None) -> Sequence[Trial]:
        with self._transactions.reading() as connection:
            return trials.list_after(connection, search_id, after=after, limit=limit)

    def count_trials(self, search_id: str) -> Mapping[Source, int]:
        with self._transactions.reading() as connection:
            return trials.count(connection, search_id)

    def last_point(self, search_id: str) -> int:
        with self._transactions.reading() as connection:
            return trials.last_point(connection, search_id)

    def set_step(self, search_id: str, step: StoredStep) -> None:
        with self._transactions.writing() as connection:
            trials.set_step(connection, search_id, step)

    def list_steps(self, search_id: str) -> Sequence[StoredStep]:
        with self._transactions.reading() as connection:
            return trials.list_steps(connection, search_id)

    def search_figures(self, search_ids: Sequence[str]) -> Mapping[str, SearchFigures]:
        with self._transactions.reading() as connection:
            return searches.figures(connection, search_ids)

    def best_trials(self, search_ids: Sequence[str]) -> Mapping[str, Trial]:
        with self._transactions.reading() as connection:
            return trials.best(connection, search_ids)

    def delete_search(self, search_id: str, *, keep_jobs: bool = False) -> None:
        deletion.delete_search(self._transactions, search_id, keep_jobs=keep_jobs)
