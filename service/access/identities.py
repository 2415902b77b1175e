"""Who an authenticating proxy says is asking, and what a file says they may do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.access.keys import rights_issues
from service.access.proxies import Headers
from service.domain.access import Caller, Scope, included
from service.errors import FieldError, Forbidden, Invalid

MAX_USER = 200


@dataclass(frozen=True, kw_only=True)
class Rights:
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...] | None  #: patterns; None: all of them


@dataclass(frozen=True, kw_only=True)
class Identities:
    """Header names are in small letters. Everybody but a trusted proxy has had these headers removed."""

    header: str
    groups_header: str | None = None
    users: Mapping[str, Rights] = field(default_factory=dict)
    groups: Mapping[str, Rights] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.header, self.groups_header) if self.groups_header else (self.header,)

    def caller(self, headers: Headers) -> Caller | None:
        """None where the proxy names nobody. Raises Forbidden for a user without rights."""
        user = headers.get(self.header)
        if not user:
            return None
        rights = self._rights(user, headers)
        if rights is None or len(user) > MAX_USER or not user.isprintable():
            raise Forbidden(
                "The proxy has signed you in, but here you have no rights. Ask the operator of the service to add your "
                "user or one of your groups to its identity file."
            )
        return Caller(user=user, scopes=included(rights.scopes), networks=rights.networks)

    def _rights(self, user: str, headers: Headers) -> Rights | None:
        """A user's own, or else those of the first group in the file that the user is in."""
        if user in self.users:
            return self.users[user]
        member_of = {name.strip() for name in (self.groups_header and headers.get(self.groups_header) or "").split(",")}
        return next((rights for group, rights in self.groups.items() if group in member_of), None)


def read_identities(path: Path, header: str, groups_header: str | None) -> Identities:
    """Raises Invalid, which names what in the file is wrong."""
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"FEEDFORWARD_IDENTITY_FILE {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise Invalid(f"FEEDFORWARD_IDENTITY_FILE {path} is not TOML: {error}.") from None
    if issues := list(_issues(read)):
        raise Invalid(fields=[FieldError((str(path), *issue.path), issue.message) for issue in issues])
    users, groups = ({name: _made(each) for name, each in read.get(kind, {}).items()} for kind in ("users", "groups"))
    return Identities(
        header=header.lower(), groups_header=groups_header and groups_header.lower(), users=users, groups=groups
    )


def _made(rights: Mapping[str, Any]) -> Rights:
    networks = rights.get("networks")
    return Rights(
        scopes=tuple(scope for scope in Scope if scope in rights["scopes"]),
        networks=None if networks is None else tuple(networks),
    )


def _issues(read: Mapping[str, Any]) -> Iterator[FieldError]:
    for kind, entries in read.items():
        if kind not in ("users", "groups"):
            yield FieldError((kind,), "must be users or groups")
        elif not isinstance(entries, dict):
            yield FieldError((kind,), "must be a table of names")
        else:
            for name, rights in entries.items():
                for issue in _entry_issues(rights):
                    yield FieldError((kind, name, *issue.path), issue.message)


def _entry_issues(rights: Any) -> Iterator[FieldError]:
    if not isinstance(rights, dict):
        yield FieldError((), "must be a table with scopes, and networks where not all are meant")
        return
    for unknown in rights.keys() - {"scopes", "networks"}:
        yield FieldError((unknown,), "must be scopes or networks")
    scopes, networks = rights.get("scopes"), rights.get("networks")
    if scopes is None or not _is_texts(scopes):
        yield FieldError(("scopes",), f"must be a list of some of {', '.join(Scope)}")
    elif networks is not None and not _is_texts(networks):
        yield FieldError(("networks",), "must be a list of patterns")
    else:
        yield from rights_issues(scopes, networks)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
