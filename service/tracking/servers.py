"""The tracking servers that the operator names: `lab=http://mlflow:5000, main=https://mlflow.example.org /run/key`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from service.callbacks.target import Target, read_target

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
MAX_TOKEN = 10_000


@dataclass(frozen=True)
class Server:
    name: str
    url: str
    token_file: str | None = None

    def token(self) -> str | None:
        """Read each time, so that a new token needs no restart. Raises ValueError saying what is wrong."""
        if self.token_file is None:
            return None
        try:
            text = Path(self.token_file).expanduser().read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"The token of {self.name} cannot be read on this worker.") from None
        if not text or len(text) > MAX_TOKEN or not text.isprintable():
            raise ValueError(f"The token file of {self.name} must hold one line of text.")
        return text


def read_servers(text: str) -> tuple[Server, ...]:
    """Raises ValueError saying what would be right."""
    servers = tuple(_server(part.strip()) for part in text.split(",") if part.strip())
    names = [server.name for server in servers]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"must name each server once, and {name} occurs twice")
    return servers


def _server(text: str) -> Server:
    name, equals, rest = text.partition("=")
    url, _, token_file = rest.strip().partition(" ")
    if not equals or not NAME.fullmatch(name.strip()):
        raise ValueError(f"must be servers such as lab=http://mlflow:5000, separated by commas, got {text[:40]!r}")
    try:
        read_base(url)
    except ValueError as error:
        raise ValueError(f"has no usable URL for {name.strip()}, which {error}") from None
    return Server(name.strip(), url, token_file.strip() or None)


def read_base(url: str) -> Target:
    """The address under which a server has `/api/2.0/mlflow`. Raises ValueError saying what would be right."""
    if "@" in url:
        raise ValueError("must not contain a user or password")
    target = read_target(url)
    if "?" in target.path:
        raise ValueError("must not have a query")
    return target
