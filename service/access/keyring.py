"""From a secret to its caller, at a fraction of what a query costs: what the database said holds for ten seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from service.access.secrets import digest_of, is_well_formed
from service.domain.access import Caller, Key, included
from service.errors import StorageError, Unauthenticated
from service.storage.keys import Keys

#: How long another process may go on taking a key that was revoked here.
CACHE_SECONDS = 10.0
#: Unknown secrets are remembered too, so the number must have a bound.
MAX_CACHED = 10_000
USED_EVERY_SECONDS = 60.0


@dataclass(frozen=True)
class _Known:
    caller: Caller | None
    key: Key | None
    until: float


class Keyring:
    def __init__(self, storage: Keys, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage = storage
        self._clock = clock
        self._known: dict[bytes, _Known] = {}
        self._is_needed = False
        self._is_needed_until = 0.0

    def caller(self, secret: str) -> Caller:
        """Raises Unauthenticated for a secret that is no key's, or whose key is revoked or expired."""
        caller = self._living(digest_of(secret)) if is_well_formed(secret) else None
        if caller is None:
            raise Unauthenticated("This key is not known, or was revoked, or has expired. Ask for a new one.")
        return caller

    def still_holds(self, caller: Caller) -> bool:
        """Whether a caller of a while ago would be one now."""
        if caller.key_id is None:
            return not self.is_needed()
        try:
            return self._living(caller.digest) is not None
        except StorageError:
            return True  # Nothing can be read or done meanwhile.

    def is_needed(self) -> bool:
        """Whether a key was ever made. Raises StorageError."""
        if self._clock() >= self._is_needed_until:
            self._is_needed = self._storage.needs_keys()
            self._is_needed_until = self._clock() + CACHE_SECONDS
        return self._is_needed

    def forget(self) -> None:
        """Ask the database again: this process has changed a key."""
        self._known = {}
        self._is_needed_until = 0.0

    def _living(self, digest: bytes) -> Caller | None:
        known = self._known.get(digest)
        if known is None or self._clock() >= known.until:
            known = self._look_up(digest)
        return known.caller if known.key is not None and known.key.is_alive(time.time()) else None

    def _look_up(self, digest: bytes) -> _Known:
        key = self._storage.find_key(digest)
        known = _Known(None if key is None else caller_of(key, digest), key, self._clock() + CACHE_SECONDS)
        if len(self._known) >= MAX_CACHED:
            self._known = {}
        self._known[digest] = known
        if key is not None and key.is_alive(time.time()):
            self._note_use(key)
        return known

    def _note_use(self, key: Key) -> None:
        if key.last_used_at is None or time.time() - key.last_used_at >= USED_EVERY_SECONDS:
            with suppress(StorageError):  # A key is as good where the database cannot be written.
                self._storage.touch_key(key.id)


def caller_of(key: Key, digest: bytes) -> Caller:
    return Caller(key_id=key.id, scopes=included(key.scopes), networks=key.networks, digest=digest)
