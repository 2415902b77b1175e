"""The audit's entries of what `./run keys` does on the machine that has the database."""

from __future__ import annotations

from service.domain.audit import NewAuditEntry
from service.domain.ids import new_id
from service.storage.audit import Audit

#: Stands where the name of a key does.
NAME = "command line"


def record(storage: Audit, action: str, object: str | None, status: int) -> None:
    """As the same request to the API would be recorded, without address and request."""
    entry = NewAuditEntry(
        id=new_id("aud"),
        key_id=None,
        key_name=NAME,
        action=action,
        object=object,
        address=None,
        request_id="",
        status=status,
    )
    storage.add_audit([entry])
