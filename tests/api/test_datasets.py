"""Data sets over HTTP: uploaded in every way, read back, renamed, deleted."""

import base64
import gzip
import hashlib
import io
import threading

import pytest

from service.app import create_app
from service.domain.jobs import NewJob
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.storage.sql.open import open_storage

CSV = b"fat,salt,label\n0.2,0.9,like\n0.1,,dislike\n0.2,0.4,dislike\n"
LIMIT = 10_000


@pytest.fixture
def backend(storage, dispatcher, tmp_path):
    limits = Limits(max_upload_bytes=LIMIT, max_body_bytes=1000, max_uploads=1)
    return Backend(storage, dispatcher, limits, scratch=tmp_path / "scratch")


@pytest.fixture
def left_on_disk(backend):
    return lambda: list(backend.scratch.glob("*"))


@pytest.fixture
def upload(client, left_on_disk):
    """Send a file that must be accepted."""

    def send(data=CSV, status=201, **kwargs):
        kwargs.setdefault("content_type", "text/csv")
        answer = client.post("/datasets", data=data, **kwargs)
        assert answer.status_code == status, answer.text
        assert left_on_disk() == []
        return answer

    return send


def form(data=CSV, filename="cheese.csv", **fields):
    return {"data": {"file": (io.BytesIO(data), filename), **fields}, "content_type": "multipart/form-data"}


def test_a_table_is_uploaded_described_and_read_back(client, upload):
    answer = upload(query_string={"name": "cheese"})
    made = answer.json
    assert answer.headers["Location"] == f"/datasets/{made['id']}"
    assert client.get(answer.headers["Location"]).json == client.get("/datasets/cheese").json == made
    assert (made["name"], made["format"], made["rows"], made["size_bytes"]) == ("cheese", "csv", 3, len(CSV))
    assert made["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert [(column["name"], column["type"]) for column in made["columns"]] == [
        ("fat", "number"),
        ("salt", "number"),
        ("label", "category"),
    ]
    assert made["columns"][1]["profile"]["missing"] == 1


def test_the_first_rows_are_shown(client, upload):
    upload(query_string={"name": "cheese"})
    shown = client.get("/datasets/cheese/preview?limit=2").json
    assert shown["rows"] == 3
    assert shown["data"] == [
        {"fat": 0.2, "salt": 0.9, "label": "like"},
        {"fat": 0.1, "salt": None, "label": "dislike"},
    ]


@pytest.mark.parametrize("data", [CSV, gzip.compress(CSV)], ids=["plain", "gz"])
@pytest.mark.parametrize("content_type", ["text/csv", "application/octet-stream", "application/x-www-form-urlencoded"])
def test_the_body_may_be_the_file_itself(upload, data, content_type):
    assert upload(data, content_type=content_type).json["rows"] == 3


def test_a_file_in_a_form_is_the_same_data_set_and_named_after_its_file(upload):
    first = upload(**form()).json
    assert (first["name"], first["filename"]) == ("cheese", "cheese.csv")
    assert upload(status=200).json == first


def test_the_same_bytes_read_in_another_way_are_another_data_set(client, upload):
    first = upload(query_string={"name": "cheese"}).json
    again = upload(status=200, query_string={"name": "another"}).json
    assert again == {**first, "other_names": ["another"]}
    assert client.get("/datasets/another").json == client.get(f"/datasets/{first['name']}").json == again
    other = upload(query_string={"types": "fat:category"}).json
    assert other["id"] != first["id"]
    assert other["columns"][0]["type"] == "category"


def test_a_file_name_is_never_a_path(upload, tmp_path):
    made = upload(**form(filename="../../etc/passwd")).json
    assert (made["name"], made["filename"]) == ("passwd", "../../etc/passwd")
    raw = upload(CSV + b"1,2,like\n", headers={"Content-Disposition": 'attachment; filename="/etc/shadow"'}).json
    assert raw["filename"] == "/etc/shadow"
    assert [path for path in tmp_path.rglob("*") if path.name in ("passwd", "shadow")] == []


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("Käse & Brot.csv.gz", "K-se-Brot"),
        ("C:\\data\\cheese.csv", "cheese"),
        ("ds_1.csv", None),
        ("..", None),
        ("", None),
    ],
)
def test_a_data_set_without_a_name_gets_one_that_may_be_used(upload, filename, name):
    digest = hashlib.sha256(CSV).hexdigest()[:8]
    found = upload(
        headers={"Content-Disposition": f'attachment; filename="{filename}"'.encode("latin-1").decode("latin-1")}
    )
    assert found.json["name"] == name or f"dataset-{digest}"


def test_of_two_files_with_one_name_the_second_gets_a_longer_one(upload, rejected):
    upload(**form())
    more = CSV + b"1,2,like\n"
    assert upload(**form(more)).json["name"] == f"cheese-{hashlib.sha256(more).hexdigest()[:8]}"
    rejected(409, "POST", "/datasets?name=cheese", data=more + b"1,2,like\n", content_type="text/csv")


def test_data_sets_are_listed_without_profiles(client, upload):
    names = [
        upload(CSV + b"%d,1,like\n" % number, query_string={"name": f"t{number}"}).json["name"] for number in range(3)
    ]
    first = client.get("/datasets?limit=2").json
    second = client.get(f"/datasets?limit=2&after={first['last_id']}").json
    assert [found["name"] for page in (first, second) for found in page["data"]] == names[::-1]
    assert "profile" not in first["data"][0]["columns"][0]


def test_a_data_set_is_renamed(client, upload, rejected):
    made = upload(query_string={"name": "cheese"}).json
    upload(CSV + b"1,2,like\n", query_string={"name": "taken"})
    assert client.patch("/datasets/cheese", json={"name": "brie"}).json == {**made, "name": "brie"}
    rejected(409, "PATCH", "/datasets/brie", json={"name": "taken"})
    rejected(422, "PATCH", "/datasets/brie", "#/name", json={"name": "ds_1"})
    rejected(404, "PATCH", "/datasets/cheese", json={"name": "other"})


def test_a_deleted_data_set_is_gone(client, upload, rejected, count_rows):
    before = count_rows()
    upload(query_string={"name": "cheese"})
    assert client.delete("/datasets/cheese").status_code == 204
    assert count_rows() == before
    for method, path in (("GET", ""), ("GET", "/preview"), ("DELETE", "")):
        rejected(404, method, f"/datasets/cheese{path}")


def test_a_data_set_stays_while_a_job_needs_it(client, upload, rejected, storage, network):
    made = upload(query_string={"name": "cheese"}).json
    job = NewJob(
        id="job_1",
        network_id=network["id"],
        options={"training": {}},
        epochs=1,
        rows=3,
        data=b"",
        datasets={"training": made["id"]},
    )
    storage.create_job(job)
    assert "job_1" in rejected(409, "DELETE", "/datasets/cheese")["detail"]
    client.post("/jobs/job_1/cancel")
    assert client.delete("/datasets/cheese").status_code == 204


def test_a_key_brings_the_first_answer_again(client, upload, rejected):
    headers = {"Idempotency-Key": "one"}
    first = upload(headers=headers)
    again = upload(headers=headers)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    rejected(422, "POST", "/datasets", data=CSV + b"1,2,like\n", content_type="text/csv", headers=headers)
    rejected(422, "POST", "/datasets?name=other", data=CSV, content_type="text/csv", headers=headers)


def test_racing_uploads_of_one_file_make_one_data_set(app, backend, database_url, storage):
    own = Backend(storage, backend.dispatcher, Limits(max_uploads=4), scratch=backend.scratch)
    racing, barrier, answers = create_app(backend=own), threading.Barrier(4), []

    def send(number):
        barrier.wait(timeout=10)
        answers.append(racing.test_client().post(f"/datasets?name=n{number}", data=CSV, content_type="text/csv"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(app.test_client().get("/datasets").json["data"]) == 1


# -- what is refused -------------------------------------------------------------------------------------------------


def test_a_file_beyond_the_cap_is_rejected_however_it_comes(rejected, left_on_disk):
    data = b"a,b\n" + b"1,2\n" * (LIMIT // 4)
    for kwargs in ({"data": data, "content_type": "text/csv"}, form(data)):
        problem = rejected(413, "POST", "/datasets", **kwargs)
        assert "10,000 bytes" in problem["detail"]
        assert left_on_disk() == []


def test_a_file_may_be_larger_than_other_bodies(upload):
    assert upload(b"a,b\n" + b"1,2\n" * 1000).json["rows"] == 1000


class Chunked(io.BytesIO):
    """A body without a length, as a server hands it on."""


def chunked(data, **headers):
    return {
        "input_stream": Chunked(data),
        "content_type": "text/csv",
        "headers": {"Transfer-Encoding": "chunked", **headers},
        "environ_overrides": {"wsgi.input_terminated": True},
    }


def digest(data):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def test_a_body_in_chunks_has_to_say_what_it_should_be(client, rejected, left_on_disk):
    assert "multipart/form-data" in rejected(411, "POST", "/datasets", **chunked(CSV))["detail"]
    rejected(400, "POST", "/datasets", **chunked(CSV[:-10], **{"Content-Digest": digest(CSV)}))
    rejected(413, "POST", "/datasets", **chunked(b"a,b\n" + b"1,2\n" * LIMIT))
    assert left_on_disk() == []
    assert client.post("/datasets", **chunked(CSV, **{"Content-Digest": digest(CSV)})).status_code == 201


def test_no_file_at_all_is_reported(rejected):
    assert "empty" in rejected(422, "POST", "/datasets")["detail"]
    rejected(422, "POST", "/datasets", **form(b""))


def test_a_body_that_is_cut_off_leaves_nothing_behind(rejected, left_on_disk):
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(CSV) + 1)}
    cut = {"input_stream": io.BytesIO(CSV), "content_type": "text/csv", "environ_overrides": environ}
    assert "cut off" in rejected(400, "POST", "/datasets", **cut)["detail"]
    boundary = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\n" + CSV
    kwargs = {"data": boundary, "content_type": "multipart/form-data; boundary=x"}
    assert "to its end" in rejected(400, "POST", "/datasets", **kwargs)["detail"]
    assert left_on_disk() == []


@pytest.mark.parametrize(
    "fields", [{"other": "text"}, {"second": (io.BytesIO(CSV), "b.csv")}], ids=["a text field", "a second file"]
)
def test_a_form_has_one_file_and_nothing_else(rejected, fields):
    rejected(422, "POST", "/datasets", f"#/{next(iter(fields))}", **form(**fields))


@pytest.mark.parametrize("data", [{"file": "text"}, {}], ids=["text", "empty"])
def test_a_form_needs_a_file(rejected, data):
    rejected(
        422,
        "POST",
        "/datasets",
        "#/file",
        data=data,
        content_type="multipart/form-data; boundary=x" if not data else "multipart/form-data",
    )


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("name=a b", "name"),
        ("name=net_1", "name"),
        ("format=doc", "format"),
        ("delimiter=;;", "delimiter"),
        ("types=fat", "types"),
        ("types=fat:text", "types"),
        ("types=fat:number,fat:category", "types"),
        ("kind=csv", "kind"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(rejected, query, parameter):
    rejected(422, "POST", f"/datasets?{query}", parameter, data=CSV, content_type="text/csv")


def test_uploads_beyond_their_number_are_asked_to_come_again(app, backend, client):
    places = app.extensions["feedforward.uploads"]
    assert places.acquire(blocking=False)
    answer = client.post("/datasets", data=CSV, content_type="text/csv")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    places.release()
    assert client.post("/datasets", data=CSV, content_type="text/csv").status_code == 201


def test_a_place_on_disk_that_cannot_be_used_is_reported(storage, dispatcher, tmp_path):
    (tmp_path / "file").write_text("")
    app = create_app(backend=Backend(storage, dispatcher, scratch=tmp_path / "file" / "scratch"))
    answer = app.test_client().post("/datasets", data=CSV, content_type="text/csv")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_what_a_killed_service_left_on_disk_is_removed(upload, backend, left_on_disk, monkeypatch):
    import os

    old = backend.scratch / "upload-old"
    old.mkdir(parents=True)
    (old / "upload").write_bytes(CSV)
    os.utime(old, (0, 0))
    upload()
    assert left_on_disk() == []


def test_a_rejected_file_leaves_nothing_in_the_database(rejected, left_on_disk):
    rejected(422, "POST", "/datasets", data=b"a,b\n1,2\n1,2,3\n", content_type="text/csv")
    assert left_on_disk() == []


def test_the_database_is_one_for_every_process(upload, client, database_url):
    made = upload().json
    other = open_storage(database_url)
    assert other.get_dataset(made["id"]).name == made["name"]
    assert b"PAR1" in other.read_chunk(made["id"], 0)
    other.close()
