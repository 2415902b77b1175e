"""The client: where everything starts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from feedforward_client._async.datasets import AsyncDatasets
from feedforward_client._async.jobs import AsyncJob, AsyncJobs, stream_events
from feedforward_client._async.keys import AsyncKeys
from feedforward_client._async.models import AsyncModels
from feedforward_client._async.networks import AsyncNetworks
from feedforward_client._async.schedules import AsyncSchedules
from feedforward_client._async.searches import AsyncSearches
from feedforward_client._async.transport import AsyncTransport
from feedforward_client.bodies import prediction_body, training_data
from feedforward_client.local import LocalService
from feedforward_client.records import Prediction, Record
from feedforward_client.requests import Request, given
from feedforward_client.sse import Event

DEFAULT_URL = "http://127.0.0.1:8000"


class AsyncClient:
    """A Feedforward service.

    `url` and `key` default to FEEDFORWARD_URL and FEEDFORWARD_KEY, and otherwise to http://127.0.0.1:8000 without a
    key. A request that gets no answer, 429 or 503 is sent up to `retries` times more, if that cannot do anything twice.
    `timeout` is in seconds, for each answer.
    """

    def __init__(
        self, url: str | None = None, key: str | None = None, *, timeout: float = 60.0, retries: int = 4
    ) -> None:
        self.url = (url or os.environ.get("FEEDFORWARD_URL") or DEFAULT_URL).rstrip("/")
        self.transport = AsyncTransport(self.url, key or os.environ.get("FEEDFORWARD_KEY"), timeout, retries)
        self.datasets = AsyncDatasets(self.transport)
        self.networks = AsyncNetworks(self.transport)
        self.jobs = AsyncJobs(self.transport)
        self.models = AsyncModels(self.transport)
        self.searches = AsyncSearches(self.transport)
        self.schedules = AsyncSchedules(self.transport)
        self.keys = AsyncKeys(self.transport)
        self._local: LocalService | None = None

    @classmethod
    def local(
        cls, folder: str | Path, checkout: str | Path = ".", *, key: str | None = None, start_seconds: float = 600
    ) -> Self:
        """Start `./run` of a checkout until the client is closed or this process exits. Data stays in `folder`.

        The first start of a checkout installs its packages, which takes minutes.
        """
        service = LocalService(Path(folder), Path(checkout), start_seconds)
        client = cls(service.url, key)
        client._local = service
        return client

    async def train(self, network: str | Mapping[str, Any], data: Any = None, **options: Any) -> AsyncJob:
        """Submit a training (`POST /train`); `wait()` on the job it returns.

        `data`: a DataFrame or a list of rows as dicts, a pair (inputs, targets), or what the API takes. Or give
        `dataset="name"` as an option, like epochs, batch_size, optimizer, validation, early_stopping and the others.
        """
        name = network if isinstance(network, str) else network["name"]
        body = {"network": name, **given(data=training_data(data)), **options}
        return AsyncJob(self.transport, await self.transport.json(Request("POST", "/train", body=body, creates=True)))

    async def predict(
        self,
        rows: Any,
        *,
        network: str | None = None,
        model: str | None = None,
        snapshot: str | int | None = None,
        **options: Any,
    ) -> Prediction:
        """Predict rows of a network or a model; `rows` as in `Network.predict`. Options: top_k, attributions."""
        body = prediction_body(rows, network=network, model=model, snapshot=snapshot, **options)
        return Prediction(await self.transport.json(Request("POST", "/predict", body=body, reads=True)))

    async def evaluate(self, **body: Any) -> Record:
        """Loss, metrics, confusion and curves of a `job` or a `network`, on `data`, a `dataset` or held-out rows."""
        body = {**body, **given(data=training_data(body.get("data")))}
        return Record(await self.transport.json(Request("POST", "/evaluate", body=body, reads=True)))

    async def explain(self, **body: Any) -> Record:
        """One training step in full, of a network that is only described (`POST /explain`)."""
        return Record(await self.transport.json(Request("POST", "/explain", body=body, reads=True)))

    async def feedback(self, *items: Mapping[str, Any]) -> Record:
        """Say what became of logged answers; each item as docs/monitoring.md has it."""
        return Record(await self.transport.json(Request("POST", "/feedback", body={"items": list(items)}, reads=True)))

    async def ready(self) -> Record:
        """Whether the service can answer, and its checks. Raises ServiceUnavailable."""
        return Record(await self.transport.json(Request("GET", "/readyz")))

    async def events(self, *jobs: str, after: str = "") -> AsyncIterator[Event]:
        """The events of several jobs as they happen, until all have ended. `after`: the id of the last one seen."""
        async for event in stream_events(self.transport, Request("GET", "/events", {"jobs": ",".join(jobs)}), after):
            yield event

    async def request(self, method: str, path: str, body: Any = None, *, creates: bool = False, **query: Any) -> Any:
        """Any other operation: `client.request("GET", "/schedules", limit=5)`; None for an answer without a body."""
        response = await self.transport.send(Request(method, path, query, body, creates=creates))
        return response.json() if response.content else None

    async def aclose(self) -> None:
        """Close the connections, and stop the service of `local`."""
        await self.transport.aclose()
        if self._local is not None:
            self._local.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __deepcopy__(self, memo: object) -> Self:
        """Connections are shared: scikit-learn copies the parameters of estimators."""
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"
