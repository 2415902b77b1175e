"""`POST /predictions`: a job that predicts the rows of a data set, run here without a worker."""

import csv
import hashlib
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.domain.status import Status
from service.jobs.job_run import run
from service.jobs.messages import Orders, ReportIntervals
from service.jobs.output_file import whole_file
from service.worker.job_runner import assignment_of, start_after
from tests.api.birds import fitted_network

CSV = "customer_id,mass,bill,island,species\n"
ROWS = 300


@pytest.fixture
def table(client):
    """300 birds with an id, the target, missing cells and unseen islands."""
    chance = np.random.default_rng(1)
    lines = [
        f"c-{row:05},{3000 + 10 * row},{'' if row % 7 == 0 else 40 + row / 100},"
        f"{'Mars' if row % 50 == 0 else chance.choice(['Dream', 'Biscoe'])},Adelie"
        for row in range(ROWS)
    ]
    answer = client.post("/datasets?name=flock", data=CSV + "\n".join(lines), content_type="text/csv")
    assert answer.status_code == 201, answer.text
    return answer.json


def submitted(client, **body):
    answer = client.post("/predictions", json={"network": "birds", "dataset": "flock", **body})
    assert answer.status_code == 202, answer.text
    return answer.json


class Worker:
    """Plays a worker's part: at most so many blocks of a run are stored, and then it is killed."""

    def __init__(self, storage, job_id):
        self.storage, self.job_id = storage, job_id

    def work(self, *, blocks=1000, rows_at_once=40):
        claim = self.storage.claim(self.job_id, owner="test", lease_seconds=60)
        [dataset] = claim.datasets.values()
        start = start_after(claim.job.rows_done, self.storage.chunk_rows(dataset.id))
        always = ReportIntervals(report_seconds=0, checkpoint_seconds=0)
        assignment = assignment_of(claim, always, skipped_rows=start.skipped_rows)
        chunks = [self.storage.read_chunk(dataset.id, number) for number in range(start.chunk, dataset.chunks)]
        reports = []
        run(assignment, Orders, reports.append, iter(chunks))
        stored = [report for report in reports if report.block][:blocks]
        for report in stored:
            self.storage.store_block(claim.job.id, claim.job.token, report.block, seconds=report.seconds)
        end = reports[-1].end
        if len(stored) < len(reports) - 1:
            return self.storage.release(claim.job.id, claim.job.token, crashed=True, max_crashes=9)
        if end.error:
            return self.storage.finish(claim.job.id, claim.job.token, Status.FAILED, error=end.error)
        output = claim.job.output
        count = len(self.storage.chunk_rows(output))
        file = whole_file(self.storage.read_chunk(output, number) for number in range(count))
        with self.storage.transaction():
            self.storage.publish_output(claim.job.id, claim.job.token, sha256=file.sha256, size_bytes=file.size_bytes)
            return self.storage.finish(claim.job.id, claim.job.token, Status.SUCCEEDED)


@pytest.fixture
def worked(storage, monkeypatch):
    """Call it with a job's id."""
    monkeypatch.setattr("service.jobs.prediction_run.BLOCK_ROWS", 40)
    return lambda job_id, **options: Worker(storage, job_id).work(**options)


@pytest.fixture
def predicted(client, birds, table, worked):
    """The data set of predictions."""
    job = submitted(client, name="scored")
    worked(job["id"])
    return client.get("/datasets/scored").json


def rows_of(client, name="scored", **query):
    answer = client.get(f"/datasets/{name}/rows", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["data"]


def expected(client, rows=ROWS):
    """What POST /predict says of the same rows."""
    source = client.get("/datasets/flock/rows?limit=10000").json["data"][:rows]
    body = {"network": "birds", "inputs": [{name: row[name] for name in ("mass", "bill", "island")} for row in source]}
    answer = client.post("/predict", json=body).json
    return [
        {"customer_id": row["customer_id"], "predicted_species": label}
        | {f"probability_{name}": share for name, share in chances.items()}
        for row, label, chances in zip(source, answer["labels"], answer["probabilities"], strict=True)
    ]


def test_a_prediction_is_a_queued_job_with_rows_and_no_epochs(client, birds, table):
    job = submitted(client)
    assert (job["kind"], job["status"], job["rows"], job["rows_done"]) == ("prediction", "queued", ROWS, 0)
    assert (job["epoch"], job["epochs"], job["progress"], job["eta_seconds"], job["monitored"]) == (0, 0, 0, None, "")
    assert job["options"]["columns"] == ["customer_id"]
    assert client.get(job["links"]["output"]).status_code == 404
    assert [one["id"] for one in client.get("/jobs?kind=prediction").json["data"]] == [job["id"]]
    assert client.get("/jobs?kind=training").json["data"] == []
    assert client.get(f"/jobs/{job['id']}/history").json["data"] == []
    for format in ("csv", "ndjson", "svg"):
        assert client.get(f"/jobs/{job['id']}/history?format={format}").status_code == 200
        assert client.get(f"/networks/birds/history?format={format}").status_code == 200
        assert client.get(f"/history?jobs={job['id']}&format={format}").status_code == 200
    assert client.get(f"/history?jobs={job['id']}").json["data"][0]["epochs"] == []
    assert client.get(f"/jobs/{job['id']}/rows").status_code == 409


def test_every_row_is_predicted_as_by_a_request_in_the_order_of_the_data_set(client, predicted):
    assert predicted["rows"] == ROWS
    assert [column["name"] for column in predicted["columns"]][:2] == ["customer_id", "predicted_species"]
    for found, wanted in zip(rows_of(client, limit=1000), expected(client), strict=True):
        assert found == pytest.approx(wanted)


def test_nothing_of_the_network_changes(client, birds, table, worked):
    before = [client.get(path).json for path in ("/networks/birds/snapshots", "/predict?network=birds&mass=4000")]
    worked(submitted(client)["id"])
    after = [client.get(path).json for path in ("/networks/birds/snapshots", "/predict?network=birds&mass=4000")]
    assert before == after


def test_the_output_says_where_it_came_from_and_what_was_imputed(client, predicted, table):
    origin = predicted["origin"]
    [job] = client.get("/jobs?kind=prediction").json["data"]
    snapshot = client.get("/networks/birds/snapshots").json["data"][0]["id"]
    assert (origin["job"], origin["network"], origin["snapshot"]) == (job["id"], job["network_id"], snapshot)
    assert (origin["dataset"], origin["ignored"]) == (table["id"], ["customer_id", "species"])
    assert origin["imputed"] == {"bill": len(range(0, ROWS, 7))}
    assert origin["unseen"] == {"island": len(range(0, ROWS, 50))}
    assert (job["status"], job["rows_done"], job["progress"]) == ("succeeded", ROWS, 1)
    assert client.get(job["links"]["output"]).json["name"] == "scored"
    assert client.get("/datasets/flock").json["origin"] is None


def test_a_run_that_is_killed_goes_on_behind_its_last_block(client, storage, birds, table, worked):
    job = submitted(client, name="scored")
    for blocks in (1, 3, 0):
        assert worked(job["id"], blocks=blocks).status == "queued"
        assert client.get("/datasets/scored").status_code == 404
    assert worked(job["id"]).status == "succeeded"
    events = client.get(f"/jobs/{job['id']}/events").json["data"]
    assert [event["data"]["from_row"] for event in events if event["kind"] == "started"] == [0, 40, 160, 160]
    assert [row["customer_id"] for row in rows_of(client, limit=1000)] == [f"c-{row:05}" for row in range(ROWS)]
    for found, wanted in zip(rows_of(client, limit=1000), expected(client), strict=True):
        assert found == pytest.approx(wanted)
    assert client.get("/datasets/scored").json["origin"]["imputed"] == {"bill": len(range(0, ROWS, 7))}


def test_columns_and_probabilities_are_chosen(client, birds, table, worked):
    worked(submitted(client, name="scored", columns=["island", "species"], probabilities=False)["id"])
    assert list(rows_of(client)[0]) == ["island", "species", "predicted_species"]


def test_a_row_that_cannot_be_read_fails_the_job_with_its_place_and_frees_the_name(client, birds, worked):
    lines = "\n".join(f"{row},{'1e999' if row == 250 else 3000}" for row in range(ROWS))
    client.post("/datasets?name=flock&types=id:category", data=f"id,mass\n{lines}", content_type="text/csv")
    refused = client.post("/predictions", json={"network": "birds", "dataset": "flock"})
    assert refused.status_code == 422 and "infinite in 1 row" in refused.text


@pytest.mark.parametrize(
    ("body", "status", "place"),
    [
        ({"network": "nobody"}, 404, "#/network"),
        ({"dataset": "nobody"}, 404, "#/dataset"),
        ({"snapshot": "nobody"}, 404, "#/snapshot"),
        ({"columns": ["customer", "mass"]}, 422, "#/columns/0"),
        ({"columns": ["mass", "mass"]}, 422, "#/columns/1"),
        ({"columns": "mass"}, 422, "#/columns"),
        ({"inputs": ["mass"]}, 422, "#/inputs"),
        ({"probabilities": "no"}, 422, "#/probabilities"),
        ({"name": "ds_1"}, 422, "#/name"),
        ({"name": 3}, 422, "#/name"),
        ({"max_seconds": 0}, 422, "#/max_seconds"),
        ({"callback": "ftp://x"}, 422, "#/callback"),
        ({"rows": 3}, 422, "#/rows"),
    ],
)
def test_a_request_that_cannot_be_met_is_rejected_with_its_place(rejected, birds, table, body, status, place):
    rejected(status, "POST", "/predictions", place, json={"network": "birds", "dataset": "flock", **body})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bill,island\n1,Dream\n2,Dream\n", "is required"),
        ("mass,ilsand\n1,Dream\n2,Dream\n", 'did you mean \\"island\\"'),
        ("mass\nheavy\nlight\n", "takes a number there"),
        ("mass,bill\n1,2\n,3\n", "it is missing in 1 row"),
    ],
)
def test_a_data_set_that_the_network_cannot_read_is_rejected(client, rejected, birds, text, words):
    client.post("/datasets?name=other", data=text, content_type="text/csv")
    problem = rejected(422, "POST", "/predictions", json={"network": "birds", "dataset": "other"})
    assert words in json.dumps(problem)


def test_the_name_is_taken_from_submission_to_the_end(client, rejected, birds, table):
    job = submitted(client, name="scored")
    rejected(409, "POST", "/predictions", json={"network": "birds", "dataset": "flock", "name": "scored"})
    rejected(409, "PATCH", "/datasets/flock", json={"name": "scored"})
    assert client.post(f"/jobs/{job['id']}/cancel").json["status"] == "cancelled"
    submitted(client, name="scored")


def test_the_data_set_that_is_read_is_kept_until_the_end(client, birds, table):
    job = submitted(client)
    assert client.delete("/datasets/flock").status_code == 409
    client.post(f"/jobs/{job['id']}/pause")
    assert client.delete("/datasets/flock").status_code == 409
    client.post(f"/jobs/{job['id']}/cancel")
    assert client.delete("/datasets/flock").status_code == 204


def test_a_network_of_plain_numbers_reads_the_columns_that_are_named(client, worked, network):
    text = "f,s,key\n" + "\n".join(f"{row / 100},0.5,{row}" for row in range(ROWS))
    client.post("/datasets?name=flock", data=text, content_type="text/csv")
    body = {"network": "cheese", "dataset": "flock"}
    assert client.post("/predictions", json=body).status_code == 422
    job = submitted(client, network="cheese", inputs=["f", "s"], name="scored", columns=["key"])
    assert worked(job["id"]).status == "succeeded"
    answer = client.post("/predict", json={"network": "cheese", "inputs": [[row / 100, 0.5] for row in range(ROWS)]})
    found = rows_of(client, limit=1000)
    assert [row["predicted_label"] for row in found] == answer.json["labels"]
    assert [row["probability_like"] for row in found] == pytest.approx([row[0] for row in answer.json["outputs"]])
    assert [row["key"] for row in found] == list(range(ROWS))


@pytest.mark.parametrize(
    ("target", "units", "weights", "fields", "names"),
    [
        (
            [{"name": "weight", "type": "number"}, {"name": "price", "type": "number"}],
            2,
            [[1, 0], [0, 1], [0, 0], [0, 0]],
            {},
            ["weight", "price"],
        ),
        ({"name": "male", "type": "boolean"}, 1, [[1], [0], [0], [0]], {"activation": "sigmoid"}, ["male"]),
        (
            [{"name": "male", "type": "boolean"}, {"name": "tagged", "type": "boolean"}],
            2,
            [[1, -1], [0, 0], [0, 0], [0, 0]],
            {"activation": "sigmoid", "loss": "binary_cross_entropy"},
            ["male", "tagged"],
        ),
    ],
    ids=["numbers", "yes or no", "each a yes or no"],
)
def test_other_targets_are_predicted_as_by_a_request(
    client, storage, table, worked, target, units, weights, fields, names
):
    fitted_network(client, storage, "other", target, units, weights=weights, **fields)
    worked(submitted(client, network="other", name="scored")["id"])
    source = [{name: row[name] for name in ("mass", "bill", "island")} for row in rows_of(client, "flock", limit=1000)]
    wanted = client.post("/predict", json={"network": "other", "inputs": source}).json["predictions"]
    found = [{name: row[f"predicted_{name}"] for name in names} for row in rows_of(client, limit=1000)]
    for one, other in zip(found, wanted, strict=True):
        assert one == pytest.approx(other)


def test_rows_are_read_by_range(client, predicted):
    every = rows_of(client, limit=1000)
    assert rows_of(client) == every[:100]
    assert rows_of(client, first=35, limit=10) == every[35:45]
    assert rows_of(client, first=299, limit=10) == every[299:]
    assert rows_of(client, first=300) == []
    for query in ("first=-1", "limit=0", "format=xml", "from=3"):
        assert client.get(f"/datasets/scored/rows?{query}").status_code == 422


def test_rows_are_read_as_csv_and_ndjson(client, predicted):
    every = rows_of(client, limit=1000)
    lines = client.get("/datasets/scored/rows", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == every
    text = client.get("/datasets/scored/rows?format=csv&first=30&limit=100")
    assert text.mimetype == "text/csv"
    table = list(csv.DictReader(io.StringIO(text.text)))
    assert [row["customer_id"] for row in table] == [row["customer_id"] for row in every[30:130]]
    assert float(table[0]["probability_Adelie"]) == pytest.approx(every[30]["probability_Adelie"])


def test_uploaded_rows_come_back_as_they_were_written(client):
    text = 'when,day,flag,word,number\n2024-03-01T12:30:00Z,2024-03-01,yes,"a, b",0.1\n,2024-04-02,no,,\n'
    client.post("/datasets?name=kinds", data=text, content_type="text/csv")
    preview = client.get("/datasets/kinds/preview").json["data"]
    assert rows_of(client, "kinds") == preview
    back = client.get("/datasets/kinds/rows?format=csv").text
    assert list(csv.reader(io.StringIO(back))) == [
        ["when", "day", "flag", "word", "number"],
        ["2024-03-01T12:30:00.000000Z", "2024-03-01", "true", "a, b", "0.1"],
        ["", "2024-04-02", "false", "", ""],
    ]


def test_the_file_is_parquet_with_the_digest_and_size_that_the_data_set_says(client, predicted):
    answer = client.get("/datasets/scored/table.parquet")
    assert (answer.status_code, answer.mimetype) == (200, "application/vnd.apache.parquet")
    assert len(answer.data) == predicted["size_bytes"] == answer.content_length
    assert hashlib.sha256(answer.data).hexdigest() == predicted["sha256"]
    table = pq.read_table(pa.BufferReader(answer.data))
    assert table.to_pylist() == [pytest.approx(row) for row in rows_of(client, limit=1000)]
    assert pq.ParquetFile(pa.BufferReader(answer.data)).metadata.num_row_groups > 5


def test_the_file_is_read_by_range(client, predicted):
    whole = client.get("/datasets/scored/table.parquet")
    size = len(whole.data)
    for first, last in ((0, 0), (0, size - 1), (3, 900), (size - 8, size - 1), (size // 2, size // 2 + 5000)):
        part = client.get("/datasets/scored/table.parquet", headers={"Range": f"bytes={first}-{last}"})
        assert part.status_code == 206
        assert part.data == whole.data[first : last + 1]
        assert part.headers["Content-Range"] == f"bytes {first}-{min(last, size - 1)}/{size}"
    tail = client.get("/datasets/scored/table.parquet", headers={"Range": "bytes=-8"})
    assert tail.data == whole.data[-8:]
    assert client.get("/datasets/scored/table.parquet", headers={"Range": f"bytes={size}-"}).status_code == 416
    several = client.get("/datasets/scored/table.parquet", headers={"Range": "bytes=0-3,8-11"})
    assert (several.status_code, several.content_length, several.headers["Accept-Ranges"]) == (200, size, "bytes")
    etag = whole.headers["ETag"]
    assert client.get("/datasets/scored/table.parquet", headers={"If-None-Match": etag}).status_code == 304
    head = client.head("/datasets/scored/table.parquet")
    assert (head.content_length, head.data, head.headers["Accept-Ranges"]) == (size, b"", "bytes")


def test_an_uploaded_table_is_read_as_parquet_too(client, table):
    data = client.get("/datasets/flock/table.parquet").data
    assert pq.read_table(pa.BufferReader(data)).num_rows == ROWS


def test_the_output_can_be_trained_on(client, predicted):
    assert client.get("/datasets/scored/proposal?target=predicted_species").status_code == 200
    assert client.get("/datasets/scored/preview").json["data"] == rows_of(client, limit=10)


def test_a_model_predicts_by_the_network_that_its_alias_points_at(client, storage, rejected, birds, table):
    body = {"model": "shop", "dataset": "flock"}
    rejected(404, "POST", "/predictions", "#/model", json=body)
    snapshot = client.get("/networks/birds/snapshots").json["data"][0]["id"]
    assert client.post("/networks/birds/versions", json={"snapshot": snapshot}).status_code == 201
    client.put("/models/shop/aliases/production", json={"network": "birds", "version": 1})
    job = client.post("/predictions", json=body).json
    assert (job["network"], job["options"]["start_snapshot"], job["options"]["model"]) == ("birds", snapshot, "shop")
    assert (job["options"]["snapshot"], storage.get_job(job["id"]).origin) == ("live", "prediction")
    rejected(422, "POST", "/predictions", "#/model", json={**body, "network": "birds"})


def test_the_queue_has_room_for_a_bounded_number(client, birds, table):
    for _ in range(5):
        submitted(client)
    assert client.post("/predictions", json={"network": "birds", "dataset": "flock"}).status_code == 429
