"""Networks: create, train, ask and publish them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from feedforward_client._async.jobs import AsyncJob, read_history
from feedforward_client._async.monitoring import AsyncMonitoring
from feedforward_client._async.transport import AsyncTransport
from feedforward_client.bodies import prediction_body, training_data
from feedforward_client.history import History
from feedforward_client.records import NetworkRecord, Prediction, Record
from feedforward_client.requests import Request, form, given, path
from feedforward_client.tables import BYTES, rows_of

PRODUCTION = "production"


class AsyncNetwork(NetworkRecord):
    def __init__(self, transport: AsyncTransport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    async def refresh(self) -> AsyncNetwork:
        """Read the network again."""
        self._fields = await self._json("GET")
        return self

    async def train(self, data: Any = None, **options: Any) -> AsyncJob:
        """As `Client.train`."""
        body = {"network": self.id, **given(data=training_data(data)), **options}
        request = Request("POST", "/train", body=body, creates=True)
        return AsyncJob(self._transport, await self._transport.json(request))

    async def predict(self, rows: Any, *, snapshot: str | int | None = None, **options: Any) -> Prediction:
        """Predict a DataFrame, a matrix, a list of rows or one row as a dict, from what is live or from a snapshot.

        `snapshot`: a version's number, an alias, a job's id, `best`, … Options: top_k, attributions.
        """
        body = prediction_body(rows, network=self.id, snapshot=snapshot, **options)
        return Prediction(await self._transport.json(Request("POST", "/predict", body=body, reads=True)))

    async def predict_dataset(self, dataset: str, **options: Any) -> AsyncJob:
        """Predict all rows of a data set in a job that writes another data set, `job["output"]`."""
        body = {"network": self.id, "dataset": dataset, **options}
        request = Request("POST", "/predictions", body=body, creates=True)
        return AsyncJob(self._transport, await self._transport.json(request))

    async def evaluate(self, data: Any = None, **body: Any) -> Record:
        """Loss, metrics, confusion and curves on `data`, a `dataset` or the rows that the training held out."""
        body = {"network": self.id, **given(data=training_data(data)), **body}
        return Record(await self._transport.json(Request("POST", "/evaluate", body=body, reads=True)))

    async def explain(self, inputs: Any, targets: Any, **body: Any) -> Record:
        """One training step in full: every z, activation, delta, gradient and updated weight."""
        body = {"inputs": rows_of(inputs), "targets": targets, **body}
        return Record(await self._json("POST", "explain", body=body, reads=True))

    async def history(self, **query: Any) -> History:
        """The epochs of all of its jobs, one after the other."""
        return await read_history(self._transport, path("networks", self.id, "history"), query)

    async def update(self, **changes: Any) -> AsyncNetwork:
        """Change name, description, tags or answer_log."""
        self._fields = await self._json("PATCH", body=changes)
        return self

    async def delete(self) -> None:
        await self._transport.send(Request("DELETE", path("networks", self.id)))

    async def weights(self, snapshot: str | int = "live") -> Record:
        """Every weight with its preprocessing, as docs/weights.md explains."""
        return Record(await self._json("GET", "weights", query={"snapshot": str(snapshot)}))

    async def safetensors(self, snapshot: str | int = "live") -> bytes:
        """The same as a safetensors file."""
        query = {"snapshot": str(snapshot), "format": "safetensors"}
        request = Request("GET", path("networks", self.id, "weights"), query, headers={"Accept": "*/*"})
        response = await self._transport.send(request)
        return response.content

    async def load_weights(self, weights: Mapping[str, Any] | bytes) -> Record:
        """Import what `weights` or `safetensors` gave. The snapshot becomes live, unless an alias decides that."""
        sent: dict[str, Any] = {"body": weights}
        if isinstance(weights, bytes):
            sent = {"content": weights, "content_type": BYTES}
        return Record(await self._json("POST", "weights", creates=True, **sent))

    async def export(self, format: str = "onnx", **query: Any) -> bytes:
        """The network with its preprocessing and labels as a file, see docs/exports.md.

        `format`: onnx, mlflow (a zip) or python (a program for NumPy). Query: snapshot, version, layout.
        """
        request = Request(
            "GET", path("networks", self.id, "export"), {"format": format, **query}, headers={"Accept": "*/*"}
        )
        response = await self._transport.send(request)
        return response.content

    async def calibration(self, snapshot: str | int | None = None) -> Record:
        """How far probabilities and intervals can be believed, by the validation rows."""
        query = {} if snapshot is None else {"snapshot": str(snapshot)}
        return Record(await self._json("GET", "calibration", query=query))

    @property
    def monitoring(self) -> AsyncMonitoring:
        """The log of its answers, feedback and drift."""
        return AsyncMonitoring(self._transport, self.id)

    async def events(self, **query: Any) -> AsyncIterator[Record]:
        """What has happened to its jobs and itself."""
        async for fields in self._transport.pages(path("networks", self.id, "events"), query):
            yield Record(fields)

    async def snapshot(self, snapshot: str | int) -> Record:
        return Record(await self._json("GET", "snapshots", str(snapshot)))

    async def delete_snapshot(self, snapshot: str) -> None:
        await self._transport.send(Request("DELETE", path("networks", self.id, "snapshots", snapshot)))

    async def snapshots(self, **filters: Any) -> AsyncIterator[Record]:
        async for fields in self._transport.pages(path("networks", self.id, "snapshots"), filters):
            yield Record(fields)

    async def live(self) -> Record:
        """Which weights answer, why, and since when."""
        return Record(await self._json("GET", "live"))

    async def publish(self, snapshot: str | int = "live", note: str = "") -> Record:
        """Make a snapshot a version: it has a number, never changes and is never dropped."""
        body = {"snapshot": str(snapshot), "note": note}
        return Record(await self._json("POST", "versions", body=body, creates=True))

    async def versions(self) -> AsyncIterator[Record]:
        async for fields in self._transport.pages(path("networks", self.id, "versions"), {}):
            yield Record(fields)

    async def version(self, version: int) -> Record:
        """With what it was trained on, and its preprocessing."""
        return Record(await self._json("GET", "versions", str(version)))

    async def delete_version(self, version: int) -> None:
        await self._transport.send(Request("DELETE", path("networks", self.id, "versions", version)))

    async def alias(self, alias: str = PRODUCTION) -> Record:
        """The version that an alias points at, since when, and by whom."""
        return Record(await self._json("GET", "aliases", alias))

    async def remove_alias(self, alias: str) -> None:
        await self._transport.send(Request("DELETE", path("networks", self.id, "aliases", alias)))

    async def aliases(self) -> AsyncIterator[Record]:
        async for fields in self._transport.pages(path("networks", self.id, "aliases"), {}):
            yield Record(fields)

    async def promote(self, version: int, alias: str = PRODUCTION, note: str | None = None) -> Record:
        """Point an alias at a version; `production` is what predictions come from."""
        return Record(await self._json("PUT", "aliases", alias, body={"version": version, **given(note=note)}))

    async def roll_back(self, alias: str = PRODUCTION) -> Record:
        """Undo the last move of an alias."""
        return Record(await self._json("POST", "aliases", alias, "rollback", creates=True))

    async def moves(self, alias: str = PRODUCTION) -> AsyncIterator[Record]:
        """Every move of an alias, newest first."""
        async for fields in self._transport.pages(path("networks", self.id, "aliases", alias, "moves"), {}):
            yield Record(fields)

    async def diff(self, start: str | int, end: str | int) -> Record:
        """What differs between two versions or snapshots."""
        return Record(await self._json("GET", "diff", query={"from": str(start), "to": str(end)}))

    async def _json(self, method: str, *parts: str, **request: Any) -> Any:
        return await self._transport.json(Request(method, path("networks", self.id, *parts), **request))


class AsyncProposal(Record):
    """`network`, `train` and `warnings`: change what you like before `create`."""

    shown = ("warnings",)

    def __init__(self, transport: AsyncTransport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    @property
    def network(self) -> dict[str, Any]:
        return dict(self["network"])

    @property
    def training(self) -> dict[str, Any]:
        """The options of `Network.train`, the data set among them."""
        return {name: value for name, value in self["train"].items() if name != "network"}

    async def create(self, name: str | None = None, **changes: Any) -> AsyncNetwork:
        """Create the proposed network, under another name if one is given."""
        body = {**self.network, **given(name=name), **changes}
        return await AsyncNetworks(self._transport).create(**body)


class AsyncNetworks:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, name: str, **spec: Any) -> AsyncNetwork:
        """From a spec (inputs, layers, loss, …) or a data set: `create("a", from_dataset="churn", target="left")`."""
        request = Request("POST", "/networks", body={"name": name, **spec}, creates=True)
        return AsyncNetwork(self._transport, await self._transport.json(request))

    async def check(self, name: str, **spec: Any) -> Record:
        """The size and memory of a network without creating it; raises ValidationError as `create` does."""
        request = Request("POST", "/networks", {"dry_run": True}, {"name": name, **spec}, reads=True)
        return Record(await self._transport.json(request))

    async def load(self, model: bytes, name: str) -> AsyncNetwork:
        """A network from the ONNX file of PyTorch, scikit-learn or Keras, to predict and to train further."""
        content, content_type = form({"name": name}, "model", model)
        request = Request("POST", "/networks/import", content=content, content_type=content_type, creates=True)
        return AsyncNetwork(self._transport, await self._transport.json(request))

    async def propose(self, dataset: str, target: str | list[str]) -> AsyncProposal:
        address = path("datasets", dataset, "proposal")
        return AsyncProposal(self._transport, await self._transport.json(Request("GET", address, {"target": target})))

    async def get(self, name: str) -> AsyncNetwork:
        """By name or id."""
        return AsyncNetwork(self._transport, await self._transport.json(Request("GET", path("networks", name))))

    async def list(self, **filters: Any) -> AsyncIterator[AsyncNetwork]:
        """Newest first. Filters: tag, created_by."""
        async for fields in self._transport.pages("/networks", filters):
            yield AsyncNetwork(self._transport, fields)

    async def delete(self, name: str) -> None:
        await self._transport.send(Request("DELETE", path("networks", name)))
