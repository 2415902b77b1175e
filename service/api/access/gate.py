"""Who may come in, asked before anything else: the page that a request comes from, its key, and the scope it needs."""

from __future__ import annotations

from flask import Flask, current_app

from service.access.failures import Failures
from service.access.keyring import Keyring
from service.access.proxies import Headers
from service.access.site import Site
from service.api.access.cookies import secret_in
from service.api.access.rules import Routes
from service.domain.access import ANYBODY, NOBODY, Caller, Scope
from service.errors import FeedforwardError, Forbidden, StorageError, Unauthenticated

KEY = "feedforward.gate"
BEARER = "bearer "
#: A proxy writes one of these, and may stand between this machine and everybody else.
FORWARDED = ("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")
#: Answers everybody, and those who may read with more.
READINESS = "/readyz"
SIGN_IN = ("POST", "/session")


class Gate:
    """One for each application; `site`, `keyring` and `failures` decide, this only asks them in order."""

    def __init__(self, site: Site, keyring: Keyring, failures: Failures, routes: Routes) -> None:
        self.site = site
        self.keyring = keyring
        self.failures = failures
        self._routes = routes

    def admit(self, method: str, path: str, headers: Headers, client: str) -> Caller:
        """Who asks. Raises Misdirected, CrossSite, Unauthenticated, Forbidden, TooManyRequests, and StorageError."""
        self.site.check(method, path, headers)
        scope = self._routes.scope(method, path)
        if scope is None:
            if (method, path) == SIGN_IN:
                self.failures.check(client)
            return self._public_caller(headers) if path == READINESS else NOBODY
        caller = self._counted_caller(headers, client)
        _check_scope(caller, scope)
        return caller

    def require(self, caller: Caller, method: str, path: str) -> None:
        """Raises Forbidden if a caller that was let in may not ask for this."""
        _check_scope(caller, self._routes.scope(method, path))

    def known(self, headers: Headers) -> Caller:
        """Who asks, for one that was not let in; nobody where that is not known."""
        return self._public_caller(headers)

    def _counted_caller(self, headers: Headers, client: str) -> Caller:
        """The caller; a wrong key counts against the address that it came from."""
        try:
            return self._caller(headers)
        except Unauthenticated:
            if secret_of(headers) is not None:
                self.failures.note(client)
            raise

    def _caller(self, headers: Headers) -> Caller:
        secret = secret_of(headers)
        if secret is not None:
            return self.keyring.caller(secret)
        cookie = secret_in(headers)
        signed_in = None if cookie is None else self.keyring.session_caller(cookie)
        if signed_in is not None:
            return signed_in
        named = self.site.identities and self.site.identities.caller(headers)
        if named:
            return named
        if self.keyring.is_needed():
            raise Unauthenticated
        if not self._is_local(headers):
            raise Forbidden(
                "No key was ever made here, so only this machine may call, and without a proxy. "
                "Make one on it: ./run keys create --name me --scopes admin"
            )
        return ANYBODY

    def _public_caller(self, headers: Headers) -> Caller:
        try:
            return self._caller(headers)
        except StorageError:
            # Nobody can be known now. What is wrong may still be told on this machine.
            return ANYBODY if self._is_local(headers) else NOBODY
        except FeedforwardError:
            return NOBODY

    def _is_local(self, headers: Headers) -> bool:
        return self.site.is_loopback and set(map(headers.get, FORWARDED)) == {None}


def install(app: Flask, gate: Gate) -> Gate:
    app.extensions[KEY] = gate
    return gate


def gate() -> Gate:
    """The gate of the app that answers this request."""
    found: Gate = current_app.extensions[KEY]
    return found


def secret_of(headers: Headers) -> str | None:
    """The key that a request brings, if it does; it is never read from the query."""
    given = headers.get("authorization")
    if given is not None and given[: len(BEARER)].lower() == BEARER:
        return given[len(BEARER) :].strip()
    return headers.get("x-api-key")


def _check_scope(caller: Caller, scope: Scope | None) -> None:
    if scope is not None and not caller.may(scope):
        raise Forbidden(f"This needs a key with the scope {scope}; yours has {_listed(caller)}.")


def _listed(caller: Caller) -> str:
    return ", ".join(scope for scope in Scope if caller.may(scope))
