"""A request as its sender has made it, before proxies took it on: address, scheme, host and path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from service.access.proxies import Headers
from service.access.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class RequestHeaders:
    """The headers of a WSGI request, by their names in small letters."""

    __slots__ = ("_environ",)

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    def get(self, name: str) -> str | None:
        value: str | None = self._environ.get(_key(name))
        return value


@dataclass(frozen=True)
class ChangedHeaders:
    """Headers, some of them replaced."""

    headers: Headers
    changed: dict[str, str | None]

    def get(self, name: str) -> str | None:
        return self.changed[name] if name in self.changed else self.headers.get(name)


def enter(site: Site, environ: WSGIEnvironment) -> None:
    """Rewrite what a trusted proxy knows better, and move the base path from the path to where links begin."""
    if site.base_path:
        environ["SCRIPT_NAME"] = site.base_path
        environ["PATH_INFO"] = site.path_below(environ["PATH_INFO"])
    if not site.is_behind_proxies:
        return
    client, scheme = environ.get("REMOTE_ADDR", ""), environ["wsgi.url_scheme"]
    seen = site.proxies.seen(RequestHeaders(environ), client, scheme)
    environ["REMOTE_ADDR"], environ["wsgi.url_scheme"] = seen.client, seen.scheme
    for name, value in seen.changed.items():
        if value is None:
            environ.pop(_key(name), None)
        else:
            environ[_key(name)] = value


def announced(site: Site, path: str, headers: Headers, client: str) -> tuple[str, Headers, str]:
    """The same for a request whose body has not come yet: its path, headers and client."""
    path = site.path_below(path) or "/"
    if not site.is_behind_proxies:
        return path, headers, client
    seen = site.proxies.seen(headers, client, "")
    return path, ChangedHeaders(headers, dict(seen.changed)), seen.client


@lru_cache(maxsize=128)
def _key(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"
