"""JSON over HTTP by the standard library alone: all that a client of the service needs."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from service.demo.errors import DemoFailed


@dataclass(frozen=True)
class Client:
    url: str
    key: str | None = None

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        return self._ask("POST", path, body)

    def upload(self, path: str, content: bytes, media_type: str) -> Any:
        return self._send("POST", path, content, media_type)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        return self._send(method, path, None if body is None else json.dumps(body).encode(), "application/json")

    def _send(self, method: str, path: str, content: bytes | None, media_type: str) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        if self.key is not None:
            request.add_header("Authorization", f"Bearer {self.key}")
        if content is not None:
            request.data = content
            request.add_header("Content-Type", media_type)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise DemoFailed(f"{method} {path} was refused: {reason(error)}") from None
        except (OSError, ValueError) as error:
            raise DemoFailed(f"{self.url} does not answer as a Feedforward service would: {error}") from None


def reason(error: urllib.error.HTTPError) -> str:
    """The detail of a problem+json response, or the body of any other."""
    text = error.read().decode(errors="replace")
    try:
        problem = json.loads(text)
        places = "; ".join(f"{issue.get('pointer', '')} {issue['detail']}" for issue in problem.get("errors", []))
        return f"{problem['detail']} {places}".strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{error.code} {text[:200]}"
