"""Sends requests over one pool of connections, and again if that does no harm."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import AsyncIterator
from typing import Any

import httpx

from feedforward_client.errors import ConnectionFailed
from feedforward_client.release import VERSION
from feedforward_client.requests import Request, error_of
from feedforward_client.retries import Retries

PAGE = 100


class AsyncTransport:
    def __init__(self, url: str, key: str | None, timeout: float, retries: int) -> None:
        headers = {"Accept": "application/json", "User-Agent": f"feedforward-client/{VERSION}"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self.url = url
        self.timeout = timeout
        self._retries = Retries(retries)
        self._http = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout)

    async def send(self, request: Request) -> httpx.Response:
        """Raises ApiError if the service rejects it, ConnectionFailed if there is no answer."""
        response = await self._answer(request)
        if response.status_code >= 400:
            raise error_of(response)
        return response

    async def json(self, request: Request) -> Any:
        response = await self.send(request)
        return response.json()

    async def pages(self, address: str, query: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """All items of a list, a page at a time."""
        query = {"limit": PAGE, **query}
        while True:
            page = await self.json(Request("GET", address, query))
            for item in page["data"]:
                yield item
            if not page["has_more"]:
                return
            query["after"] = page["last_id"]

    async def lines(self, request: Request) -> AsyncIterator[str]:
        """The answer's lines as they come. Raises ConnectionFailed if it breaks off."""
        parts = request.parts()
        try:
            async with self._http.stream(**parts, timeout=httpx.Timeout(self.timeout, read=60)) as response:
                if response.status_code >= 400:
                    await response.aread()
                    raise error_of(response)
                async for line in response.aiter_lines():
                    yield line
        except httpx.TransportError as error:
            raise self._failed(error) from error

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _answer(self, request: Request) -> httpx.Response:
        parts, attempt = request.parts(), 0
        while True:
            try:
                response = await self._http.request(**parts)
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
            await sleep(wait)
            attempt += 1

    def _failed(self, error: httpx.TransportError) -> ConnectionFailed:
        if isinstance(error, httpx.ReadTimeout):
            return ConnectionFailed(f"{self.url} has not answered within {self.timeout} s; see `timeout`")
        return ConnectionFailed(f"{self.url} does not answer: {error or type(error).__name__}")
