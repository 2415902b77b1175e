"""Networks: create, train, ask and publish them."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from feedforward_client._sync.jobs import Job, read_history
from feedforward_client._sync.monitoring import Monitoring
from feedforward_client._sync.transport import Transport
from feedforward_client.bodies import prediction_body, training_data
from feedforward_client.history import History
from feedforward_client.records import NetworkRecord, Prediction, Record
from feedforward_client.requests import Request, form, given, path
from feedforward_client.tables import BYTES, rows_of

PRODUCTION = "production"


class Network(NetworkRecord):
    def __init__(self, transport: Transport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    def refresh(self) -> Network:
        """Read the network again."""
        self._fields = self._json("GET")
        return self

    def train(self, data: Any = None, **options: Any) -> Job:
        """As `Client.train`."""
        body = {"network": self.id, **given(data=training_data(data)), **options}
        request = Request("POST", "/train", body=body, creates=True)
        return Job(self._transport, self._transport.json(request))

    def predict(self, rows: Any, *, snapshot: str | int | None = None, **options: Any) -> Prediction:
        """Predict a DataFrame, a matrix, a list of rows or one row as a dict, from what is live or from a snapshot.

        `snapshot`: a version's number, an alias, a job's id, `best`, … Options: top_k, attributions.
        """
        body = prediction_body(rows, network=self.id, snapshot=snapshot, **options)
        return Prediction(self._transport.json(Request("POST", "/predict", body=body, reads=True)))

    def predict_dataset(self, dataset: str, **options: Any) -> Job:
        """Predict all rows of a data set in a job that writes another data set, `job["output"]`."""
        body = {"network": self.id, "dataset": dataset, **options}
        request = Request("POST", "/predictions", body=body, creates=True)
        return Job(self._transport, self._transport.json(request))

    def evaluate(self, data: Any = None, **body: Any) -> Record:
        """Loss, metrics, confusion and curves on `data`, a `dataset` or the rows that the training held out."""
        body = {"network": self.id, **given(data=training_data(data)), **body}
        return Record(self._transport.json(Request("POST", "/evaluate", body=body, reads=True)))

    def explain(self, inputs: Any, targets: Any, **body: Any) -> Record:
        """One training step in full: every z, activation, delta, gradient and updated weight."""
        body = {"inputs": rows_of(inputs), "targets": targets, **body}
        return Record(self._json("POST", "explain", body=body, reads=True))

    def history(self, **query: Any) -> History:
        """The epochs of all of its jobs, one after the other."""
        return read_history(self._transport, path("networks", self.id, "history"), query)

    def update(self, **changes: Any) -> Network:
        """Change name, description, tags or answer_log."""
        self._fields = self._json("PATCH", body=changes)
        return self

    def delete(self) -> None:
        self._transport.send(Request("DELETE", path("networks", self.id)))

    def weights(self, snapshot: str | int = "live") -> Record:
        """Every weight with its preprocessing, as docs/weights.md explains."""
        return Record(self._json("GET", "weights", query={"snapshot": str(snapshot)}))

    def safetensors(self, snapshot: str | int = "live") -> bytes:
        """The same as a safetensors file."""
        query = {"snapshot": str(snapshot), "format": "safetensors"}
        request = Request("GET", path("networks", self.id, "weights"), query, headers={"Accept": "*/*"})
        response = self._transport.send(request)
        return response.content

    def load_weights(self, weights: Mapping[str, Any] | bytes) -> Record:
        """Import what `weights` or `safetensors` gave. The snapshot becomes live, unless an alias decides that."""
        sent: dict[str, Any] = {"body": weights}
        if isinstance(weights, bytes):
            sent = {"content": weights, "content_type": BYTES}
        return Record(self._json("POST", "weights", creates=True, **sent))

    def export(self, format: str = "onnx", **query: Any) -> bytes:
        """The network with its preprocessing and labels as a file, see docs/exports.md.

        `format`: onnx, mlflow (a zip) or python (a program for NumPy). Query: snapshot, version, layout.
        """
        request = Request(
            "GET", path("networks", self.id, "export"), {"format": format, **query}, headers={"Accept": "*/*"}
        )
        response = self._transport.send(request)
        return response.content

    def calibration(self, snapshot: str | int | None = None) -> Record:
        """How far probabilities and intervals can be believed, by the validation rows."""
        query = {} if snapshot is None else {"snapshot": str(snapshot)}
        return Record(self._json("GET", "calibration", query=query))

    @property
    def monitoring(self) -> Monitoring:
        """The log of its answers, feedback and drift."""
        return Monitoring(self._transport, self.id)

    def events(self, **query: Any) -> Iterator[Record]:
        """What has happened to its jobs and itself."""
        for fields in self._transport.pages(path("networks", self.id, "events"), query):
            yield Record(fields)

    def snapshot(self, snapshot: str | int) -> Record:
        return Record(self._json("GET", "snapshots", str(snapshot)))

    def delete_snapshot(self, snapshot: str) -> None:
        self._transport.send(Request("DELETE", path("networks", self.id, "snapshots", snapshot)))

    def snapshots(self, **filters: Any) -> Iterator[Record]:
        for fields in self._transport.pages(path("networks", self.id, "snapshots"), filters):
            yield Record(fields)

    def live(self) -> Record:
        """Which weights answer, why, and since when."""
        return Record(self._json("GET", "live"))

    def publish(self, snapshot: str | int = "live", note: str = "") -> Record:
        """Make a snapshot a version: it has a number, never changes and is never dropped."""
        body = {"snapshot": str(snapshot), "note": note}
        return Record(self._json("POST", "versions", body=body, creates=True))

    def versions(self) -> Iterator[Record]:
        for fields in self._transport.pages(path("networks", self.id, "versions"), {}):
            yield Record(fields)

    def version(self, version: int) -> Record:
        """With what it was trained on, and its preprocessing."""
        return Record(self._json("GET", "versions", str(version)))

    def delete_version(self, version: int) -> None:
        self._transport.send(Request("DELETE", path("networks", self.id, "versions", version)))

    def alias(self, alias: str = PRODUCTION) -> Record:
        """The version that an alias points at, since when, and by whom."""
        return Record(self._json("GET", "aliases", alias))

    def remove_alias(self, alias: str) -> None:
        self._transport.send(Request("DELETE", path("networks", self.id, "aliases", alias)))

    def aliases(self) -> Iterator[Record]:
        for fields in self._transport.pages(path("networks", self.id, "aliases"), {}):
            yield Record(fields)

    def promote(self, version: int, alias: str = PRODUCTION, note: str | None = None) -> Record:
        """Point an alias at a version; `production` is what predictions come from."""
        return Record(self._json("PUT", "aliases", alias, body={"version": version, **given(note=note)}))

    def roll_back(self, alias: str = PRODUCTION) -> Record:
        """Undo the last move of an alias."""
        return Record(self._json("POST", "aliases", alias, "rollback", creates=True))

    def moves(self, alias: str = PRODUCTION) -> Iterator[Record]:
        """Every move of an alias, newest first."""
        for fields in self._transport.pages(path("networks", self.id, "aliases", alias, "moves"), {}):
            yield Record(fields)

    def diff(self, start: str | int, end: str | int) -> Record:
        """What differs between two versions or snapshots."""
        return Record(self._json("GET", "diff", query={"from": str(start), "to": str(end)}))

    def _json(self, method: str, *parts: str, **request: Any) -> Any:
        return self._transport.json(Request(method, path("networks", self.id, *parts), **request))


class Proposal(Record):
    """`network`, `train` and `warnings`: change what you like before `create`."""

    shown = ("warnings",)

    def __init__(self, transport: Transport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    @property
    def network(self) -> dict[str, Any]:
        return dict(self["network"])

    @property
    def training(self) -> dict[str, Any]:
        """The options of `Network.train`, the data set among them."""
        return {name: value for name, value in self["train"].items() if name != "network"}

    def create(self, name: str | None = None, **changes: Any) -> Network:
        """Create the proposed network, under another name if one is given."""
        body = {**self.network, **given(name=name), **changes}
        return Networks(self._transport).create(**body)


class Networks:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, name: str, **spec: Any) -> Network:
        """From a spec (inputs, layers, loss, …) or a data set: `create("a", from_dataset="churn", target="left")`."""
        request = Request("POST", "/networks", body={"name": name, **spec}, creates=True)
        return Network(self._transport, self._transport.json(request))

    def check(self, name: str, **spec: Any) -> Record:
        """The size and memory of a network without creating it; raises ValidationError as `create` does."""
        request = Request("POST", "/networks", {"dry_run": True}, {"name": name, **spec}, reads=True)
        return Record(self._transport.json(request))

    def load(self, model: bytes, name: str) -> Network:
        """A network from the ONNX file of PyTorch, scikit-learn or Keras, to predict and to train further."""
        content, content_type = form({"name": name}, "model", model)
        request = Request("POST", "/networks/import", content=content, content_type=content_type, creates=True)
        return Network(self._transport, self._transport.json(request))

    def propose(self, dataset: str, target: str | list[str]) -> Proposal:
        address = path("datasets", dataset, "proposal")
        return Proposal(self._transport, self._transport.json(Request("GET", address, {"target": target})))

    def get(self, name: str) -> Network:
        """By name or id."""
        return Network(self._transport, self._transport.json(Request("GET", path("networks", name))))

    def list(self, **filters: Any) -> Iterator[Network]:
        """Newest first. Filters: tag, created_by."""
        for fields in self._transport.pages("/networks", filters):
            yield Network(self._transport, fields)

    def delete(self, name: str) -> None:
        self._transport.send(Request("DELETE", path("networks", name)))
