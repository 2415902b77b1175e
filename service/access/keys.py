"""Make, rotate and revoke keys. A key gives out at most what it has itself."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.access.key_limits import limit_issues, limits_within
from service.access.secrets import digest_of, hint_of, is_well_formed, new_secret
from service.domain.access import Caller, Key, NewKey, Scope, included, matches
from service.domain.ids import new_id
from service.domain.key_limits import NO_LIMITS, KeyLimits, limits_of
from service.errors import AlreadyExists, FieldError, Forbidden, Invalid
from service.storage.keys import Keys

MAX_NAME, MAX_PATTERNS = 100, 50
PATTERN = r"^[A-Za-z0-9_.*-]{1,100}$"
IN_SECONDS, AT = "expires_in_seconds", "expires_at"
MAX_SECONDS = 10 * 366 * 24 * 3600
#: What `create_key` calls the key of a file that is given to a container.
FILE_KEY = "admin-key-file"


def create_key(
    storage: Keys, caller: Caller, wanted: Mapping[str, Any], *, defaults: KeyLimits = NO_LIMITS
) -> tuple[Key, str]:
    """A key and its secret, which cannot be had again.

    `wanted`: name, scopes, networks (patterns, or None), expires_in_seconds or expires_at (or None) and limits (by
    name, or None); `defaults` are the limits of keys that have none of their own. Raises Invalid, and Forbidden for
    more than the caller has.
    """
    if issues := list(_issues(wanted)):
        raise Invalid(fields=issues)
    scopes = tuple(scope for scope in Scope if scope in wanted["scopes"])
    networks = wanted.get("networks")
    patterns = caller.networks if networks is None else tuple(dict.fromkeys(networks))
    _check_subset(caller, scopes, patterns)
    limits = limits_within(caller, limits_of(wanted.get("limits")), defaults)
    secret = new_secret()
    key = NewKey(
        id=new_id("key"),
        name=wanted["name"],
        hint=hint_of(secret),
        digest=digest_of(secret),
        scopes=scopes,
        networks=patterns,
        created_by=caller.key_id,
        expires_at=_expiry(storage, caller, wanted),
        limits=limits,
    )
    return storage.add_key(key), secret


def rotate_key(storage: Keys, key_id: str, *, overlap_seconds: float) -> tuple[Key, str]:
    """A key with the rights of another one, which ends after the overlap. Raises NotFound, Conflict."""
    old, secret = storage.get_key(key_id), new_secret()
    key = NewKey(
        id=new_id("key"),
        name=old.name,
        hint=hint_of(secret),
        digest=digest_of(secret),
        scopes=old.scopes,
        networks=old.networks,
        created_by=old.created_by,
        expires_at=old.expires_at,
        replaces=old.id,
        limits=old.limits,
    )
    return storage.replace_key(key_id, key, overlap_seconds=overlap_seconds), secret


def adopt_admin_key(storage: Keys, secret: str) -> None:
    """Make the key of a file that a container is given an admin's, where it is not known yet. Raises Invalid."""
    if not is_well_formed(secret):
        raise Invalid("The admin key file must hold one key and nothing else. Make one by: keys generate")
    if storage.find_key(digest_of(secret)) is not None:
        return
    key = NewKey(id=new_id("key"), name=FILE_KEY, hint=hint_of(secret), digest=digest_of(secret), scopes=(Scope.ADMIN,))
    try:
        storage.add_key(key)
    except AlreadyExists:
        pass  # Another container was faster with the same file.


def _issues(wanted: Mapping[str, Any]) -> Iterator[FieldError]:
    name, scopes, networks = wanted["name"], wanted["scopes"], wanted.get("networks")
    if not 0 < len(name) <= MAX_NAME or "\0" in name or not name.isprintable():
        yield FieldError(("name",), f"must have 1 to {MAX_NAME} printable characters")
    yield from rights_issues(scopes, networks)
    yield from limit_issues(wanted.get("limits") or {})
    seconds = wanted.get(IN_SECONDS)
    is_whole = isinstance(seconds, int) and not isinstance(seconds, bool)
    if seconds is not None and not (is_whole and 0 < seconds <= MAX_SECONDS):
        yield FieldError((IN_SECONDS,), f"must be a whole number from 1 to {MAX_SECONDS}")
    if (moment := wanted.get(AT)) is None:
        return
    if seconds is not None:
        yield FieldError((AT,), f"must be left out with {IN_SECONDS}")
    elif not 0 < moment - time.time() <= MAX_SECONDS:
        yield FieldError((AT,), f"must be a time to come, at most {MAX_SECONDS} seconds from now")


def rights_issues(scopes: Sequence[str], networks: Sequence[str] | None) -> Iterator[FieldError]:
    """What is wrong with scopes and name patterns."""
    unknown = [scope for scope in scopes if scope not in list(Scope)]
    if not scopes or unknown:
        yield FieldError(("scopes",), f"must be some of {', '.join(Scope)}")
    if networks is not None:
        yield from _pattern_issues(networks, scopes)


def _pattern_issues(networks: Sequence[str], scopes: Sequence[str]) -> Iterator[FieldError]:
    if not 0 < len(networks) <= MAX_PATTERNS:
        yield FieldError(("networks",), f"must have 1 to {MAX_PATTERNS} patterns; leave it out for all networks")
    for index, pattern in enumerate(networks):
        if not re.fullmatch(PATTERN, pattern):
            yield FieldError(("networks", index), "must be a name, in which * stands for any characters")
    if Scope.ADMIN in scopes:
        yield FieldError(("networks",), "must be left out: the scope admin has every network")


def _check_subset(caller: Caller, scopes: Sequence[Scope], networks: tuple[str, ...] | None) -> None:
    if more := included(scopes) - caller.scopes:
        raise Forbidden(f"Your key cannot give what it has not: {', '.join(sorted(more))}.")
    if caller.networks is None:
        return
    # A pattern is within another one if that one matches it as a text: names hold no star, so only a star meets it.
    outside = [one for one in networks or () if not any(matches(one, own) for own in caller.networks)]
    if networks is None or outside:
        raise Forbidden(f"Your key cannot give other networks than {', '.join(caller.networks)}.")


def _expiry(storage: Keys, caller: Caller, body: Mapping[str, Any]) -> float | None:
    seconds, wanted = body.get(IN_SECONDS), body.get(AT)
    field = AT if seconds is None else IN_SECONDS
    if seconds is not None:
        wanted = time.time() + seconds
    latest = None if caller.key_id is None else storage.get_key(caller.key_id).expires_at
    if latest is None:
        return wanted
    if wanted is not None and wanted > latest:
        raise Invalid(fields=[FieldError((field,), "must not end later than the key that makes it")])
    return latest if wanted is None else wanted
