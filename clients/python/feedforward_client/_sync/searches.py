"""Searches for the best network and training."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic, sleep
from typing import Any, Self

from feedforward_client._sync.transport import Transport
from feedforward_client.errors import JobFailed
from feedforward_client.records import Record, SearchRecord
from feedforward_client.requests import Request, given, path

POLL_SECONDS = 0.5


class Search(SearchRecord):
    def __init__(self, transport: Transport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    def refresh(self) -> Self:
        """Read the search again."""
        self._fields = self._transport.json(Request("GET", path("searches", self.id)))
        return self

    def wait(self, *, timeout: float | None = None, check: bool = True) -> Self:
        """Wait until the search has ended. Raises JobFailed unless it succeeded (`check=False`: never), and
        TimeoutError after `timeout` seconds; the search then goes on."""
        deadline = None if timeout is None else monotonic() + timeout
        while not (self.refresh()).has_ended:
            if deadline is not None and monotonic() >= deadline:
                raise TimeoutError(f"{self.id} is {self.status} after {timeout} s; it goes on")
            sleep(POLL_SECONDS)
        if check and self.status != "succeeded":
            raise JobFailed(self)
        return self

    def trials(self) -> Iterator[Record]:
        """In order."""
        for fields in self._transport.pages(path("searches", self.id, "trials"), {}):
            yield Record(fields)

    def importances(self) -> Record:
        """How much each parameter decided which trials are among the best; the service needs Optuna for it."""
        return Record(self._transport.json(Request("GET", path("searches", self.id, "importances"))))

    def publish(
        self,
        network: str,
        *,
        trial: int | None = None,
        alias: str | None = None,
        model: str | None = None,
        note: str | None = None,
    ) -> Record:
        """Make the best trial live as a network of this name, or the one of this number. One of folds or repeats is
        trained once first: `job` names who does, and calling this again after its end publishes it."""
        body = {"network": network, **given(trial=trial, alias=alias, model=model, note=note)}
        request = Request("POST", path("searches", self.id, "publish"), body=body, creates=True)
        return Record(self._transport.json(request))

    def add(self, *, points: Sequence[Mapping[str, Any]] = (), count: int | None = None) -> Self:
        """Add trials of your own, or a number of further ones, also after the end."""
        body = given(points=list(points) or None, count=count)
        request = Request("POST", path("searches", self.id, "trials"), body=body, creates=True)
        self._fields = self._transport.json(request)
        return self

    def cancel(self) -> Self:
        return self._ask("cancel")

    def pause(self) -> Self:
        return self._ask("pause")

    def resume(self) -> Self:
        return self._ask("resume")

    def delete(self, *, keep_jobs: bool = False) -> None:
        """Delete the ended search with its trials and those of their networks that have no name of their own, or keep
        these and their jobs."""
        query = {"keep_jobs": "true"} if keep_jobs else {}
        self._transport.send(Request("DELETE", path("searches", self.id), query=query))

    def _ask(self, state: str) -> Self:
        self._fields = self._transport.json(Request("POST", path("searches", self.id, state)))
        return self


class Searches:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, **body: Any) -> Search:
        """`network`, `training`, `parameters`, and optionally name, objective, sampler, pruner, limits, points, folds,
        repeats and warm_start, as the API takes them: see docs/searches.md."""
        request = Request("POST", "/searches", body=body, creates=True)
        return Search(self._transport, self._transport.json(request))

    def get(self, search: str) -> Search:
        """By id or name."""
        return Search(self._transport, self._transport.json(Request("GET", path("searches", search))))

    def list(self) -> Iterator[Search]:
        """Newest first."""
        for fields in self._transport.pages("/searches", {}):
            yield Search(self._transport, fields)
