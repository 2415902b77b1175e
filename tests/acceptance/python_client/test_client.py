"""The Python client on the running service."""

import asyncio
import io
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import polars as pl
import pytest

from feedforward_client import (
    AsyncClient,
    Client,
    Conflict,
    JobFailed,
    NotFound,
    PermissionDenied,
    ValidationError,
)
from feedforward_client.progress import TextProgress
from feedforward_client.tables import csv_upload
from tests.acceptance.processes import until
from tests.acceptance.python_client.lossy import lossy
from tests.acceptance.running import ROOT, RunningService, running

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
LAYERS = [{"type": "dense", "units": 4, "activation": "tanh"}, {"type": "dense", "units": 1}]
MIXED = pd.DataFrame(
    {
        "zip": ["01", "2", "3", None] * 20,
        "code": pd.Categorical([7, 8, 9, 7] * 20),
        "size": [1.5, np.nan, 3, 4] * 20,
        "paid": pd.array([True, None, False, True] * 20, dtype="boolean"),
        "when": pd.to_datetime(["2024-01-02", None, "2024-03-04", "2024-05-06"] * 20),
        "kind": ["a", "b", "b", "a"] * 20,
    }
)
TYPES = {"zip": "category", "code": "category", "size": "number", "paid": "boolean", "when": "time", "kind": "category"}


def test_a_frame_is_uploaded_proposed_trained_and_predicted(client: Client, name: str) -> None:
    dataset = client.datasets.upload(MIXED, name)
    assert dataset.columns == TYPES and dataset.rows == 80 and dataset.reference == f"{name}@1"
    proposal = dataset.proposal("kind")
    network = proposal.create(name)
    job = network.train(**{**proposal.training, "epochs": 15}).wait()
    assert job.status == "succeeded" and len(job.history().epochs) == job.epoch
    shown = network.predict(MIXED.head(4)).to_pandas(index=MIXED.index[:4])
    assert shown["kind"].tolist() == ["a", "b", "b", "a"] and list(shown) == ["kind", "p:a", "p:b"]
    assert network.predict(pl.from_pandas(MIXED.head(4))).labels == shown["kind"].tolist()
    assert network.evaluate(MIXED)["rows"] == 80 and job.evaluate(rows="training")["evaluated_on"]["job"] == job.id
    assert dataset.to_pandas()["size"].sum() == MIXED["size"].sum()


def test_csv_and_polars_read_as_parquet_does(client: Client, name: str) -> None:
    upload = csv_upload(MIXED)
    assert client.datasets.upload(upload.content, name, types=upload.types).columns == TYPES
    columns = client.datasets.upload(pl.from_pandas(MIXED), f"{name}-pl", types={"code": "category"}).columns
    assert columns == TYPES


def test_arrays_files_revisions_and_lists(client: Client, name: str, tmp_path) -> None:
    file = tmp_path / f"{name}.csv"
    file.write_text("a,b\n1,2\n3,4\n")
    assert client.datasets.upload(file).name == name
    assert client.datasets.upload({"a": np.arange(3.0), "b": np.arange(3)}, name, revision=True).revision == 2
    assert [one.revision for one in client.datasets.list(name=name, revisions="all")] == [2, 1]
    with pytest.raises(Conflict):
        client.datasets.delete(name)
    client.datasets.delete(name, revisions="all")
    with pytest.raises(NotFound):
        client.datasets.get(name)


def test_plain_numbers_train_predict_explain_and_export(client: Client, name: str) -> None:
    network = client.networks.create(name, inputs=2, layers=LAYERS, seed=1)
    assert client.networks.check(name, inputs=2, layers=LAYERS)["parameter_count"] == network.parameter_count
    job = network.train((np.array(XOR[0]), np.array(XOR[1])), epochs=20, optimizer="adam").wait()
    outputs = network.predict(np.array(XOR[0])).outputs
    assert outputs.shape == (4, 1)
    explained = network.explain(XOR[0], XOR[1], optimizer="sgd")
    np.testing.assert_allclose(explained["outputs"], outputs, rtol=1e-5)
    snapshot = network.load_weights(network.safetensors("initial"))
    assert network.load_weights(dict(network.weights("initial")))["sha256"] == snapshot["sha256"]
    assert [one.name for one in client.networks.list()].count(name) == 1
    assert [one.id for one in client.jobs.list(network=name)] == [job.id] and client.jobs.get(
        job.id
    ).status == "succeeded"
    assert len(list(network.snapshots())) >= 3 and network.history().epochs.tolist() == list(range(1, 21))
    assert network.update(description="xor")["description"] == "xor"
    job.delete()
    network.delete()
    with pytest.raises(NotFound, match=name):
        client.networks.get(name)


def test_versions_move_and_roll_back(client: Client, name: str) -> None:
    network = client.networks.create(name, inputs=2, layers=LAYERS)
    network.train(XOR, epochs=3).wait()
    first = network.publish(note="first")
    assert network.promote(first["version"])["alias"] == "production"
    network.promote(network.publish("initial")["version"], note="a mistake")
    assert network.roll_back()["version"] == 1 and network.live()["version"] == 1
    assert [move["action"] for move in network.moves()] == ["roll_back", "move", "move"]
    assert [version["version"] for version in network.versions()] == [2, 1]
    assert network.diff(1, 2)["from"]["version"] == 1 and [one["alias"] for one in network.aliases()] == ["production"]
    client.models.promote(f"m-{name}", name, 2)
    assert client.predict(XOR[0], model=f"m-{name}")["version"] == 2
    client.models.promote(f"m-{name}", name, 1)
    assert client.models.roll_back(f"m-{name}")["version"] == 2 and len(list(client.models.aliases(f"m-{name}"))) == 1
    client.models.delete(f"m-{name}")
    assert f"m-{name}" not in [model["name"] for model in client.models.list()]


def test_a_job_is_paused_resumed_watched_and_cancelled(client: Client, name: str) -> None:
    network = client.networks.create(name, inputs=2, layers=LAYERS)
    job = network.train(XOR, epochs=1_000_000)
    until(lambda: job.refresh().epoch > 0, "the first epoch")
    with pytest.raises(TimeoutError, match="it goes on"):
        job.wait(timeout=0.1)
    job.pause()
    until(lambda: job.refresh().status == "paused", "the pause")
    job.resume()
    job.cancel()
    with pytest.raises(JobFailed, match="cancelled") as raised:
        job.wait()
    assert raised.value.job["status"] == "cancelled"
    kinds = [event.kind for event in job.events()]
    assert kinds[0] == "submitted" and kinds[-1] == "ended" and "epochs" in kinds
    last = list(client.events(job.id))[-1]
    assert list(job.events(after=last.id)) == [] or last.kind == "ended"
    with pytest.raises(Conflict):
        job.pause()


def test_progress_shows_the_epochs_and_the_end(client: Client, name: str) -> None:
    network = client.networks.create(name, inputs=2, layers=LAYERS)
    out = io.StringIO()
    network.train(XOR, epochs=50).wait(progress=TextProgress(out))
    assert re.search(r"^succeeded  epoch 50 of 50  loss [\d.e-]+  [▁-█]+$", out.getvalue().splitlines()[-1])


def test_a_data_set_is_predicted_by_a_job(client: Client, name: str) -> None:
    client.datasets.upload(MIXED, name)
    network = client.networks.create(name, from_dataset=name, target="kind")
    job = network.predict_dataset(name).wait()
    assert client.datasets.get(job["output"]).rows == 80


def test_errors_name_their_fields(client: Client) -> None:
    with pytest.raises(ValidationError, match="layers.0.units") as raised:
        client.networks.create("bad", inputs=2, layers=[{"type": "dense", "units": -1}])
    assert [issue.field for issue in raised.value.issues] == ["#/layers/0/units"] and raised.value.request_id
    with pytest.raises(ValidationError) as raised:
        client.request("GET", "/networks", limit="x")
    assert raised.value.issues[0].field == "limit"
    assert client.request("GET", "/schedules", limit=1)["data"] == []
    assert client.explain(**SPEC)["outputs"] and client.evaluate(network=trained(client), data=XOR)["rows"] == 4


SPEC = {
    "inputs": [[1.0]],
    "targets": [[2.0]],
    "network": {"name": "described", "inputs": 1, "layers": [{"type": "dense", "units": 1}]},
}


def trained(client: Client) -> str:
    network = client.networks.create("evaluated", inputs=2, layers=LAYERS)
    client.train(network, XOR, epochs=1).wait()
    return network.name


def test_lost_answers_make_one_network_one_job_and_one_data_set(service: RunningService, name: str) -> None:
    with lossy(service.url) as proxy, Client(proxy.url) as client:
        proxy.to_lose = 2
        client.networks.create(name, inputs=2, layers=LAYERS)
        proxy.to_lose = 2
        job = client.train(name, XOR, epochs=2).wait()
        proxy.to_lose = 1
        assert client.datasets.upload(b"a,b\n1,2\n", name)["revisions"] == 1
        assert proxy.lost == 5 and [one.id for one in client.jobs.list(network=name)] == [job.id]
        job.delete()
        proxy.to_lose = 1
        client.networks.delete(name)
        assert proxy.lost == 6 and proxy.to_lose == 0


def test_the_asynchronous_client_does_what_the_other_one_does(service: RunningService, name: str) -> None:
    async def story() -> None:
        async with AsyncClient(service.url) as client:
            dataset = await client.datasets.upload(MIXED, name)
            proposal = await dataset.proposal("kind")
            network = await proposal.create(name)
            jobs = [await network.train(**{**proposal.training, "epochs": 3, "seed": seed}) for seed in range(3)]
            await asyncio.gather(*(job.wait() for job in jobs))
            assert {job.status for job in jobs} == {"succeeded"}
            assert [event.kind async for event in jobs[0].events()][-1] == "ended"
            assert len([job async for job in client.jobs.list(network=name)]) == 3
            assert len((await network.predict(MIXED.head(2))).labels) == 2
            with pytest.raises(NotFound):
                await client.networks.get("nobody")

    with ThreadPoolExecutor(1) as executor:  # A browser's tests may have left a loop in this thread.
        executor.submit(asyncio.run, story()).result()


def test_a_list_of_several_pages_is_one_iterator(client: Client, name: str) -> None:
    for number in range(4):
        client.networks.create(f"{name}-{number}", inputs=1, layers=[{"type": "dense", "units": 1}])
    names = [one.name for one in client.networks.list(limit=2) if one.name.startswith(f"{name}-")]
    assert names == [f"{name}-{number}" for number in (3, 2, 1, 0)]


def test_a_local_service_lives_as_long_as_its_client(tmp_path) -> None:
    with Client.local(tmp_path / "data", ROOT) as client:
        assert client.networks.create("own", inputs=1, layers=[{"type": "dense", "units": 1}]).parameter_count == 2
        url, process = client.url, client._local._process
    assert process.poll() is not None
    with Client.local(tmp_path / "data", ROOT) as client:
        assert client.networks.get("own").name == "own" and client.url != url
    with pytest.raises(FileNotFoundError, match="no checkout"):
        Client.local(tmp_path, tmp_path)


def test_keys_come_from_the_argument_or_the_environment(tmp_path, monkeypatch) -> None:
    with running(tmp_path / "data") as service:
        with Client(service.url) as anybody:
            key = anybody.request("POST", "/keys", {"name": "reader", "scopes": ["read"]})["key"]
            with pytest.raises(PermissionDenied):
                list(anybody.networks.list())
        monkeypatch.setenv("FEEDFORWARD_KEY", key)
        monkeypatch.setenv("FEEDFORWARD_URL", service.url)
        with Client() as reader:
            assert list(reader.networks.list()) == []
            with pytest.raises(PermissionDenied, match="train"):
                reader.networks.create("a", inputs=1, layers=[{"type": "dense", "units": 1}])
        with Client(service.url, "ff_wrong") as wrong, pytest.raises(PermissionDenied):
            list(wrong.networks.list())
