"""What a storage promises of schedules; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.paging import Page
from service.domain.schedules import NewSchedule, Run, Schedule
from service.domain.types import Json


class Schedules(ABC):
    """A schedule is deleted with its network. A key that replaces another one takes over its schedules."""

    @abstractmethod
    def read_clock(self) -> float:
        """The database's clock, by which a schedule is due."""

    @abstractmethod
    def add_schedule(self, schedule: NewSchedule) -> Schedule:
        """Raises AlreadyExists when another one has the name, and NotFound without its network."""

    @abstractmethod
    def get_schedule(self, ref: str) -> Schedule:
        """By id or by name. Raises NotFound."""

    @abstractmethod
    def list_schedules(
        self, page: Page, *, names: Sequence[str] | None = None, network_id: str | None = None
    ) -> Sequence[Schedule]:
        """Newest first; with `names`, those of networks whose name matches one of the patterns.

        Raises NotFound when `page.after` names nothing.
        """

    @abstractmethod
    def update_schedule(self, schedule_id: str, changes: Json) -> Schedule:
        """Change fields of `NewSchedule`, `paused` or `stopped`. Raises NotFound, AlreadyExists."""

    @abstractmethod
    def delete_schedule(self, schedule_id: str) -> None:
        """Its jobs stay. Raises NotFound."""

    @abstractmethod
    def due_schedules(self, *, limit: int) -> Sequence[Schedule]:
        """Those that are due, the longest first."""

    @abstractmethod
    def begin_run(self, schedule: Schedule, *, next_at: float) -> bool:
        """Take a due run, in one transaction with all that belongs to it; the schedule is then due at `next_at`.

        False where somebody else has taken it, or the schedule was changed since it was read.
        """

    @abstractmethod
    def end_run(self, schedule_id: str, run: Run) -> None:
        """Record what became of a run. Nothing where the schedule has been deleted."""
