"""From a secret to its caller, at a fraction of a query's cost: an answer of the database holds for ten seconds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from service.access.secrets import SECRET_LENGTH, digest_of, is_well_formed
from service.domain.access import ANYBODY, Caller, Key, Session, included
from service.errors import NotFound, StorageError, Unauthenticated
from service.storage.base import Storage

#: How long another process may go on taking a key that was revoked here.
CACHE_SECONDS = 10.0
#: Unknown secrets are remembered too, so the number must have a bound.
MAX_CACHED = 10_000
USED_EVERY_SECONDS = 60.0
_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class _Known:
    """Whose secret it is, and what must be alive for it to hold."""

    caller: Caller | None
    lives: tuple[Key | Session, ...]
    until: float

    def living(self) -> Caller | None:
        now = time.time()
        for life in self.lives:  # A generator would take longer than all the rest.
            if not life.is_alive(now):
                return None
        return self.caller


class Keyring:
    def __init__(self, storage: Storage, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage = storage
        self._clock = clock
        self._known: dict[bytes, _Known] = {}
        self._is_needed = False
        self._is_needed_until = 0.0

    def caller(self, secret: str) -> Caller:
        """Raises Unauthenticated for a secret that is no key's, or whose key is revoked or expired."""
        # What is known was well formed, and need not be looked at again.
        digest = digest_of(secret) if len(secret) == SECRET_LENGTH and secret.isascii() else b""
        is_known = digest in self._known
        caller = self._living(digest, self._find_key) if is_known or is_well_formed(secret) else None
        if caller is None:
            raise Unauthenticated("This key is not known, or was revoked, or has expired. Ask for a new one.")
        return caller

    def session_caller(self, secret: str) -> Caller | None:
        """Who signed in with this cookie; None where the session has ended."""
        return self._living(digest_of(secret), self._find_session) if _COOKIE.fullmatch(secret) else None

    def still_holds(self, caller: Caller) -> bool:
        """Whether a caller of a while ago would be one now."""
        if caller.id is None:
            return not self.is_needed()
        if caller.user is not None:
            return True  # The proxy knows, and every request asks it.
        try:
            find = self._find_key if caller.session_id is None else self._find_session
            return self._living(caller.digest, find) is not None
        except StorageError:
            return True  # Nothing can be read or done meanwhile.

    def is_needed(self) -> bool:
        """Whether a key was ever made. Raises StorageError."""
        if self._clock() >= self._is_needed_until:
            self._is_needed = self._storage.needs_keys()
            self._is_needed_until = self._clock() + CACHE_SECONDS
        return self._is_needed

    def forget(self) -> None:
        """Ask the database again: this process has changed a key or a session."""
        self._known = {}
        self._is_needed_until = 0.0

    def _living(self, digest: bytes, find: Callable[[bytes], _Known]) -> Caller | None:
        known = self._known.get(digest)
        if known is None or self._clock() >= known.until:
            known = find(digest)
            if len(self._known) >= MAX_CACHED:
                self._known = {}
            self._known[digest] = known
        return known.living()

    def _find_key(self, digest: bytes) -> _Known:
        key = self._storage.find_key(digest)
        if key is None:
            return self._remembered(None)
        if key.is_alive(time.time()):
            self._note_use(key.last_used_at, lambda: self._storage.touch_key(key.id))
        return self._remembered(caller_of(key, digest), key)

    def _find_session(self, digest: bytes) -> _Known:
        session = self._storage.find_session(digest)
        if session is None:
            return self._remembered(None)
        if session.is_alive(time.time()):
            self._note_use(session.last_used_at, lambda: self._storage.touch_session(session.id))
        if session.key_id is None:
            return self._remembered(replace(ANYBODY, session_id=session.id, digest=digest), session)
        key = self._storage.get_key(session.key_id)
        return self._remembered(replace(caller_of(key, digest), session_id=session.id), session, key)

    def _remembered(self, caller: Caller | None, *lives: Key | Session) -> _Known:
        return _Known(caller, lives, self._clock() + CACHE_SECONDS)

    def _note_use(self, last: float | None, touch: Callable[[], None]) -> None:
        if last is None or time.time() - last >= USED_EVERY_SECONDS:
            with suppress(StorageError, NotFound):  # It is as good where the database cannot be written.
                touch()


def caller_of(key: Key, digest: bytes) -> Caller:
    return Caller(
        key_id=key.id,
        name=key.name,
        scopes=included(key.scopes),
        networks=key.networks,
        limits=key.limits,
        digest=digest,
    )
