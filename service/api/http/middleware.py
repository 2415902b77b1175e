"""The first and the last thing between Flask and the server: who may ask, headers every answer carries, and its count.

A WSGI layer, for hooks of Flask's would cost a fifth of what a prediction costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.utils import redirect

from service.access.proxies import Headers
from service.access.site import Site
from service.api.http import access_log, cors
from service.api.http.context import CALLER, WAITED, WITHIN
from service.api.http.dialects import written
from service.api.http.entrance import RequestHeaders, announced, enter
from service.api.http.problems import InvalidQuery, described
from service.domain.access import Caller
from service.errors import FeedforwardError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What a view's own policy never loosens: nobody frames an answer, and nothing on it leads elsewhere.
PROTECTION = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
POLICY = "content-security-policy"
STANDARD = {
    "x-content-type-options": ("X-Content-Type-Options", "nosniff"),
    POLICY: ("Content-Security-Policy", f"default-src 'self'; {PROTECTION}"),
    "cross-origin-opener-policy": ("Cross-Origin-Opener-Policy", "same-origin"),
    "cross-origin-resource-policy": ("Cross-Origin-Resource-Policy", "same-origin"),
    "referrer-policy": ("Referrer-Policy", "same-origin"),
    "cache-control": ("Cache-Control", "no-store"),
}

#: Arguments of one query: enough for a row by the names of its columns, few enough for errors about each of them.
MAX_ARGUMENTS = 2000

#: Where in the environment a layer before Flask says which route it has answered.
ROUTE = "feedforward.route"

#: Where in the environment the headers are that say what is left of a limit.
LIMITED = "feedforward.limited"

#: Takes a request's environment, and the status and the headers of its answer, before that leaves.
Record = Callable[["WSGIEnvironment", int, list[tuple[str, str]]], None]
#: Takes the matched route (None where none did), the method, the status and the seconds it took.
Count = Callable[[str | None, str, str, float], None]


class Gate(Protocol):
    """Says who asks, or raises why they may not."""

    site: Site

    def admit(self, method: str, path: str, headers: Headers, client: str) -> Caller: ...

    def require(self, caller: Caller, method: str, path: str) -> None: ...


class Limiter(Protocol):
    """Counts what a caller asks for, and raises when it is too much."""

    def take(self, method: str, path: str, caller: Caller) -> list[tuple[str, str]]: ...

    def look(self, method: str, path: str, caller: Caller) -> None: ...


class Middleware:
    def __init__(
        self,
        app: WSGIApplication,
        count: Count,
        gate: Gate,
        limiter: Limiter,
        record: Record,
        *,
        log_answers: bool = False,
    ) -> None:
        self._app = app
        self._count = count
        self._gate = gate
        self._limiter = limiter
        self._record = record
        self._log_answers = log_answers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(self._checked, environ, start_response)

    def admit(self, method: str, path: str, headers: Headers, client: str) -> FeedforwardError | None:
        """Why a request may not even send its body; asked before one is received."""
        try:
            path, headers, client = announced(self._gate.site, path, headers, client)
            self._limiter.look(method, path, self._gate.admit(method, path, headers, client))
        except FeedforwardError as error:
            return error
        return None

    def reject(self, error: FeedforwardError) -> WSGIApplication:
        """The application that answers a request with an error, for what stands in front of this one."""
        return partial(self._answer, rejected(error))

    def _answer(self, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        if WITHIN not in environ:
            enter(self._gate.site, environ)
        origin = environ.get("HTTP_ORIGIN")

        def start(status: str, answered: list[tuple[str, str]], *exc_info: Any) -> Any:
            add_standard(answered)
            if origin is not None and self._gate.site.allows_cors(origin):
                answered += cors.headers(origin)
            if LIMITED in environ:
                answered += environ[LIMITED]
            answered.append((access_log.HEADER, access_log.request_id(environ)))
            self._record(environ, int(status[:3]), answered)
            route, seconds = route_of(environ), perf_counter() - began
            self._count(route, environ["REQUEST_METHOD"], status[:3], max(seconds - environ.get(WAITED, 0.0), 0.0))
            if self._log_answers:
                access_log.log_answer(environ, route, status[:3], seconds)
            return start_response(status, answered, *exc_info)

        return app(environ, start)

    def _checked(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            app = self._let_in(environ)
        except FeedforwardError as error:
            app = rejected(error)
        return app(environ, start_response)

    def _let_in(self, environ: WSGIEnvironment) -> WSGIApplication:
        """What answers a request that is let in."""
        method, path, headers = environ["REQUEST_METHOD"], environ["PATH_INFO"] or "/", RequestHeaders(environ)
        if cors.is_preflight(method, headers) and self._gate.site.allows_cors(headers.get("origin")):
            self._gate.site.check(method, path, headers)
            return cors.preflight()
        if WITHIN in environ:
            caller = environ[CALLER] = environ[WITHIN]
            self._gate.require(caller, method, path)
        else:
            caller = environ[CALLER] = self._gate.admit(method, path, headers, environ.get("REMOTE_ADDR", ""))
        if limited := self._limiter.take(method, path, caller):
            environ[LIMITED] = limited
        if environ["QUERY_STRING"].count("&") >= MAX_ARGUMENTS:
            raise InvalidQuery(f"The query has over {MAX_ARGUMENTS:,} arguments. Send longer rows with POST /predict.")
        # The page's links are relative, so its address must end with a slash.
        return self._app if environ["PATH_INFO"] else redirect(f"{self._gate.site.base_path}/", 308)


def rejected(error: FeedforwardError) -> WSGIApplication:
    """The application that answers with an error, in the dialect of the request's path."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return written(described(error), environ["PATH_INFO"])(environ, start_response)

    return answer


def route_of(environ: WSGIEnvironment) -> str | None:
    """The route that was matched, if any."""
    if ROUTE in environ:
        return str(environ[ROUTE])
    # Werkzeug leaves its request here, and Flask the rule on it; a request rejected before Flask has none.
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return rule.rule if rule else None


def add_standard(headers: list[tuple[str, str]]) -> None:
    """Add the standard headers where a view has not set its own, and the protection to a policy of its own."""
    present = {name.lower() for name, _ in headers}
    if POLICY in present:
        headers[:] = [(name, f"{value}; {PROTECTION}" if name.lower() == POLICY else value) for name, value in headers]
    headers += [header for name, header in STANDARD.items() if name not in present]
