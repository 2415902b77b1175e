"""Which answers the audit remembers, and what it says of each: never a body, never a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from service.access.audit import Auditor
from service.access.proxies import Headers
from service.api.access.rules import ASKED, SAFE, Match, Routes, needed
from service.api.http.access_log import request_id
from service.api.http.context import CALLER, HIDDEN
from service.api.http.entrance import RequestHeaders
from service.domain.access import NOBODY, Caller, Scope
from service.domain.audit import NewAuditEntry
from service.domain.ids import new_id

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Statuses of requests that were rejected for who asks, or for how much.
REJECTED = frozenset({401, 403, 421, 429})
MAX_LENGTH = 200
#: A secret that somebody has put where a name belongs.
_SECRET = re.compile(r"(ff|whsec)_[A-Za-z0-9+/=]{8,}")

#: Says who sent a request with these headers, for one that was rejected before it was known.
Known = Callable[[Headers], Caller]


class Recording:
    def __init__(self, app: Flask, auditor: Auditor, routes: Routes, known: Known) -> None:
        self._app = app
        self._auditor = auditor
        self._routes = routes
        self._known = known
        self._actions: dict[tuple[str, str], str] = {}

    def record(self, environ: WSGIEnvironment, status: int, headers: list[tuple[str, str]]) -> None:
        """Look at an answer that is about to leave."""
        is_rejected = status in REJECTED or (status == 404 and HIDDEN in environ)
        if not is_rejected and (environ["REQUEST_METHOD"] in SAFE or status >= 400):
            return
        match = self._routes.match(environ["REQUEST_METHOD"], _path(environ))
        if is_rejected:
            self._auditor.rejection(self._entry(environ, status, match, None))
        elif match is None or (match.rule not in ASKED and needed(match.rule, match.method) is not Scope.PREDICT):
            location = next((value for name, value in headers if name.lower() == "location"), None)
            self._auditor.change(self._entry(environ, status, match, location))

    def _entry(self, environ: WSGIEnvironment, status: int, match: Match | None, location: str | None) -> NewAuditEntry:
        caller = environ.get(CALLER, NOBODY)
        if caller is NOBODY:
            caller = self._known(RequestHeaders(environ))
        hidden, path = environ.get(HIDDEN), _object(match)
        if location is not None:
            path = urlsplit(location).path.removeprefix(environ.get("SCRIPT_NAME", "")).strip("/")
        return NewAuditEntry(
            id=new_id("aud"),
            key_id=caller.key_id,
            key_name=caller.label,
            action=None if match is None else self._action(match),
            object=_clean(path or hidden),
            address=_clean(environ.get("REMOTE_ADDR") or None),
            request_id=_clean(request_id(environ)) or "",
            status=status,
        )

    def _action(self, match: Match) -> str | None:
        """The operationId; known once every route is registered."""
        if not self._actions:
            self._actions = {
                (rule.rule, method): documented["operationId"]
                for rule in self._app.url_map.iter_rules()
                if (documented := _documentation(self._app, rule.endpoint))
                for method in rule.methods or ()
            }
        return self._actions.get((match.rule, match.method))


def _documentation(app: Flask, endpoint: str) -> dict[str, str]:
    found: dict[str, str] = getattr(app.view_functions[endpoint], "_apidoc", {}).get("manual_doc", {})
    return found


def _path(environ: WSGIEnvironment) -> str:
    """WSGI brings the bytes of a path as Latin-1."""
    path: str = environ["PATH_INFO"]
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _object(match: Match | None) -> str | None:
    """The path of a request as far as its last argument; None where it has none."""
    if match is None or "<" not in match.rule:
        return None
    steps = match.rule.split("/")
    last = max(place for place, step in enumerate(steps) if step.startswith("<"))
    return "/".join(match.path.split("/")[1 : last + 1])


def _clean(text: str | None) -> str | None:
    if text is None:
        return None
    shown = _SECRET.sub(r"\1_…", text)[:MAX_LENGTH]
    return "".join(letter if letter.isprintable() else "�" for letter in shown)
