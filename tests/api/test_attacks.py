"""Attacks that other services fell to, by kind. The kinds that are not here are tested with what they attack."""

import io
import pickle
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.api.doors import client_for

ROWS = b"fat,salt,likes\n1,2,yes\n2,1,no\n3,3,yes\n"
SECRET = "the-content-of-another-file"
CLIMBS = (
    "../secret",
    "..%2fsecret",
    "%2e%2e%2fsecret",
    "..\\secret",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "secret%00.csv",
)
INSIDE = ("Traceback", "sqlalchemy", "SELECT ", "sqlite", "site-packages", "/tmp/")


class Planted:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def assert_rejected(answer):
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.mimetype == "application/problem+json"
    assert not [word for word in INSIDE if word in answer.text], answer.text


def zipped(name, data, mode=0o644):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, data)
    return buffer.getvalue()


def upload(client, data, filename="table.csv"):
    return client.post("/datasets", data={"file": (io.BytesIO(data), filename)}, content_type="multipart/form-data")


@pytest.mark.parametrize("climb", CLIMBS)
@pytest.mark.parametrize(
    "route", ["/networks/{}", "/networks/cheese/snapshots/{}", "/datasets/{}", "/jobs/{}", "/static/{}", "/docs/{}"]
)
def test_path_traversal_by_a_reference_finds_nothing(client, network, route, climb):
    answer = client.get(route.format(climb), follow_redirects=True)  # Two slashes are made one.
    assert_rejected(answer)
    assert "root:" not in answer.text


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "a\\b", "a\0b", "a\nb", "a\r\nSet-Cookie: x=1", "\u202egnp.exe"])
def test_names_that_are_paths_or_several_lines_are_rejected(client, spec, network, name):
    assert_rejected(client.post("/networks", json=spec | {"name": name}))
    assert_rejected(client.patch("/networks/cheese", json={"name": name}))
    assert_rejected(client.patch("/networks/cheese/snapshots/latest", json={"alias": name}))


@pytest.mark.parametrize("filename", ["../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "evil\n.csv"])
def test_path_traversal_by_a_file_name_writes_nowhere_else(client, backend, tmp_path, filename):
    before = set(tmp_path.rglob("*evil*"))
    assert upload(client, ROWS, filename).status_code in (201, 400, 422)
    assert set(tmp_path.rglob("*evil*")) == before
    assert not Path("/etc/evil.csv").exists()


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "a/../../../evil.csv"])
def test_path_traversal_by_an_entry_of_an_archive_unpacks_nowhere(client, tmp_path, name):
    assert upload(client, zipped(name, ROWS), "table.zip").status_code in (201, 400, 422)
    assert not list(tmp_path.rglob("*evil*")) and not Path("/etc/evil.csv").exists()


def test_a_symlink_in_an_archive_is_not_followed(client, tmp_path):
    target = tmp_path / "secret.csv"
    target.write_text(f"{SECRET},b\n1,2\n3,4\n")
    answer = upload(client, zipped("table.csv", str(target), stat.S_IFLNK | 0o777), "table.zip")
    assert answer.status_code < 500 and SECRET not in answer.text


@pytest.mark.parametrize("kind", ["pickle", "npy", "npz"])
def test_nothing_is_unpickled(client, network, tmp_path, kind):
    planted, buffer = tmp_path / "planted", io.BytesIO()
    objects = np.array([Planted(planted)], dtype=object)
    if kind == "pickle":
        buffer.write(pickle.dumps(Planted(planted)))
    elif kind == "npy":
        np.save(buffer, objects, allow_pickle=True)
    else:
        np.savez(buffer, a=objects)
    assert_rejected(upload(client, buffer.getvalue(), f"table.{kind}"))
    for mimetype in ("application/octet-stream", "application/vnd.safetensors"):
        assert_rejected(client.post("/networks/cheese/snapshots", data=buffer.getvalue(), content_type=mimetype))
    assert not planted.exists()


@pytest.mark.parametrize("option", ["database_url", "url", "connection", "engine", "path", "queue_url"])
def test_no_parameter_reaches_a_driver_or_a_file(client, spec, network, option):
    value = f"sqlite:////etc/passwd?{option}"
    assert_rejected(client.post("/networks", json=spec | {"name": "other", option: value}))
    assert_rejected(client.post("/predict", json={"network": "cheese", "inputs": [[1, 2]], option: value}))
    assert_rejected(client.post(f"/datasets?{option}={value}", data=ROWS, content_type="text/csv"))
    assert_rejected(client.get(f"/networks?{option}={value}"))


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "http://169.254.169.254/x", "http://[::1]/", "http://0/"],
)
def test_a_callback_reaches_nothing_inside(client, network, url):
    body = {"network": "cheese", "data": {"inputs": [[0.2, 0.9]], "targets": ["like"]}, "callback": {"url": url}}
    assert_rejected(client.post("/train", json=body))


def test_the_environment_in_a_value_is_text(client, spec, monkeypatch):
    monkeypatch.setenv("PLANTED", SECRET)
    text = "$PLANTED ${PLANTED} %PLANTED% {PLANTED} {{PLANTED}} %(PLANTED)s {0.__class__} <%= ENV %>"
    answer = client.post("/networks", json=spec | {"description": text, "tags": {"a": text}})
    assert answer.status_code == 201
    assert (answer.json["description"], answer.json["tags"]) == (text, {"a": text})
    assert SECRET not in client.get("/networks").text


def test_a_boundary_of_half_a_megabyte_and_very_many_parts_are_rejected(client):
    boundary = "x" * 2**19
    part = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na\r\n--{boundary}--\r\n'
    )
    assert_rejected(client.post("/datasets", data=part, content_type=f"multipart/form-data; boundary={boundary}"))
    parts = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 10_000 + "--x--\r\n"
    assert_rejected(client.post("/datasets", data=parts, content_type="multipart/form-data; boundary=x"))


@pytest.mark.parametrize("text", ["' OR '1'='1", '"; DROP TABLE networks; --', "1) UNION SELECT 1 --", "%' ESCAPE '"])
def test_sql_in_a_reference_or_a_filter_is_text(client, network, text):
    for path in ("/networks/{}", "/datasets/{}", "/jobs/{}", "/networks/cheese/snapshots/{}"):
        assert client.get(path.format(text.replace("%", "%25"))).status_code == 404
    assert client.get("/networks", query_string={"after": text}).status_code < 500
    assert client.get("/jobs", query_string={"network": text}).status_code < 500
    assert [one["name"] for one in client.get("/networks").json["data"]] == ["cheese"]


def test_sql_in_a_key_is_unauthorized(app, storage, client):
    client_for(app, storage, "admin")
    for text in ("' OR 1=1 --", "ff_' UNION SELECT hash FROM keys --", '"; DROP TABLE keys; --'):
        for headers in ({"Authorization": f"Bearer {text}"}, {"X-API-Key": text}):
            answer = client.get("/networks", headers=headers)
            assert answer.status_code == 401
            assert_rejected(answer)


def test_the_text_of_a_picture_is_no_markup(client, network):
    answer = client.get("/networks/cheese/history?format=svg&value=<script>alert(1)</script>")
    assert answer.status_code < 500 and "<script" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
