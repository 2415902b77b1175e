"""What a storage promises of watches for drift; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.monitoring import Look, NetworkEvent, Watch


class Watches(ABC):
    """A network has at most one watch, which `set_answer_log` makes, changes and removes."""

    @abstractmethod
    def get_watch(self, network_id: str) -> Watch | None: ...

    @abstractmethod
    def due_watches(self, *, limit: int) -> Sequence[Watch]:
        """Those that are due, the longest first."""

    @abstractmethod
    def begin_look(self, watch: Watch, *, lease_seconds: float) -> Watch | None:
        """Take a due look. A look that does not end is due again after the lease.

        None where somebody else has taken it, or the watch was changed or removed since it was read.
        """

    @abstractmethod
    def end_look(self, watch: Watch, look: Look) -> bool:
        """Record what a look has found with its events and its callback; the next one is due an interval after it
        began.

        False, and nothing is written, where the watch was changed or another look has begun. Raises NotFound without
        its network.
        """

    @abstractmethod
    def list_network_events(self, network_id: str, *, after: int = 0, limit: int = 100) -> Sequence[NetworkEvent]:
        """Those with a number above `after` that are kept, the newest 1,000, in order. Raises NotFound."""
