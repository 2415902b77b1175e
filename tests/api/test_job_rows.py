"""`GET /jobs/{job}/rows`."""

import numpy as np
import pytest

from tests.api.played import play


@pytest.fixture
def submit(client, network):
    def send(**body):
        answer = client.post("/train", json={"network": "cheese", "epochs": 1, **body})
        assert answer.status_code == 202, answer.text
        return answer.json["id"]

    return send


def table(count):
    return {"inputs": [[index, 0.5] for index in range(count)], "targets": ["like", "dislike"] * (count // 2)}


def test_the_rows_of_a_job_are_shown_as_its_network_sees_them(client, submit):
    job = submit(data=table(4))
    seen = client.get(f"/jobs/{job}/rows").json
    assert (seen["rows"], seen["validation_rows"]) == (4, 0)
    assert [row["inputs"] for row in seen["data"]] == [[0, 0.5], [1, 0.5], [2, 0.5], [3, 0.5]]
    assert [row["targets"] for row in seen["data"]] == [[1], [0], [1], [0]]
    assert {row["part"] for row in seen["data"]} == {"training"}


def test_many_rows_are_sampled_evenly_and_validation_gets_its_share(client, submit):
    job = submit(data=table(100), validation={"fraction": 0.2})
    seen = client.get(f"/jobs/{job}/rows?limit=10").json
    assert (seen["rows"], seen["validation_rows"]) == (80, 20)
    parts = [row["part"] for row in seen["data"]]
    assert (parts.count("training"), parts.count("validation")) == (8, 2)
    training = [row["row"] for row in seen["data"] if row["part"] == "training"]
    assert (training[0], training[-1]) == (0, 79)


def test_a_job_that_is_not_there_and_a_strange_limit_are_rejected(rejected, submit):
    job = submit(data=table(2))
    rejected(404, "GET", "/jobs/job_missing/rows")
    rejected(422, "GET", f"/jobs/{job}/rows?limit=0", "limit")


HEADER = "girth,kind,age,size\n"
SIZES = ["tall", "low", "low"]
TREES = "".join(
    f"{'' if row % 10 == 3 else row / 7},{('oak', 'elm')[row % 2]},{row % 5},{'' if row == 8 else SIZES[row % 3]}\n"
    for row in range(60)
)
KNOWN = 59


@pytest.fixture
def trees(client):
    answer = client.post("/datasets?name=trees", data=HEADER + TREES, content_type="text/csv")
    assert answer.status_code == 201, answer.text
    body = {
        "name": "trees",
        "dataset": "trees",
        "inputs": [{"name": "girth", "impute": "mean"}, "kind"],
        "target": "size",
        "dtype": "float64",
        "loss": "cross_entropy",
        "layers": [{"type": "dense", "units": 2, "activation": "softmax"}],
    }
    assert client.post("/networks", json=body).status_code == 201


@pytest.fixture
def trained(client, storage):
    """Train as a worker would; return the job's id."""

    def train(**body):
        answer = client.post("/train", json={"epochs": 1, **body})
        assert answer.status_code == 202, answer.text
        play(storage, answer.json["id"])
        return answer.json["id"]

    return train


def test_rows_of_a_data_set_come_as_the_network_sees_them(client, trees, trained):
    job = trained(network="trees", dataset="trees", validation={"fraction": 0.25, "stratified": True})
    seen = client.get(f"/jobs/{job}/rows?limit=2000").json
    assert seen["rows"] + seen["validation_rows"] == len(seen["data"]) == KNOWN
    assert seen["input_names"] == ["girth", "kind: elm", "kind: oak"]
    training = np.array([row["inputs"] for row in seen["data"] if row["part"] == "training"])
    assert len(training) == seen["rows"]
    assert training[:, 0].mean() == pytest.approx(0, abs=1e-9)
    assert training[training[:, 0] != 0, 0].std() == pytest.approx(1)  # without the cells that were filled in
    assert (training[:, 1] + training[:, 2] == 1).all()
    assert {tuple(row["targets"]) for row in seen["data"]} == {(1, 0), (0, 1)}


def test_a_sample_of_a_data_set_holds_the_same_rows(client, trees, trained):
    job = trained(network="trees", dataset="trees", validation={"fraction": 0.25})
    every = {(row["part"], row["row"]): row for row in client.get(f"/jobs/{job}/rows?limit=2000").json["data"]}
    few = client.get(f"/jobs/{job}/rows?limit=8").json
    assert (len(few["data"]), few["rows"] + few["validation_rows"]) == (8, KNOWN)
    assert [every[row["part"], row["row"]] for row in few["data"]] == few["data"]


def test_another_data_set_that_validates_is_prepared_alike(client, trees, trained):
    lines = HEADER + "1,oak,3,low\n,elm,4,tall\n"
    assert client.post("/datasets?name=others", data=lines, content_type="text/csv").status_code == 201
    job = trained(network="trees", dataset="trees", validation={"dataset": "others"})
    seen = client.get(f"/jobs/{job}/rows?limit=2000").json
    assert (seen["rows"], seen["validation_rows"]) == (KNOWN, 2)
    validation = [row["inputs"] for row in seen["data"] if row["part"] == "validation"]
    assert validation[1] == [pytest.approx(0, abs=1e-9), 1, 0]


def test_rows_sent_as_objects_and_columns_of_plain_numbers_are_shown_too(client, trees, trained, network):
    objects = [{"girth": index, "kind": "oak", "size": ("low", "tall")[index % 2]} for index in range(4)]
    seen = client.get(f"/jobs/{trained(network='trees', data=objects)}/rows").json
    assert [row["inputs"][1:] for row in seen["data"]] == [[0, 1]] * 4
    lines = "fat,salt,liked\n0.5,1,like\n0.25,0,dislike\n0.75,1,\n"
    assert client.post("/datasets?name=cheeses", data=lines, content_type="text/csv").status_code == 201
    seen = client.get(f"/jobs/{trained(network='cheese', dataset='cheeses', target='liked')}/rows").json
    assert seen["input_names"] == ["fat", "salt"]
    assert [(row["inputs"], row["targets"]) for row in seen["data"]] == [([0.5, 1], [1]), ([0.25, 0], [0])]


def test_rows_that_are_not_known_yet_or_not_any_more_are_a_conflict(client, rejected, trees, trained):
    waiting = client.post("/train", json={"network": "trees", "dataset": "trees", "epochs": 1}).json["id"]
    assert "first weights" in rejected(409, "GET", f"/jobs/{waiting}/rows")["detail"]
    assert client.post(f"/jobs/{waiting}/cancel").status_code < 300
    job = trained(network="trees", dataset="trees")
    assert client.delete("/datasets/trees").status_code == 204
    assert "deleted" in rejected(409, "GET", f"/jobs/{job}/rows")["detail"]
