"""Every operation of the document has a method of the client, which sends what the document says."""

import json
import re
from pathlib import Path

import pytest

from feedforward_client import Client
from feedforward_client._sync.datasets import Dataset
from feedforward_client._sync.jobs import Job
from feedforward_client._sync.networks import Network
from feedforward_client._sync.searches import Search
from feedforward_client._sync.transport import Transport

DOCUMENT = json.loads((Path(__file__).parents[3] / "openapi.json").read_text())


class Sent(Exception):
    """A request that would have been sent."""

    def __init__(self, request):
        self.request = request


class Recorder(Transport):
    def send(self, request):
        raise Sent(request)

    def lines(self, request):
        raise Sent(request)


class Handles:
    """One of each of what methods belong to."""

    def __init__(self):
        self.client = Client("http://127.0.0.1:1")
        transport = Recorder("http://127.0.0.1:1", None, 1, 0)
        self.client.transport = transport
        for part in ("datasets", "networks", "jobs", "models", "searches", "schedules", "keys"):
            getattr(self.client, part)._transport = transport
        self.network = Network(transport, {"id": "net_1", "name": "n"})
        self.job = Job(transport, {"id": "job_1", "status": "running"})
        self.dataset = Dataset(transport, {"id": "ds_1"})
        self.search = Search(transport, {"id": "srch_1"})


METHODS = {
    "createDataset": lambda one: one.client.datasets.upload(b"a\n1\n", "x", delimiter=","),
    "listDatasets": lambda one: next(one.client.datasets.list(name="x")),
    "getDataset": lambda one: one.client.datasets.get("x"),
    "updateDataset": lambda one: one.dataset.rename("y"),
    "deleteDataset": lambda one: one.client.datasets.delete("x", revisions="all"),
    "previewDataset": lambda one: one.dataset.preview(limit=3),
    "listDatasetRows": lambda one: one.dataset.read(first=1, limit=3),
    "downloadDataset": lambda one: one.dataset.parquet(),
    "rereadDataset": lambda one: one.dataset.reread(types={"a": "category"}, header=False),
    "getProposal": lambda one: one.dataset.proposal("a"),
    "createNetwork": lambda one: one.client.networks.create("x", inputs=2, layers=[]),
    "listNetworks": lambda one: next(one.client.networks.list(tag="a:b")),
    "getNetwork": lambda one: one.client.networks.get("x"),
    "updateNetwork": lambda one: one.network.update(description="y"),
    "deleteNetwork": lambda one: one.network.delete(),
    "importNetwork": lambda one: one.client.networks.load(b"onnx", "x"),
    "exportNetwork": lambda one: one.network.export("python", version=1),
    "trainNetwork": lambda one: one.network.train(dataset="x"),
    "restartJob": lambda one: one.job.restart(options={"epochs": 3}, pause_at=1),
    "listJobs": lambda one: next(one.client.jobs.list(network="x", best=True)),
    "summariseJobs": lambda one: one.client.jobs.summary(network="x"),
    "getJob": lambda one: one.job.refresh(),
    "updateJob": lambda one: one.job.update(note="x"),
    "deleteJob": lambda one: one.job.delete(),
    "cancelJob": lambda one: one.job.cancel(),
    "pauseJob": lambda one: one.job.pause(),
    "resumeJob": lambda one: one.job.resume(until_epoch=3, options={"epochs": 9}),
    "listJobRows": lambda one: one.job.rows(limit=3),
    "listJobEvents": lambda one: next(one.job.events()),
    "streamJobFrames": lambda one: next(one.job.frames()),
    "listNetworkEvents": lambda one: next(one.network.events()),
    "streamEvents": lambda one: next(one.client.events("job_1", "job_2")),
    "getJobHistory": lambda one: one.job.history(every=3),
    "getNetworkHistory": lambda one: one.network.history(from_epoch=3),
    "compareJobs": lambda one: one.client.jobs.compare("job_1", "job_2", max_points=9),
    "predictBatch": lambda one: one.network.predict([[1, 2]], interval=0.9),
    "predictDataset": lambda one: one.network.predict_dataset("x"),
    "evaluate": lambda one: one.network.evaluate(dataset="x"),
    "getCalibration": lambda one: one.network.calibration("best"),
    "explainStep": lambda one: one.network.explain([[1]], [2]),
    "explainSpecStep": lambda one: one.client.explain(network={}, inputs=[[1]], targets=[2]),
    "getMonitoring": lambda one: one.network.monitoring.metrics(every="day"),
    "getDrift": lambda one: one.network.monitoring.drift(window=60),
    "listAnswers": lambda one: next(one.network.monitoring.answers()),
    "deleteAnswers": lambda one: one.network.monitoring.delete_answers(),
    "giveFeedback": lambda one: one.client.feedback({"id": "a", "actual": "x"}),
    "listSnapshots": lambda one: next(one.network.snapshots(job="job_1")),
    "getSnapshot": lambda one: one.network.snapshot("best"),
    "deleteSnapshot": lambda one: one.network.delete_snapshot("snap_1"),
    "getNetworkWeights": lambda one: one.network.weights("best"),
    "importNetworkWeights": lambda one: one.network.load_weights({"layers": []}),
    "getLive": lambda one: one.network.live(),
    "publishVersion": lambda one: one.network.publish(note="x"),
    "listVersions": lambda one: next(one.network.versions()),
    "getVersion": lambda one: one.network.version(1),
    "deleteVersion": lambda one: one.network.delete_version(1),
    "listAliases": lambda one: next(one.network.aliases()),
    "getAlias": lambda one: one.network.alias(),
    "moveAlias": lambda one: one.network.promote(1, note="x"),
    "removeAlias": lambda one: one.network.remove_alias("staging"),
    "rollBackAlias": lambda one: one.network.roll_back(),
    "listAliasMoves": lambda one: next(one.network.moves()),
    "compareVersions": lambda one: one.network.diff(1, 2),
    "listModels": lambda one: next(one.client.models.list()),
    "getModel": lambda one: one.client.models.get("x"),
    "deleteModel": lambda one: one.client.models.delete("x"),
    "listModelAliases": lambda one: next(one.client.models.aliases("x")),
    "getModelAlias": lambda one: one.client.models.alias("x"),
    "moveModelAlias": lambda one: one.client.models.promote("x", "n", 1),
    "removeModelAlias": lambda one: one.client.models.remove_alias("x", "staging"),
    "rollBackModelAlias": lambda one: one.client.models.roll_back("x"),
    "listModelAliasMoves": lambda one: next(one.client.models.moves("x")),
    "createSearch": lambda one: one.client.searches.create(dataset="x", target="a"),
    "listSearches": lambda one: next(one.client.searches.list()),
    "getSearch": lambda one: one.search.refresh(),
    "deleteSearch": lambda one: one.search.delete(),
    "listTrials": lambda one: next(one.search.trials()),
    "getImportances": lambda one: one.search.importances(),
    "addTrials": lambda one: one.search.add(count=2),
    "cancelSearch": lambda one: one.search.cancel(),
    "pauseSearch": lambda one: one.search.pause(),
    "resumeSearch": lambda one: one.search.resume(),
    "publishTrial": lambda one: one.search.publish("x", trial=1),
    "createSchedule": lambda one: one.client.schedules.create("0 3 * * *", {"network": "n"}, name="x"),
    "listSchedules": lambda one: next(one.client.schedules.list(network="n")),
    "getSchedule": lambda one: one.client.schedules.get("x"),
    "updateSchedule": lambda one: one.client.schedules.update("x", paused=True),
    "deleteSchedule": lambda one: one.client.schedules.delete("x"),
    "runSchedule": lambda one: one.client.schedules.run("x"),
    "createKey": lambda one: one.client.keys.create("ci", ["predict"], expires_in_seconds=60),
    "listKeys": lambda one: next(one.client.keys.list()),
    "getKey": lambda one: one.client.keys.get("key_1"),
    "revokeKey": lambda one: one.client.keys.revoke("key_1", keep_made=True),
    "rotateKey": lambda one: one.client.keys.rotate("key_1", overlap_seconds=60),
    "listAudit": lambda one: next(one.client.keys.audit(action="create")),
    "getReadiness": lambda one: one.client.ready(),
}
SESSIONS = "sessions are for pages in a browser; a program has a key"
#: Operations without a method, and why.
LEFT_OUT = {
    "predict": "one row by the names of its columns; network.predict sends it by POST",
    "importSnapshot": "network.load_weights does the same, and `promote` points an alias there",
    "updateSnapshot": "an alias of a snapshot; network.publish and promote do that",
    "getSnapshotWeights": 'network.weights("snap_…") reads the same',
    "getHealth": "for supervisors; client.ready says more",
    **dict.fromkeys(("signIn", "getSession", "signOut", "listSessions", "endSession"), SESSIONS),
}


def operations():
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield path, method, [*item.get("parameters", []), *operation.get("parameters", [])], operation


def test_every_operation_has_a_method_or_a_reason():
    known = {operation["operationId"] for *_, operation in operations()}
    assert known == METHODS.keys() | LEFT_OUT.keys()
    assert not METHODS.keys() & LEFT_OUT.keys()


@pytest.mark.parametrize("name", METHODS)
def test_a_method_sends_what_its_operation_takes(name):
    with pytest.raises(Sent) as caught:
        METHODS[name](Handles())
    sent = caught.value.request
    matching = [
        (parameters, operation)
        for path, method, parameters, operation in operations()
        if operation["operationId"] == name
        and method == sent.method.lower()
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), sent.path)
    ]
    assert matching, (sent.method, sent.path)
    [(parameters, operation)] = matching
    named = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    assert {key for key, value in sent.query.items() if value is not None} <= named
    body = operation.get("requestBody", {}).get("content", {})
    if sent.body is not None:
        schema = body["application/json"]["schema"]
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        assert set(sent.body) <= set(schema.get("properties", sent.body))
    elif sent.content is not None:
        assert sent.content_type.partition(";")[0] in body
    else:
        assert not operation.get("requestBody", {}).get("required")
