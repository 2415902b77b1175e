"""What was changed and what was rejected, as frozen records. Times are seconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """A change that was made, or a request that was rejected for lack of rights. It holds no body and no secret."""

    id: str
    created_at: float
    key_id: str | None  #: None: no key was needed, or none was known
    key_name: str | None
    action: str | None  #: the operationId; None where a request leads to no operation
    object: str | None  #: a path such as networks/churn, as the request wrote it or as the answer located it
    address: str | None  #: of the client
    request_id: str
    status: int


@dataclass(frozen=True, kw_only=True)
class NewAuditEntry:
    id: str
    key_id: str | None
    key_name: str | None
    action: str | None
    object: str | None
    address: str | None
    request_id: str
    status: int
    seconds_ago: float = 0.0  #: when it happened, by the time it is stored


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; None: whatever they have."""

    key: str | None = None  #: an id, or a name
    action: str | None = None
    object: str | None = None  #: with all that lies under it
    status: int | None = None
    from_time: float | None = None
    to_time: float | None = None  #: the first moment that is too late
