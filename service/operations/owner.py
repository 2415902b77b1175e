"""The rights that something stored acts with: those that its creator has now."""

from __future__ import annotations

from typing import Protocol

from service.access.keyring import caller_of
from service.domain.access import ANYBODY, Caller, Scope, included
from service.errors import Forbidden, NotFound
from service.storage.base import Storage


class Owned(Protocol):
    @property
    def created_by(self) -> str | None: ...
    @property
    def created_by_key(self) -> str | None: ...
    @property
    def networks(self) -> tuple[str, ...] | None: ...


def owner(storage: Storage, owned: Owned, noun: str, advice: str) -> Caller:
    """Who made it. Raises Forbidden, which ends with the advice, where their key is no longer alive."""
    if owned.created_by_key is not None:
        return _key_caller(storage, owned.created_by_key, noun, advice)
    if owned.created_by is None:  # No key was needed.
        return ANYBODY
    # The rights of a proxy's user stand in a file that no worker reads.
    return Caller(user=owned.created_by, scopes=included([Scope.TRAIN]), networks=owned.networks)


def _key_caller(storage: Storage, key_id: str, noun: str, advice: str) -> Caller:
    try:
        key = storage.get_key(key_id)
    except NotFound:
        raise Forbidden(f"The key {key_id} of this {noun} is gone. {advice}") from None
    if not key.is_alive(storage.read_clock()):
        ended = "was revoked" if key.revoked_at is not None else "has expired"
        raise Forbidden(f"The key {key.name} of this {noun} {ended}. {advice}")
    return caller_of(key, b"")
