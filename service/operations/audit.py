"""The audit, read from end to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.domain.audit import AuditEntry, AuditFilter
from service.domain.paging import Page
from service.operations.backend import Backend

CHUNK = 500


def all_entries(backend: Backend, wanted: AuditFilter, *, after: str | None) -> Iterator[AuditEntry]:
    """Page by page, so that nobody holds them all in memory. Raises NotFound at once when `after` names nothing."""
    first = backend.storage.list_audit(Page(limit=CHUNK, after=after), wanted)
    return _entries(backend, wanted, first)


def _entries(backend: Backend, wanted: AuditFilter, found: Sequence[AuditEntry]) -> Iterator[AuditEntry]:
    while found:
        yield from found
        found = backend.storage.list_audit(Page(limit=CHUNK, after=found[-1].id), wanted)
