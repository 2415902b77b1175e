"""A client as a user of any language would write it: JSON over HTTP, from the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    url: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """`Prefer="wait=10"` style keywords are headers; underscores stand for hyphens."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data=data, headers=sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                return Answer(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def get(self, path: str, **headers: str) -> Any:
        return self._done(self.ask("GET", path, **headers))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self._done(self.ask("POST", path, body, **headers))

    def _done(self, answer: Answer) -> Any:
        assert answer.status < 400, f"{answer.status}: {answer.body.decode()}"
        return answer.json

    def train(self, network: str, data: Any, **options: Any) -> Any:
        """Train and wait for the end; return the finished job."""
        job = self.post("/train", {"network": network, "data": data, **options}, Prefer="wait=60")
        assert job["status"] == "succeeded", job
        return job
