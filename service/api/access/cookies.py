"""The cookie of a session: `__Host-ff` over HTTPS, `ff-<port>` on a loopback address alone.

A cookie has no port of its own, so services on one machine need names that differ.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from service.access.proxies import Headers
from service.access.site import host_name, is_loopback
from service.errors import Forbidden

SECURE_NAME = "__Host-ff"


def cookie_name(headers: Headers, scheme: str) -> str:
    """The name for a new cookie. Raises Forbidden where others could read it on its way.

    A browser writes into `Origin` how it reached the page, also where a proxy has taken TLS away since.
    """
    host = headers.get("host") or ""
    if scheme == "https" or (headers.get("origin") or "").startswith("https://"):
        return SECURE_NAME
    if not is_loopback(host_name(host)):
        raise Forbidden("Signing in needs HTTPS, except on this machine itself. Put a proxy with TLS in front.")
    return local_name(host)


def local_name(host: str) -> str:
    return f"ff-{host.rpartition(':')[2] if host.rpartition(':')[2].isdigit() else 80}"


def secret_in(headers: Headers) -> str | None:
    """What a request's session cookie holds; the one of plain HTTP counts on a loopback address alone."""
    text, host = headers.get("cookie"), headers.get("host") or ""
    if text is None:
        return None
    try:
        cookies = SimpleCookie(text)
    except CookieError:
        return None
    names = [SECURE_NAME, local_name(host)] if is_loopback(host_name(host)) else [SECURE_NAME]
    return next((cookies[name].value for name in names if name in cookies), None)
