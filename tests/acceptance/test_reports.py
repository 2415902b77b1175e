"""From a request over HTTP to the tracking server, by configuration alone."""

from pathlib import Path

import pytest

from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import running
from tests.tracking_server import tracking_server

TOKEN = "a-token-that-no-log-shows"
NETWORK = {"name": "or", "inputs": 2, "seed": 1, "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]}
DATA = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [1]]}


def test_a_running_service_reports_as_it_was_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(TOKEN)
    with tracking_server(token=TOKEN) as there:
        monkeypatch.setenv("FEEDFORWARD_MLFLOW_SERVERS", f"lab={there.url} {tmp_path / 'token'}")
        with running(tmp_path / "data") as service:
            client = Client(service.url)
            client.post("/networks", NETWORK)
            job = client.train("or", DATA, epochs=300, report={"mlflow": "lab"})
            path = f"/jobs/{job['id']}"
            until(lambda: client.get(path)["report"]["state"] == "done", "the end of the report")
            report = client.get(path)["report"]
            history = client.get(f"{path}/history?every=100")["data"]
            assert TOKEN not in service.log() and TOKEN not in str(client.get(path))
    assert (report["run_id"], report["epoch"], report["error"], report["model"]) == ("run1", 300, None, "uploaded")
    assert there.steps("loss") == list(range(1, 301)) and list(there.experiments) == ["or"]
    losses = {metric["step"]: metric["value"] for metric in there.run["metrics"] if metric["key"] == "loss"}
    assert {row["epoch"]: row["loss"] for row in history}.items() <= losses.items()
    assert there.run["info"]["status"] == "FINISHED" and there.run["params"]["epochs"] == "300"
    assert {name.rpartition("/")[2] for name in there.files} >= {"MLmodel", "model.onnx"}
