"""Who may do what: scopes, keys and callers, as frozen records. Times are seconds since 1970, UTC."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from service.domain.key_limits import NO_LIMITS, KeyLimits


class Scope(StrEnum):
    READ = "read"  #: look at networks, jobs, history, weights and data sets
    PREDICT = "predict"  #: predict, evaluate and explain
    TRAIN = "train"  #: create networks, upload data sets, start and steer jobs
    MANAGE = "manage"  #: rename, delete, name snapshots, import weights
    ADMIN = "admin"  #: everything, keys and the audit among it


#: What each scope allows. A key that may change a network may also read it.
INCLUDED: dict[Scope, frozenset[Scope]] = {
    scope: frozenset(Scope) if scope is Scope.ADMIN else frozenset({scope, Scope.READ}) for scope in Scope
}


def included(scopes: Collection[Scope]) -> frozenset[Scope]:
    """These scopes and all that they include."""
    return frozenset(inner for scope in scopes for inner in INCLUDED[scope])


def matches(name: str, pattern: str) -> bool:
    """Whether a name is one that a pattern means; `*` stands for any characters, and nothing else is special."""
    return _compiled(pattern).fullmatch(name) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Key:
    """An API key, without its secret, which nobody has but its holder."""

    id: str
    name: str
    hint: str  #: the ends of the secret, to know it by
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...] | None  #: patterns of names of networks and data sets; None: all of them
    created_at: float
    created_by: str | None  #: the key that made it; None: the command line, or nobody had a key yet
    expires_at: float | None
    last_used_at: float | None  #: to about a minute
    revoked_at: float | None
    replaces: str | None  #: the key it was rotated from
    limits: KeyLimits = NO_LIMITS

    def is_alive(self, now: float) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, kw_only=True)
class NewKey:
    id: str
    name: str
    hint: str
    digest: bytes = field(repr=False)  #: SHA-256 of the secret
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...] | None = None
    created_by: str | None = None
    expires_at: float | None = None
    replaces: str | None = None
    limits: KeyLimits = NO_LIMITS


#: A session ends when it was not used for so long.
IDLE_SECONDS = 12 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Session:
    """A browser that signed in, by a key or by the link that the start prints."""

    id: str
    key_id: str | None  #: None: by the link, with every right
    created_at: float
    last_used_at: float  #: to about a minute
    expires_at: float

    def is_alive(self, now: float) -> bool:
        return now < self.expires_at and now - self.last_used_at < IDLE_SECONDS


@dataclass(frozen=True, kw_only=True)
class NewSession:
    id: str
    key_id: str | None
    digest: bytes = field(repr=False)  #: SHA-256 of what the cookie holds
    lifetime_seconds: float


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks, and what they may do. `networks` are patterns of the names they may see; None: every name."""

    key_id: str | None = None
    name: str | None = None  #: what the key is called
    scopes: frozenset[Scope] = frozenset()
    networks: tuple[str, ...] | None = ()
    session_id: str | None = None
    user: str | None = None  #: whom an authenticating proxy names
    limits: KeyLimits = NO_LIMITS  #: of the key
    digest: bytes = field(default=b"", repr=False)  #: of the secret it brought, to look again whether it still holds

    @property
    def id(self) -> str | None:
        """The key, or else the session or the user; None for somebody who needs none."""
        return self.key_id or self.session_id or self.user

    @property
    def label(self) -> str | None:
        """What the audit and `created_by` call them: the name of the key, or else the user."""
        return self.name or self.user

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def sees(self, name: str) -> bool:
        return self.networks is None or any(matches(name, pattern) for pattern in self.networks)


#: Somebody without a right, as on a public route.
NOBODY = Caller()
#: Somebody who needs no key: on this machine while no key was ever made, or the service itself.
ANYBODY = Caller(scopes=frozenset(Scope), networks=None)
