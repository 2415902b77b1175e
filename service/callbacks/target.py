"""The target of a callback: a plain http or https URL, parsed once and strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 2000
#: The characters of RFC 3986 without the fragment.
CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?@!$&'()*+,;=%\[\]]*")
LABEL = "[A-Za-z0-9_-]{1,63}"
HOST = re.compile(rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})*\.?|(?=.*:)[0-9A-Fa-f:.]{{2,45}}")


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str  #: a name or an address, without brackets
    port: int
    path: str  #: with the query

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_target(url: str) -> Target:
    """Raises ValueError saying what would be right."""
    if len(url) > MAX_LENGTH:
        raise ValueError(f"must be at most {MAX_LENGTH} characters long")
    if not CHARACTERS.fullmatch(url):
        raise ValueError("must be a URL without spaces and fragment, everything beyond ASCII percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("must be a URL such as https://example.org/hook, with a port of 1 to 65535") from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise ValueError("must be an http or https URL such as https://example.org/hook")
    if "@" in parts.netloc:
        raise ValueError("must not contain a user or password: the signature identifies the sender")
    if not HOST.fullmatch(parts.hostname):
        raise ValueError("must name a host, such as example.org or 203.0.113.7")
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Target(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path)
