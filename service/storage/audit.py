"""What a storage promises of the audit; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.audit import AuditEntry, AuditFilter, NewAuditEntry
from service.domain.paging import Page


class Audit(ABC):
    """Entries are added and forgotten, and never changed."""

    @abstractmethod
    def add_audit(self, entries: Sequence[NewAuditEntry]) -> None:
        """Store all of them."""

    @abstractmethod
    def list_audit(self, page: Page, wanted: AuditFilter) -> Sequence[AuditEntry]:
        """Newest first. Raises NotFound when `page.after` names nothing."""

    @abstractmethod
    def forget_audit(self, *, older_than_seconds: float, limit: int) -> int:
        """Delete the oldest of the entries that are older, at most `limit`; return how many."""
