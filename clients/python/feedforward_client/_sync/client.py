"""The client: where everything starts."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from feedforward_client._sync.datasets import Datasets
from feedforward_client._sync.jobs import Job, Jobs, stream_events
from feedforward_client._sync.keys import Keys
from feedforward_client._sync.models import Models
from feedforward_client._sync.networks import Networks
from feedforward_client._sync.schedules import Schedules
from feedforward_client._sync.searches import Searches
from feedforward_client._sync.transport import Transport
from feedforward_client.bodies import prediction_body, training_data
from feedforward_client.local import LocalService
from feedforward_client.records import Prediction, Record
from feedforward_client.requests import Request, given
from feedforward_client.sse import Event

DEFAULT_URL = "http://127.0.0.1:8000"


class Client:
    """A Feedforward service.

    `url` and `key` default to FEEDFORWARD_URL and FEEDFORWARD_KEY, and otherwise to http://127.0.0.1:8000 without a
    key. A request that gets no answer, 429 or 503 is sent up to `retries` times more, if that cannot do anything twice.
    `timeout` is in seconds, for each answer.
    """

    def __init__(
        self, url: str | None = None, key: str | None = None, *, timeout: float = 60.0, retries: int = 4
    ) -> None:
        self.url = (url or os.environ.get("FEEDFORWARD_URL") or DEFAULT_URL).rstrip("/")
        self.transport = Transport(self.url, key or os.environ.get("FEEDFORWARD_KEY"), timeout, retries)
        self.datasets = Datasets(self.transport)
        self.networks = Networks(self.transport)
        self.jobs = Jobs(self.transport)
        self.models = Models(self.transport)
        self.searches = Searches(self.transport)
        self.schedules = Schedules(self.transport)
        self.keys = Keys(self.transport)
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

    def train(self, network: str | Mapping[str, Any], data: Any = None, **options: Any) -> Job:
        """Submit a training (`POST /train`); `wait()` on the job it returns.

        `data`: a DataFrame or a list of rows as dicts, a pair (inputs, targets), or what the API takes. Or give
        `dataset="name"` as an option, like epochs, batch_size, optimizer, validation, early_stopping and the others.
        """
        name = network if isinstance(network, str) else network["name"]
        body = {"network": name, **given(data=training_data(data)), **options}
        return Job(self.transport, self.transport.json(Request("POST", "/train", body=body, creates=True)))

    def predict(
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
        return Prediction(self.transport.json(Request("POST", "/predict", body=body, reads=True)))

    def evaluate(self, **body: Any) -> Record:
        """Loss, metrics, confusion and curves of a `job` or a `network`, on `data`, a `dataset` or held-out rows."""
        body = {**body, **given(data=training_data(body.get("data")))}
        return Record(self.transport.json(Request("POST", "/evaluate", body=body, reads=True)))

    def explain(self, **body: Any) -> Record:
        """One training step in full, of a network that is only described (`POST /explain`)."""
        return Record(self.transport.json(Request("POST", "/explain", body=body, reads=True)))

    def feedback(self, *items: Mapping[str, Any]) -> Record:
        """Say what became of logged answers; each item as docs/monitoring.md has it."""
        return Record(self.transport.json(Request("POST", "/feedback", body={"items": list(items)}, reads=True)))

    def ready(self) -> Record:
        """Whether the service can answer, and its checks. Raises ServiceUnavailable."""
        return Record(self.transport.json(Request("GET", "/readyz")))

    def events(self, *jobs: str, after: str = "") -> Iterator[Event]:
        """The events of several jobs as they happen, until all have ended. `after`: the id of the last one seen."""
        for event in stream_events(self.transport, Request("GET", "/events", {"jobs": ",".join(jobs)}), after):
            yield event

    def request(self, method: str, path: str, body: Any = None, *, creates: bool = False, **query: Any) -> Any:
        """Any other operation: `client.request("GET", "/schedules", limit=5)`; None for an answer without a body."""
        response = self.transport.send(Request(method, path, query, body, creates=creates))
        return response.json() if response.content else None

    def close(self) -> None:
        """Close the connections, and stop the service of `local`."""
        self.transport.close()
        if self._local is not None:
            self._local.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __deepcopy__(self, memo: object) -> Self:
        """Connections are shared: scikit-learn copies the parameters of estimators."""
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"
