"""By which names the service may be addressed, and which web pages may call it.

A browser lets any page send some requests anywhere, and by DNS rebinding read the answers too: it then writes the
page's own name into `Host`. Both are rejected here, before anything else looks at the request.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from service.access.identities import Identities
from service.access.proxies import Headers, Proxies
from service.errors import CrossSite, Misdirected

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Probes call a container by its address, and learn nothing that a page could use.
PROBES = frozenset({"/healthz", "/readyz"})
PROBES_BELOW = "/v2/health/"
#: A server on one of these listens on every address of the machine.
WILDCARDS = frozenset({"0.0.0.0", "::"})
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, kw_only=True)
class Site:
    listens_on: str = "127.0.0.1"
    allowed_hosts: frozenset[str] = frozenset()  #: names in small letters, without a port
    cors_origins: frozenset[str] = frozenset()  #: such as `https://app.example.org`
    proxies: Proxies = field(default_factory=Proxies)
    identities: Identities | None = None  #: whom an authenticating proxy may name
    base_path: str = ""  #: under which a proxy offers the service, such as `/ff`

    @property
    def is_loopback(self) -> bool:
        """Only this machine reaches the service."""
        return is_loopback(self.listens_on)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name or address, loopback ones aside, that `Host` may hold."""
        return self.allowed_hosts | ({self.listens_on.lower()} - WILDCARDS)

    @property
    def is_behind_proxies(self) -> bool:
        return bool(self.proxies.networks or self.proxies.secret_headers)

    def path_below(self, path: str) -> str:
        """A path without the base path. Probes and proxies that remove it themselves send it without."""
        base = self.base_path
        return path[len(base) :] if base and f"{path}/".startswith(f"{base}/") else path

    def check(self, method: str, path: str, headers: Headers) -> None:
        """Raise Misdirected for a foreign `Host`, and CrossSite for a change that a foreign page asks for."""
        host = headers.get("host") or ""
        if not self._knows(host) and path not in PROBES and not path.startswith(PROBES_BELOW):
            raise Misdirected
        if method not in SAFE_METHODS:
            self._check_origin(host, headers.get("origin"), headers.get("sec-fetch-site"))

    def allows_cors(self, origin: str | None) -> bool:
        return origin is not None and origin in self.cors_origins

    def _knows(self, host: str) -> bool:
        name = host_name(host)
        return is_loopback(name) or name in self.names

    def _check_origin(self, host: str, origin: str | None, fetched_from: str | None) -> None:
        if self.allows_cors(origin):
            return
        is_own = origin is None or same_host(origin, host)
        if not is_own or fetched_from not in (None, "same-origin", "none"):
            raise CrossSite


@lru_cache(maxsize=256)
def host_name(host: str) -> str:
    """The name or address of a `Host` header, without its port; empty where it holds none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # Reading it checks it.
    except ValueError:
        return ""
    is_plain = parts.netloc == host and "@" not in host
    return (parts.hostname or "") if is_plain else ""


@lru_cache(maxsize=256)
def is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def same_host(origin: str, host: str) -> bool:
    """Whether a page of this origin came from this host. A proxy may have taken TLS away, so the scheme may differ."""
    scheme, separator, authority = origin.partition("://")
    if not separator:
        return False
    default = DEFAULT_PORTS.get(scheme, "")
    return authority.lower().removesuffix(default) == host.lower().removesuffix(default)
