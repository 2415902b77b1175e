"""The examples of the API's document, as one story: each step is a request, and later ones build on it.

An operation needs at least one step for each status and media type that it answers with, binary ones apart. After a
change, record the answers:

    FEEDFORWARD_RECORD_EXAMPLES=1 ./run test tests/api/test_examples.py
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PENGUINS = (ROOT / "service/demo/penguins.csv").read_text()
ONNX = (ROOT / "tests/unit/imports/models/sklearn_classes.onnx").read_bytes()
CSV, NDJSON, SSE, SVG, BYTES = (
    "text/csv",
    "application/x-ndjson",
    "text/event-stream",
    "image/svg+xml",
    "application/octet-stream",
)


@dataclass(frozen=True)
class Step:
    """A request. `{name.field}` in it stands for a field of the answer kept under that name."""

    operation: str
    summary: str = ""
    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    body: Any = None
    media_type: str = "application/json"
    accept: str | None = None
    status: int = 200
    keep: str | None = None  #: the name to keep the answer under
    needs: str | None = None  #: a package that is optional; without it, the step is left out
    search: bool = False  #: train the trials of all searches, before the next step
    work: bool = False  #: play the job that was submitted, before the next step
    at_once: bool = False  #: a worker is free, and plays the job while the request waits
    hidden: bool = False  #: needed for the story, and no example


CHEESE = {
    "name": "cheese",
    "inputs": ["fat", "salt"],
    "labels": ["dislike", "like"],
    "seed": 7,
    "dtype": "float64",
    "loss": "binary_cross_entropy",
    "layers": [
        {"type": "dense", "units": 3, "activation": "sigmoid"},
        {"type": "dense", "units": 1, "activation": "sigmoid"},
    ],
}
RECIPES = {
    "name": "prices",
    "inputs": [{"name": "area", "type": "number"}, {"name": "floor", "type": "number"}],
    "target": {"name": "price", "type": "number"},
    "layers": [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dense", "units": 1}],
    "members": [{"count": 2, "encode": "number"}, {"encode": "piecewise", "schedule": "cosine"}],
}
ROWS = {
    "inputs": [[0.2, 0.9], [0.1, 0.1], [0.2, 0.4], [0.2, 0.5], [0.4, 0.5], [0.3, 0.8]],
    "targets": ["like", "dislike", "dislike", "dislike", "like", "like"],
}
TRAIN_CHEESE = {
    "network": "cheese",
    "epochs": 5,
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "data": ROWS,
}
TRAIN_PENGUINS = {
    "network": "penguins",
    "dataset": "penguins",
    "epochs": 3,
    "validation": {"fraction": 0.2, "stratified": True},
    "calibrate": True,
    "metrics": ["accuracy"],
}
PENGUIN = {"island": "Torgersen", "bill_length_mm": 39.1, "bill_depth_mm": 18.7, "flipper_length_mm": 181, "year": 2007}
OTHER = {"island": "Biscoe", "bill_length_mm": 50.0, "bill_depth_mm": 15.2, "flipper_length_mm": 218, "year": 2008}
PENGUIN_CSV = "island,bill_length_mm,bill_depth_mm,flipper_length_mm,year\nTorgersen,39.1,18.7,181,2007\n"
STEP = {
    "inputs": [[0.2, 0.9]],
    "targets": ["like"],
    "optimizer": {"type": "sgd", "learning_rate": 0.01},
}
OF_PENGUINS, OF_CHEESE = {"dataset": "penguins"}, {"network": "cheese"}
PRODUCTION = {**OF_CHEESE, "alias": "production"}
MODEL = {"model": "taste"}
MODEL_ALIAS = {**MODEL, "alias": "production"}

DATASETS = [
    Step("createDataset", "A CSV file", query={"name": "penguins"}, body=PENGUINS, media_type=CSV, status=201),
    Step("createDataset", "The same file again", query={"name": "penguins"}, body=PENGUINS, media_type=CSV),
    Step("getDataset", path=OF_PENGUINS),
    Step("previewDataset", path=OF_PENGUINS),
    Step("listDatasetRows", path=OF_PENGUINS, query={"first": 0, "limit": 2}),
    Step("listDatasetRows", path=OF_PENGUINS, query={"limit": 2}, accept=CSV),
    Step("listDatasetRows", path=OF_PENGUINS, query={"limit": 2}, accept=NDJSON),
    Step("downloadDataset", path=OF_PENGUINS),
    Step("getProposal", path=OF_PENGUINS, query={"target": "species"}),
    Step(
        "createDataset",
        query={"name": "draft"},
        body="size,price\n10,1\n20,2\n",
        media_type=CSV,
        status=201,
        hidden=True,
    ),
    Step(
        "rereadDataset",
        "Read the prices as words",
        path={"dataset": "draft"},
        query={"types": "price:category"},
        status=201,
    ),
    Step("rereadDataset", "Nothing changes", path={"dataset": "draft"}, query={"types": "price:category"}),
    Step("updateDataset", path={"dataset": "draft"}, body={"name": "prices"}),
    Step("deleteDataset", path={"dataset": "prices"}, status=204),
    Step("listDatasets", query={"limit": 20}),
]
NETWORKS = [
    Step("createNetwork", "Check only", query={"dry_run": "true"}, body=CHEESE),
    Step("createNetwork", "Check members of two recipes", query={"dry_run": "true"}, body=RECIPES),
    Step("createNetwork", "Plain numbers", body=CHEESE, status=201),
    Step(
        "createNetwork",
        "Columns of a table",
        body={"name": "penguins", "from_dataset": "penguins", "target": "species", "members": 1, "seed": 1},
        status=201,
    ),
    Step("importNetwork", body={"model": ONNX, "name": "foreign"}, media_type="multipart/form-data", status=201),
    Step("getNetwork", path=OF_CHEESE),
    Step(
        "updateNetwork", path=OF_CHEESE, body={"description": "Which cheese does she like?", "tags": {"team": "dairy"}}
    ),
    Step("deleteNetwork", path={"network": "foreign"}, status=204),
    Step("listNetworks", query={"limit": 1}),
]
JOBS = [
    Step("trainNetwork", "Rows in the request", body=TRAIN_CHEESE, status=202, keep="first", work=True),
    Step(
        "trainNetwork", "Wait for the end", body=TRAIN_CHEESE, header={"Prefer": "wait=1"}, at_once=True, keep="second"
    ),
    Step("trainNetwork", "A data set", body=TRAIN_PENGUINS, status=202, keep="penguins", work=True),
    Step(
        "restartJob", path={"job": "{first.id}"}, body={"options": {"epochs": 4}}, status=202, keep="again", work=True
    ),
    Step("restartJob", path={"job": "{first.id}"}, header={"Prefer": "wait=1"}, at_once=True),
    Step("trainNetwork", body=TRAIN_CHEESE, status=202, keep="third", hidden=True),
    Step("pauseJob", path={"job": "{third.id}"}),
    Step("resumeJob", path={"job": "{third.id}"}, body={"until_epoch": 2}),
    Step("cancelJob", path={"job": "{third.id}"}),
    Step("getJob", path={"job": "{first.id}"}),
    Step(
        "updateJob",
        path={"job": "{first.id}"},
        body={"name": "first try", "note": "small steps", "tags": {"team": "dairy"}},
    ),
    Step("listJobRows", path={"job": "{penguins.id}"}, query={"limit": 2}),
    Step("summariseJobs"),
    Step("listJobs", query={"network": "cheese", "status": "succeeded", "limit": 2}),
    Step("listJobEvents", path={"job": "{first.id}"}),
    Step("listJobEvents", path={"job": "{first.id}"}, accept=SSE),
    Step("streamEvents", query={"jobs": "{first.id}"}, accept=SSE),
    Step("listNetworkEvents", path=OF_CHEESE),
    Step("listNetworkEvents", path=OF_CHEESE, accept=SSE),
    Step("streamJobFrames", path={"job": "{first.id}"}, accept=SSE),
    *(
        Step(operation, path=path, query={**query, "from_epoch": 4}, accept=accept)
        for operation, path, query in (
            ("getJobHistory", {"job": "{first.id}"}, {}),
            ("getNetworkHistory", OF_CHEESE, {}),
            ("compareJobs", {}, {"jobs": "{first.id},{second.id}"}),
        )
        for accept in (None, CSV, NDJSON)
    ),
    Step("getJobHistory", path={"job": "{first.id}"}, query={"format": "svg"}, accept=SVG),
    Step("getNetworkHistory", path=OF_CHEESE, query={"format": "svg"}, accept=SVG),
    Step("compareJobs", query={"jobs": "{first.id},{second.id}", "format": "svg"}, accept=SVG),
    Step("deleteJob", path={"job": "{third.id}"}, status=204),
]
SCHEDULES = [
    Step(
        "createSchedule",
        body={
            "name": "nightly",
            "cron": "0 3 * * *",
            "timezone": "Europe/Zurich",
            "train": {"network": "penguins", "dataset": "penguins", "epochs": 20},
        },
        status=201,
    ),
    Step("getSchedule", path={"schedule": "nightly"}),
    Step("updateSchedule", path={"schedule": "nightly"}, body={"paused": True}),
    Step("runSchedule", path={"schedule": "nightly"}, status=202),
    Step("listSchedules"),
    Step("deleteSchedule", path={"schedule": "nightly"}, status=204),
]
INFERENCE = [
    Step("predict", "Columns of a table", query={"network": "penguins", **PENGUIN}),
    Step("predict", "Plain numbers", query={"network": "cheese", "x": "0.2,0.9"}),
    Step("predict", "CSV, for a spreadsheet", query={"network": "penguins", "_format": "csv", **PENGUIN}),
    Step("predictBatch", "Columns of a table", body={"network": "penguins", "inputs": [PENGUIN, OTHER]}),
    Step("predictBatch", "Plain numbers", body={"network": "cheese", "inputs": [[0.2, 0.9], [0.1, 0.1]]}),
    Step("predictBatch", "CSV", query={"network": "penguins"}, body=PENGUIN_CSV, media_type=CSV, accept=CSV),
    Step(
        "predictDataset",
        "Queue it",
        body={"network": "penguins", "dataset": "penguins", "name": "scored", "columns": ["species"]},
        status=202,
        work=True,
    ),
    Step(
        "predictDataset",
        "Wait for the end",
        body={"network": "penguins", "dataset": "penguins", "name": "scored-again"},
        header={"Prefer": "wait=1"},
        at_once=True,
    ),
    Step("evaluate", body={"job": "{penguins.id}", "rows": "validation"}),
    Step("getCalibration", path={"network": "penguins"}),
    Step("explainStep", path=OF_CHEESE, body=STEP),
    Step("explainSpecStep", body={"network": CHEESE, **STEP}),
]
TUNE = {
    "network": {
        "from_dataset": "penguins",
        "target": "species",
        "layers": [
            {"type": "dense", "units": 8, "activation": "tanh"},
            {"type": "dense", "units": 3, "activation": "softmax"},
        ],
    },
    "training": {"dataset": "penguins", "epochs": 2, "validation": {"fraction": 0.2}},
    "parameters": {
        "/training/optimizer/learning_rate": {"type": "float", "low": 0.001, "high": 0.1, "scale": "log"},
        "/network/layers/0/units": {"type": "int", "low": 4, "high": 16},
    },
    "limits": {"trials": 2},
}
SEARCHES = [
    Step("createSearch", body={"name": "tune", **TUNE}, status=201),
    Step("pauseSearch", path={"search": "tune"}),
    Step("resumeSearch", path={"search": "tune"}, search=True),
    Step("getSearch", path={"search": "tune"}),
    Step("listTrials", path={"search": "tune"}, query={"limit": 1}),
    Step(
        "addTrials",
        path={"search": "tune"},
        body={"points": [{"/training/optimizer/learning_rate": 0.01, "/network/layers/0/units": 12}]},
        search=True,
    ),
    Step("publishTrial", path={"search": "tune"}, body={"network": "tuned"}, status=201),
    Step("addTrials", path={"search": "tune"}, body={"count": 9}, search=True, needs="optuna", hidden=True),
    Step("getImportances", path={"search": "tune"}, needs="optuna"),
    Step("createSearch", body={"name": "spare", **TUNE}, status=201, hidden=True),
    Step("cancelSearch", path={"search": "spare"}, search=True),
    Step("listSearches", query={"limit": 1}),
    Step("deleteSearch", path={"search": "spare"}, status=204),
]
MONITORING = [
    Step("updateNetwork", path={"network": "penguins"}, body={"answer_log": {"min_rows": 10}}, hidden=True),
    Step("predictBatch", body={"network": "penguins", "inputs": [PENGUIN, OTHER] * 6}, keep="answer", hidden=True),
    Step("listAnswers", path={"network": "penguins"}, query={"limit": 1}),
    Step("giveFeedback", body={"items": [{"id": "{answer.id}", "row": 0, "actual": {"species": "Adelie"}}]}),
    Step("getMonitoring", path={"network": "penguins"}),
    Step("getDrift", path={"network": "penguins"}),
    Step("deleteAnswers", path={"network": "penguins"}, status=204),
]
SNAPSHOTS = [
    Step("getNetworkWeights", path=OF_CHEESE, keep="weights"),
    Step("importSnapshot", path=OF_CHEESE, body="{weights}", status=201, keep="spare"),
    Step("importSnapshot", path=OF_CHEESE, body="{weights}", status=201, keep="other", hidden=True),
    Step("importNetworkWeights", path=OF_CHEESE, body="{weights}", status=201, keep="snapshot"),
    Step("getSnapshot", path={**OF_CHEESE, "snapshot": "{snapshot.id}"}),
    Step("updateSnapshot", path={**OF_CHEESE, "snapshot": "{snapshot.id}"}, body={"alias": "tasted"}),
    Step("getSnapshotWeights", path={**OF_CHEESE, "snapshot": "tasted"}),
    Step("deleteSnapshot", path={**OF_CHEESE, "snapshot": "{spare.id}"}, status=204),
    Step("listSnapshots", path=OF_CHEESE, query={"limit": 2}),
    Step("exportNetwork", path=OF_CHEESE, query={"format": "python"}, accept="text/x-python"),
]
VERSIONS = [
    Step("publishVersion", path=OF_CHEESE, body={"snapshot": "{other.id}", "note": "tasted by all"}, status=201),
    Step("publishVersion", path=OF_CHEESE, body={"snapshot": "initial"}, status=201, hidden=True),
    Step("listVersions", path=OF_CHEESE),
    Step("getVersion", path={**OF_CHEESE, "version": "1"}),
    Step("moveAlias", path=PRODUCTION, body={"version": 1}, hidden=True),
    Step("moveAlias", path=PRODUCTION, body={"version": 2, "note": "for the comparison"}),
    Step("getAlias", path=PRODUCTION),
    Step("rollBackAlias", path=PRODUCTION),
    Step("listAliases", path=OF_CHEESE),
    Step("listAliasMoves", path=PRODUCTION),
    Step("getLive", path=OF_CHEESE),
    Step("compareVersions", path=OF_CHEESE, query={"from": "1", "to": "2"}),
    Step("removeAlias", path=PRODUCTION, status=204),
    Step("deleteVersion", path={**OF_CHEESE, "version": "3"}, status=204),
    Step("moveModelAlias", path=MODEL_ALIAS, body={"network": "cheese", "version": 1}, hidden=True),
    Step("moveModelAlias", path=MODEL_ALIAS, body={"network": "cheese", "version": 2, "note": "for all"}),
    Step("getModelAlias", path=MODEL_ALIAS),
    Step("rollBackModelAlias", path=MODEL_ALIAS),
    Step("listModelAliases", path=MODEL),
    Step("listModelAliasMoves", path=MODEL_ALIAS),
    Step("getModel", path=MODEL),
    Step("listModels"),
    Step("removeModelAlias", path=MODEL_ALIAS, status=204),
    Step("deleteModel", path=MODEL, status=204),
]
ACCESS = [
    Step(
        "createKey",
        body={"name": "web-shop", "scopes": ["read", "predict"], "networks": ["cheese"]},
        status=201,
        keep="key",
    ),
    Step("getKey", path={"key": "{key.id}"}),
    Step("rotateKey", path={"key": "{key.id}"}, body={"overlap_seconds": 3600}, status=201, keep="rotated"),
    Step("listKeys", query={"limit": 1}),
    Step("signIn", body={"key": "{rotated.key}"}),
    Step("getSession"),
    Step("listSessions", keep="sessions"),
    Step("signOut", status=204),
    Step("signIn", body={"key": "{rotated.key}"}, keep="session", hidden=True),
    Step("endSession", path={"session": "{session.session}"}, status=204),
    Step("revokeKey", path={"key": "{key.id}"}, status=204),
    Step("listAudit", query={"limit": 2}),
    Step("listAudit", query={"limit": 2}, accept=NDJSON),
]
HEALTH = [Step("getHealth"), Step("getReadiness")]

STORY = [
    *HEALTH,
    *DATASETS,
    *NETWORKS,
    *JOBS,
    *SCHEDULES,
    *INFERENCE,
    *SEARCHES,
    *MONITORING,
    *SNAPSHOTS,
    *VERSIONS,
    *ACCESS,
]
