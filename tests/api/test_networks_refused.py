"""What is refused about networks, each with its place, and without a trace."""

import io

import pytest

DENSE = {"type": "dense", "units": 1}
GOOD = {"name": "n", "inputs": 2, "layers": [DENSE]}
JSON = {"Content-Type": "application/json"}
#: One fault each: what differs from GOOD, and where the problem points.
BAD = [
    ({"name": None}, "#/name"),
    ({"name": 3}, "#/name"),
    ({"name": ""}, "#/name"),
    ({"name": "x" * 101}, "#/name"),
    ({"name": "with space"}, "#/name"),
    ({"name": "line\n"}, "#/name"),
    ({"name": ".."}, "#/name"),
    ({"name": "../../etc"}, "#/name"),
    ({"name": "net_1"}, "#/name"),
    ({"name": "n\0"}, "#/name"),
    ({"description": 1}, "#/description"),
    ({"description": "x" * 4001}, "#/description"),
    ({"description": "a\0b"}, "#/description"),
    ({"tags": []}, "#/tags"),
    ({"tags": {"a": 1}}, "#/tags/a"),
    ({"tags": {"a/b": None}}, "#/tags/a~1b"),
    ({"tags": {"a": "x" * 513}}, "#/tags/a"),
    ({"tags": {"": "x"}}, "#/tags/"),
    ({"tags": {"x" * 65: "x"}}, f"#/tags/{'x' * 65}"),
    ({"tags": {"a:b": "x"}}, "#/tags/a:b"),
    ({"tags": {str(index): "x" for index in range(17)}}, "#/tags"),
    ({"inputs": None}, "#/inputs"),
    ({"inputs": 0}, "#/inputs"),
    ({"inputs": 1.5}, "#/inputs"),
    ({"inputs": True}, "#/inputs"),
    ({"inputs": "two"}, "#/inputs"),
    ({"inputs": []}, "#/inputs"),
    ({"inputs": ["a", "a"]}, "#/inputs/1"),
    ({"inputs": ["a", 2]}, "#/inputs/1"),
    ({"inputs": ["a", ""]}, "#/inputs/1"),
    ({"labels": ["one"]}, "#/labels"),
    ({"labels": ["one", "two", "three"]}, "#/labels"),
    ({"labels": ["one", "one"]}, "#/labels/1"),
    ({"labels": "yes"}, "#/labels"),
    ({"labels": {"a": 1}}, "#/labels"),
    ({"layers": []}, "#/layers"),
    ({"layers": None}, "#/layers"),
    ({"layers": {}}, "#/layers"),
    ({"layers": ["nothing"]}, "#/layers/0"),
    ({"layers": [DENSE, {"type": "dens", "units": 1}]}, "#/layers/1/type"),
    ({"layers": [DENSE, {"type": "dense"}]}, "#/layers/1/units"),
    ({"layers": [DENSE, {"type": "dense", "units": 0}]}, "#/layers/1/units"),
    ({"layers": [DENSE, {"type": "dense", "units": "3"}]}, "#/layers/1/units"),
    ({"layers": [{**DENSE, "unit": 3}]}, "#/layers/0/unit"),
    ({"layers": [{**DENSE, "activation": "sigmoyd"}]}, "#/layers/0/activation"),
    ({"layers": [{**DENSE, "activation": {"type": "relu", "slope": 1}}]}, "#/layers/0/activation/slope"),
    ({"layers": [{**DENSE, "weights": [[1.0]]}]}, "#/layers/0/weights"),
    ({"layers": [{**DENSE, "weights": [[1.0], [1.0, 2.0]]}]}, "#/layers/0/weights"),
    ({"layers": [{**DENSE, "weights": [[1.0], ["2"]]}]}, "#/layers/0/weights/1/0"),
    ({"layers": [{**DENSE, "weights": [[1e300], [1.0]]}]}, "#/layers"),
    ({"layers": [{**DENSE, "units": 100_000}]}, "#/layers/0/units"),
    ({"layers": [{**DENSE, "units": 10**9}]}, "#/layers/0/units"),
    ({"layers": [{**DENSE, "units": 10**30}]}, "#/layers/0/units"),
    ({"loss": "mean_squared"}, "#/loss"),
    ({"loss": {"reduction": "sum"}}, "#/loss/type"),
    ({"loss": "cross_entropy"}, "#/loss"),
    ({"dtype": "float16"}, "#/dtype"),
    ({"seed": -1}, "#/seed"),
    ({"seed": 2**70}, "#/seed"),
    ({"colour": "blue"}, "#/colour"),
]


@pytest.mark.parametrize(("change", "place"), BAD, ids=lambda value: str(value)[:60] if isinstance(value, dict) else "")
def test_a_bad_field_is_rejected_at_its_place(rejected, change, place):
    problem = rejected(422, "POST", "/networks", place, json={**GOOD, **change})
    assert problem["type"] == "/problems/invalid"


def test_all_issues_are_reported_at_once(rejected):
    bad = {**GOOD, "name": "a b", "tags": {"k": 1}, "layers": [{"type": "dense", "units": 0}], "dtype": "int8"}
    rejected(422, "POST", "/networks", "#/name", "#/tags/k", "#/layers/0/units", "#/dtype", json=bad)


def test_a_missing_field_is_rejected(rejected):
    rejected(422, "POST", "/networks", "#/name", "#/inputs", "#/layers", json={})


def test_an_unknown_field_brings_the_one_that_was_perhaps_meant(rejected):
    problem = rejected(422, "POST", "/networks", "#/layer", json={"name": "n", "inputs": 2, "layer": []})
    assert 'did you mean "layers"?' in str(problem)


@pytest.mark.parametrize("body", ["[]", "3", '"text"', "null"])
def test_a_body_that_is_no_object_is_rejected(rejected, body):
    rejected(422, "POST", "/networks", "#", data=body, headers=JSON)


@pytest.mark.parametrize(
    "body",
    ["", "{", "{'name': 1}", '{"inputs": NaN}', '{"inputs": 1e999}', '{"a":' * 2000 + "1" + "}" * 2000, b"\xff\xfe{}"],
    ids=["empty", "cut", "quotes", "nan", "1e999", "deep", "utf-16"],
)
def test_malformed_json_is_rejected(rejected, body):
    rejected(400, "POST", "/networks", data=body, headers=JSON)


def test_a_request_without_a_body_is_rejected(rejected, network):
    rejected(400, "POST", "/networks")
    rejected(400, "PATCH", "/networks/cheese")


def test_layers_nested_too_deeply_are_rejected(rejected):
    layer = {"type": "dense", "units": 2}
    for _ in range(21):
        layer = {"type": "residual", "layers": [layer]}
    rejected(422, "POST", "/networks", "#/layers", json={**GOOD, "layers": [layer]})
    for _ in range(300):
        layer = {"type": "residual", "layers": [layer]}
    rejected(422, "POST", "/networks", "#", json={**GOOD, "layers": [layer]})


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_content_type_is_rejected(rejected, content_type):
    rejected(415, "POST", "/networks", data="{}", headers={"Content-Type": content_type})


def test_a_body_over_the_limit_is_rejected(rejected):
    rejected(413, "POST", "/networks", data=b" " * (2**20 + 1), headers=JSON)
    in_chunks = {"input_stream": io.BytesIO(b" " * (2**20 + 1)), "environ_overrides": {"wsgi.input_terminated": True}}
    rejected(413, "POST", "/networks", headers={**JSON, "Transfer-Encoding": "chunked"}, **in_chunks)


def test_a_taken_name_is_rejected(rejected, network):
    problem = rejected(409, "POST", "/networks", json={**GOOD, "name": "cheese"})
    assert problem["type"] == "/problems/already_exists"


def test_renaming_to_a_taken_name_is_rejected(client, rejected, network):
    client.post("/networks", json={**GOOD, "name": "gouda"})
    rejected(409, "PATCH", "/networks/gouda", json={"name": "cheese"})


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": "a b"}, "#/name"),
        ({"tags": {"a": 1}}, "#/tags/a"),
        ({"layers": []}, "#/layers"),
        ({"name": None}, "#/name"),
    ],
)
def test_a_bad_change_is_rejected(rejected, network, change, place):
    rejected(422, "PATCH", "/networks/cheese", place, json=change)


def test_a_network_in_training_is_not_deleted(client, rejected, network):
    data = {"inputs": [[0.2, 0.9]], "targets": ["like"]}
    job = client.post("/train", json={"network": "cheese", "data": data, "epochs": 1}).json
    problem = rejected(409, "DELETE", "/networks/cheese")
    assert problem["type"] == "/problems/conflict"
    client.post(f"/jobs/{job['id']}/cancel")
    assert client.delete("/networks/cheese").status_code == 204


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_missing_network_is_not_found(rejected, method):
    rejected(404, method, "/networks/nobody", **({"json": {}} if method == "PATCH" else {}))


@pytest.mark.parametrize(
    "path", ["/networks/..", "/networks/../etc/passwd", "/networks/%2e%2e%2fetc", "/docs/../app.py"]
)
def test_a_path_that_climbs_leads_nowhere(rejected, path):
    rejected(404, "GET", path)


@pytest.mark.parametrize(
    ("query", "argument"),
    [
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1_0", "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=2", "limit"),
        ("limits=3", "limits"),
        ("after=", "after"),
        ("tag=colour", "tag"),
        ("tag=:blue", "tag"),
    ],
)
def test_a_bad_query_argument_is_rejected(rejected, query, argument):
    rejected(422, "GET", f"/networks?{query}", argument)


def test_an_unknown_query_argument_brings_the_one_that_was_perhaps_meant(rejected):
    assert 'did you mean "limit"?' in str(rejected(422, "GET", "/networks?limt=3", "limt"))
    assert 'did you mean "dry_run"?' in str(rejected(422, "POST", "/networks?dryrun=true", "dryrun", json=GOOD))


def test_a_page_after_nothing_is_not_found(rejected):
    rejected(404, "GET", "/networks?after=net_0")


def test_a_method_that_is_not_there_names_those_that_are(client, rejected):
    rejected(405, "PUT", "/networks/x")
    assert set(client.put("/networks/x").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH", "DELETE"}
