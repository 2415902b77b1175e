"""Requests with an Idempotency-Key, and what they were answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StoredAnswer:
    """What a first request with an Idempotency-Key was answered, to be given again."""

    status: int
    body: bytes
    location: str | None


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    route: str
    key: str
    fingerprint: str
