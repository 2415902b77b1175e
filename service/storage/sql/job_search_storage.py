"""The part of the SQL storage that looks for jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from service.domain.job_search import JobOrder, JobSearch
from service.domain.jobs import Job
from service.domain.paging import Page
from service.domain.status import Status
from service.storage.job_search import JobSearches
from service.storage.sql import job_search, jobs
from service.storage.sql.transaction import Transactions


class SqlJobSearch(JobSearches):
    _transactions: Transactions

    def find_jobs(self, search: JobSearch, order: JobOrder, page: Page) -> Sequence[Job]:
        with self._transactions.reading() as connection:
            return job_search.find(connection, search, order, page)

    def count_found_jobs(self, search: JobSearch) -> Mapping[Status, int]:
        with self._transactions.reading() as connection:
            return job_search.count(connection, search)

    def best_jobs(self, network_ids: Collection[str]) -> Collection[str]:
        with self._transactions.reading() as connection:
            return job_search.best(connection, network_ids)

    def describe_job(self, job_id: str, changes: Mapping[str, Any]) -> Job:
        with self._transactions.writing() as connection:
            return jobs.describe(connection, job_id, changes)
