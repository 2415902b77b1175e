"""A request as data, and how an answer is read: what both transports share."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from feedforward_client.errors import ApiError, api_error
from feedforward_client.plain import plain

REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Request:
    """`creates`: carries an idempotency key, so that a repeated request creates nothing twice."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    content: bytes | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    creates: bool = False
    reads: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be sent again although the service may have done it: nothing is then done twice."""
        return (self.method in REPEATABLE and "If-Match" not in self.headers) or self.creates or self.reads

    def parts(self) -> dict[str, Any]:
        """The arguments of httpx. An idempotency key is drawn here, once for all attempts."""
        headers = dict(self.headers)
        content = self.content
        if self.body is not None:
            content = json.dumps(plain(self.body), allow_nan=False, separators=(",", ":")).encode()
        if content is not None:
            headers["Content-Type"] = self.content_type
        if self.creates:
            headers["Idempotency-Key"] = uuid.uuid4().hex
        return {
            "method": self.method,
            "url": self.path,
            "params": {name: text(value) for name, value in self.query.items() if value is not None},
            "content": content,
            "headers": headers,
        }


def text(value: Any) -> Any:
    """A query value as the service reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return list(value) if isinstance(value, list | tuple) else value


def form(fields: Mapping[str, str], name: str, file: bytes) -> tuple[bytes, str]:
    """A form with text fields and a file, and its media type."""
    request = httpx.Request("POST", "http://form", data=dict(fields), files={name: (name, file)})
    return request.read(), request.headers["Content-Type"]


def path(*parts: object) -> str:
    """`path("networks", "a b")` is `/networks/a%20b`."""
    return "".join(f"/{quote(str(part), safe='@')}" for part in parts)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def error_of(response: httpx.Response) -> ApiError:
    """The error of an answer that has been read."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        problem = {"title": response.reason_phrase, "detail": response.text[:300]}
    return api_error(response.status_code, problem, response.headers.get("X-Request-Id"))
