"""Sends requests over one pool of connections, and again if that does no harm."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

from collections.abc import Iterator
from time import sleep
from typing import Any

import httpx

from feedforward_client.errors import ConnectionFailed
from feedforward_client.release import VERSION
from feedforward_client.requests import Request, error_of
from feedforward_client.retries import Retries

PAGE = 100


class Transport:
    def __init__(self, url: str, key: str | None, timeout: float, retries: int) -> None:
        headers = {"Accept": "application/json", "User-Agent": f"feedforward-client/{VERSION}"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self.url = url
        self.timeout = timeout
        self._retries = Retries(retries)
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout)

    def send(self, request: Request) -> httpx.Response:
        """Raises ApiError if the service rejects it, ConnectionFailed if there is no answer."""
        response = self._answer(request)
        if response.status_code >= 400:
            raise error_of(response)
        return response

    def json(self, request: Request) -> Any:
        response = self.send(request)
        return response.json()

    def pages(self, address: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """All items of a list, a page at a time."""
        query = {"limit": PAGE, **query}
        while True:
            page = self.json(Request("GET", address, query))
            for item in page["data"]:
                yield item
            if not page["has_more"]:
                return
            query["after"] = page["last_id"]

    def lines(self, request: Request) -> Iterator[str]:
        """The answer's lines as they come. Raises ConnectionFailed if it breaks off."""
        parts = request.parts()
        try:
            with self._http.stream(**parts, timeout=httpx.Timeout(self.timeout, read=60)) as response:
                if response.status_code >= 400:
                    response.read()
                    raise error_of(response)
                for line in response.iter_lines():
                    yield line
        except httpx.TransportError as error:
            raise self._failed(error) from error

    def close(self) -> None:
        self._http.close()

    def _answer(self, request: Request) -> httpx.Response:
        parts, attempt = request.parts(), 0
        while True:
            try:
                response = self._http.request(**parts)
                wait = self._retries.after_answer(response, attempt)
                # The first attempt has deleted it, but its answer was lost.
                if attempt and request.method == "DELETE" and response.status_code == 404:
                    return httpx.Response(204)
                if wait is None:
                    return response
            except httpx.TransportError as error:
                wait = self._retries.after_error(request, error, attempt)
                if wait is None:
                    raise self._failed(error) from error
            sleep(wait)
            attempt += 1

    def _failed(self, error: httpx.TransportError) -> ConnectionFailed:
        if isinstance(error, httpx.ReadTimeout):
            return ConnectionFailed(f"{self.url} has not answered within {self.timeout} s; see `timeout`")
        return ConnectionFailed(f"{self.url} does not answer: {error or type(error).__name__}")
