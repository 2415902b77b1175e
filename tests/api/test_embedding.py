"""Category codes over HTTP: their vectors go out and in, and what is no code is refused."""

import pytest

SPEC = {
    "name": "coded",
    "inputs": ["weight", "island"],
    "dtype": "float64",
    "layers": [
        {"type": "embedding", "columns": [{"index": 1, "categories": 2, "size": 2}]},
        {"type": "dense", "units": 1, "weights": [[1.0], [10.0], [100.0]], "biases": [0.0]},
    ],
}
VECTORS = [[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]]


@pytest.fixture
def coded(client):
    answer = client.post("/networks", json=SPEC)
    assert answer.status_code == 201, answer.text
    layers = client.get("/networks/coded/weights").json["layers"]
    assert layers[0]["name"] == "embedding_1" and len(layers[0]["column_1"]) == 3
    layers[0]["column_1"] = VECTORS
    imported = client.post("/networks/coded/snapshots", json={"layers": layers})
    assert imported.status_code == 201, imported.text
    return answer.json


def test_a_code_stands_for_its_vector(client, coded):
    assert coded["parameter_count"] == 3 * 2 + 4
    rows = [[0.5, code] for code in range(3)]
    answer = client.post("/predict", json={"network": "coded", "inputs": rows})
    assert answer.json["outputs"] == [[0.5], [0.5 + 10 + 200], [0.5 + 30 + 400]]
    one = client.get("/predict?network=coded&weight=0.5&island=2")
    assert one.json["outputs"] == [[430.5]]


def test_the_share_of_a_category_is_that_of_its_vector(client, coded):
    body = {"network": "coded", "inputs": [{"weight": 0.5, "island": 1}], "attributions": True}
    (why,) = client.post("/predict", json=body).json["attributions"]
    assert why["inputs"] == pytest.approx({"weight": 0.5, "island": 210.0})


def test_a_step_shows_what_each_vector_learns(client, coded):
    body = {"inputs": [[0.5, 1], [0.5, 1]], "targets": [[210.0], [210.5]]}
    answer = client.post("/networks/coded/explain", json=body)
    assert answer.status_code == 200, answer.text
    layer = answer.json["layers"][0]
    assert layer["activation"] == [[0.5, 1.0, 2.0]] * 2
    unknown, first, second = layer["gradients"]["column_1"]
    assert unknown == second == [0.0, 0.0] and first == pytest.approx([5.0, 50.0])


@pytest.mark.parametrize("cell", [3, -1, 0.5])
def test_what_is_no_code_is_rejected_where_it_stands(client, coded, rejected, cell):
    body = {"network": "coded", "inputs": [[0.5, 1], [0.5, cell]]}
    rejected(422, "POST", "/predict", "#/inputs/1/1", json=body)
    rejected(422, "GET", f"/predict?network=coded&weight=0.5&island={cell}", "island")
    data = {"inputs": body["inputs"], "targets": [[1], [2]]}
    rejected(422, "POST", "/train", "#/data/inputs/1/1", json={"network": "coded", "data": data})
    problem = rejected(422, "POST", "/predict", json=body)
    assert "a whole number from 0 (unknown) to 2" in problem["errors"][0]["detail"]


def test_an_embedding_elsewhere_than_first_is_rejected(rejected):
    layers = [{"type": "dense", "units": 2}, SPEC["layers"][0]]
    rejected(422, "POST", "/networks", "#/layers/1", json={**SPEC, "layers": layers})
