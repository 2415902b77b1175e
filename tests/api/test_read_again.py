"""A data set of predictions is read as the training's columns were, where its cells can be read in two ways."""

import pytest

from tests.api.played import play
from tests.api.test_dataset_predictions import Worker
from tests.storage.makers import execute

WORDS = ["low", "high"]
#: A decimal comma that only `0,5` shows, and days before months that only the 31st shows.
TRAINING = (
    "price;day;size\n"
    + "".join(
        f"{place},{place % 10}5;{place % 28 + 1:02}/0{place % 9 + 1}/2024;{WORDS[place > 20]}\n" for place in range(40)
    )
    + "0,5;31/01/2024;low\n1.250,5;30/01/2024;high\n"
)


@pytest.fixture
def trained(client, storage):
    answer = client.post("/datasets?name=goods", data=TRAINING, content_type="text/csv")
    assert answer.status_code == 201, answer.text
    columns = {column["name"]: column.get("read_as") for column in answer.json["columns"]}
    assert (columns["price"]["decimal"], columns["day"]["dates"]) == (",", "DMY")
    answer = client.post("/networks", json={"name": "goods", "from_dataset": "goods", "target": "size"})
    assert answer.status_code == 201, answer.text
    play(storage, client.post("/train", json={"network": "goods", "dataset": "goods", "epochs": 1}).json["id"])


def score(client, storage, csv, name="new", status=202):
    assert client.post(f"/datasets?name={name}", data=csv, content_type="text/csv").status_code == 201
    answer = client.post("/predictions", json={"network": "goods", "dataset": name, "name": f"{name}-out"})
    assert answer.status_code == status, answer.text
    if status == 202:
        Worker(storage, answer.json["id"]).work()
    return answer.json


def same_rows(client, found, rows):
    """The predictions are those of POST /predict, which reads cells as the training's were."""
    written = client.get(f"/datasets/{found['options']['output']['name']}/rows").json["data"]
    expected = client.post("/predict?network=goods", data=rows, content_type="text/csv").json
    assert [[row["probability_high"]] for row in written] == [pytest.approx(outputs) for outputs in expected["outputs"]]


def test_cells_that_mean_two_numbers_are_read_as_those_of_the_training(client, storage, trained):
    csv = "price;day\n1,234;01/02/2024\n2,345;03/04/2024\n"
    found = score(client, storage, csv)
    price = client.get(f"/datasets/{found['options']['dataset']['id']}/rows").json["data"]
    assert [row["price"] for row in price] == [1.234, 2.345]
    assert [row["day"][:10] for row in price] == ["2024-02-01", "2024-04-03"]
    same_rows(client, found, csv)


def test_what_was_assumed_is_said_with_the_job_and_its_output(client, storage, trained):
    found = score(client, storage, "price;day\n1.234;01/02/2024\n2.345;03/04/2024\n")
    assumed = found["options"]["read_again"]
    assert (assumed["dataset"]["name"], assumed["decimal"]) == ("new", ",")
    assert "price" in assumed["columns"]
    rows = client.get(f"/datasets/{found['options']['dataset']['id']}/rows").json["data"]
    assert [row["price"] for row in rows] == [1234, 2345]
    assert client.get("/datasets/new-out").json["origin"]["read_again"] == assumed
    assert [row["price"] for row in client.get("/datasets/new/rows").json["data"]] == [1.234, 2.345]


def test_a_file_that_shows_how_it_is_written_is_read_as_it_is(client, storage, trained):
    found = score(client, storage, "price;day\n1.5;2024-02-01\n12.25;2024-04-03\n")
    assert found["options"]["read_again"] is None
    assert found["options"]["dataset"]["name"] == "new"
    assert not [one for one in client.get("/datasets").json["data"] if "-read-" in one["name"]]


def test_a_second_prediction_reads_nothing_again(client, storage, trained):
    first = score(client, storage, "price;day\n1.234;01/02/2024\n2.345;03/04/2024\n")
    answer = client.post("/predictions", json={"network": "goods", "dataset": "new"})
    assert answer.json["options"]["dataset"] == first["options"]["dataset"]
    assert answer.json["options"]["read_again"] == first["options"]["read_again"]


def test_a_file_that_was_not_kept_is_rejected_with_the_reason(client, storage, trained, database_url, rejected):
    csv = "price;day\n1.234;01/02/2024\n"
    assert client.post("/datasets?name=new", data=csv, content_type="text/csv").status_code == 201
    execute(database_url, "DELETE FROM dataset_files")
    problem = rejected(409, "POST", "/predictions", json={"network": "goods", "dataset": "new"})
    assert "Upload it again" in problem["detail"]


def test_a_request_that_is_sent_again_reads_once_and_makes_one_job(client, storage, trained):
    csv = "price;day\n1.234;01/02/2024\n"
    assert client.post("/datasets?name=new", data=csv, content_type="text/csv").status_code == 201
    body, headers = {"network": "goods", "dataset": "new"}, {"Idempotency-Key": "night"}
    first = client.post("/predictions", json=body, headers=headers)
    again = client.post("/predictions", json=body, headers=headers)
    assert (first.status_code, again.json["id"]) == (202, first.json["id"])
    assert first.json["options"]["read_again"]["decimal"] == ","
    rows = client.get(f"/datasets/{first.json['options']['dataset']['id']}/rows").json["data"]
    assert [row["price"] for row in rows] == [1234]
