"""Trainings steered, watched and taken along by the Python client, on the running service."""

import asyncio
import runpy
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest

from feedforward_client import AsyncClient, Client, Conflict, Network
from tests.acceptance.running import RunningService

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
LAYERS = [{"type": "dense", "units": 4, "activation": "tanh"}, {"type": "dense", "units": 1}]
LABELLED = ([[i / 60] for i in range(60)], ["low"] * 30 + ["high"] * 30)
SOFTMAX = [{"type": "dense", "units": 2, "activation": "softmax"}]


@pytest.fixture
def xor(client: Client, name: str) -> Network:
    return client.networks.create(name, inputs=2, layers=LAYERS, seed=1)


def test_epoch_by_epoch_gives_the_same_as_a_restart_at_once(client: Client, xor: Network) -> None:
    job = xor.train(XOR, epochs=6, pause_at=2)
    job = until_paused(job)
    assert (job.epoch, job["pause_at"]) == (2, 2)
    job = until_paused(job.resume(until_epoch=4))
    assert job.epoch == 4
    job.resume(options={"optimizer": {"learning_rate": 0.5}}, epochs_per_second=1000).wait()
    again = job.restart().wait()
    assert again.id != job.id and again["restart_of"] == job.id
    whole = again.restart(options={"epochs": 3}).wait()
    assert whole.epoch == 3
    np.testing.assert_array_equal(whole.history()["loss"][:3], again.history()["loss"][:3])
    job.update(name="first", note="by hand")
    assert job.refresh()["name"] == "first" and job.report is None and job.folds == {}
    assert client.jobs.summary(network=xor.id)["total"] == 3
    assert [one["job"] for one in client.jobs.compare(job.id, again.id)["data"]] == [job.id, again.id]


def until_paused(job):
    while job.refresh().status != "paused":
        assert not job.has_ended
    return job


def test_frames_end_with_the_weights_of_the_training(xor: Network) -> None:
    job = xor.train(XOR, epochs=40, epochs_per_second=50)
    frames = list(job.frames())
    assert frames[-1]["final"] and frames[-1].epoch == 40
    assert [frame.epoch for frame in frames] == sorted(frame.epoch for frame in frames)
    for layer in xor.weights(job.id)["layers"]:
        found = frames[-1].tensors[f"{layer['name']}.weights"]
        np.testing.assert_array_equal(found, np.array(layer["weights"], dtype=np.float32))


def test_the_pace_of_a_running_training_is_set(xor: Network) -> None:
    job = xor.train(XOR, epochs=100_000, epochs_per_second=0.01)
    assert job.pace(None)["epochs_per_second"] is None
    job.cancel().wait(check=False)
    with pytest.raises(Conflict):
        job.pace(1)


def test_classes_come_with_calibration_sets_and_folds(client: Client, name: str) -> None:
    network = client.networks.create(
        name, inputs=1, labels=["low", "high"], layers=SOFTMAX, loss="cross_entropy", seed=1
    )
    job = network.train(LABELLED, epochs=20, validation={"fraction": 0.5}, calibrate=True, optimizer="adam").wait()
    assert network.calibration(job.id)["temperature"] > 0
    predicted = network.predict([[0.1]], interval=0.9)
    assert set(predicted.sets[0]) <= {"low", "high"}
    assert isinstance(job.findings, list) and job.rows(limit=2)["rows"]
    folded = network.train(LABELLED, epochs=2, folds=3).wait()
    assert len(folded.folds["val_loss"]["folds"]) == 3


def test_numbers_come_with_intervals(client: Client, name: str) -> None:
    network = client.networks.create(name, inputs=1, layers=[{"type": "dense", "units": 1}], seed=1)
    rows = ([[i / 60] for i in range(60)], [[i / 30] for i in range(60)])
    network.train(rows, epochs=3, validation={"fraction": 0.5}).wait()
    [interval] = network.predict([[0.5]], interval=0.9).intervals
    assert interval


def test_exports_run_and_come_back(client: Client, xor: Network, name: str, tmp_path) -> None:
    xor.train(XOR, epochs=2).wait()
    program = tmp_path / "xor.py"
    program.write_bytes(xor.export("python"))
    assert runpy.run_path(str(program), run_name="exported")
    assert "MLmodel" in " ".join(zipfile.ZipFile(BytesIO(xor.export("mlflow"))).namelist())
    onnx = xor.export("onnx")
    imported = client.networks.load(onnx, f"{name}-onnx")
    np.testing.assert_allclose(imported.predict([[0, 1]]).outputs, xor.predict([[0, 1]]).outputs, rtol=1e-5)
    assert xor.load_weights(xor.safetensors())["kind"] == "imported"


def test_schedules_and_rows_of_a_data_set(client: Client, name: str) -> None:
    dataset = client.datasets.upload({"a": np.arange(30) / 7, "b": np.arange(30) / 3}, name)
    assert dataset.preview(limit=2)["rows"] and dataset.read(first=2, limit=1)["rows"]
    network = client.networks.create(name, from_dataset=name, target="b")
    schedule = client.schedules.create("0 3 * * *", {"network": name, "dataset": name, "epochs": 1}, name=f"{name}-s")
    assert client.schedules.update(schedule["id"], paused=True)["state"] == "paused"
    assert client.schedules.run(f"{name}-s").wait().status == "succeeded"
    client.schedules.delete(f"{name}-s")
    assert [one["id"] for one in client.schedules.list(network=network.id)] == []
    network.update(answer_log={})
    assert list(network.monitoring.answers()) == [] and network.monitoring.metrics()
    assert client.ready()["checks"]["worker"] == "ok"


def test_the_asynchronous_client_streams_frames(service: RunningService, name: str) -> None:
    async def last() -> int:
        async with AsyncClient(service.url) as client:
            network = await client.networks.create(name, inputs=2, layers=LAYERS, seed=1)
            job = await network.train(XOR, epochs=3)
            return [frame.epoch async for frame in job.frames()][-1]

    # In a thread of its own: a test of the page may have left a loop in this one.
    with ThreadPoolExecutor(1) as executor:
        assert executor.submit(asyncio.run, last()).result() == 3
