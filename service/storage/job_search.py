"""What a storage promises to who looks for jobs; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from service.domain.job_search import JobOrder, JobSearch
from service.domain.jobs import Job
from service.domain.paging import Page
from service.domain.status import Status


class JobSearches(ABC):
    @abstractmethod
    def find_jobs(self, search: JobSearch, order: JobOrder, page: Page) -> Sequence[Job]:
        """Jobs in an order of which `page.after` is the last one seen; equal ones newest first.

        Words are looked for in a job's name, note, tags, id, status, optimizer, schedule and data set, and in the name
        and the tags of its network. Raises NotFound when `page.after` names nothing.
        """

    @abstractmethod
    def count_found_jobs(self, search: JobSearch) -> Mapping[Status, int]:
        """How many there are of each status that any has."""

    @abstractmethod
    def best_jobs(self, network_ids: Collection[str]) -> Collection[str]:
        """Of the networks, the ids of the jobs with the best number among those that monitored it on the same rows.

        Jobs that failed, and those that have no other to be compared with, are left out.
        """

    @abstractmethod
    def describe_job(self, job_id: str, changes: Mapping[str, Any]) -> Job:
        """Change `title`, `note` or `tags`, those that are given. Raises NotFound."""
