import json

import numpy as np
import pytest
from safetensors.numpy import load, save

WEIGHTS = "/networks/cheese/weights"
SNAPSHOTS = "/networks/cheese/snapshots"
BINARY = {"Content-Type": "application/octet-stream"}


def explicit(client):
    """A network with weights of its own choosing."""
    layers = [
        {
            "type": "dense",
            "units": 3,
            "activation": "relu",
            "weights": [[1, 2, 3], [4, 5, 6.5]],
            "biases": [0.1, 0.2, 0.3],
        },
        "batch_norm",
        {"type": "dense", "units": 1, "weights": [[-1], [-2], [-3]], "bias": False},
    ]
    made = client.post("/networks", json={"name": "own", "inputs": 2, "dtype": "float64", "layers": layers})
    assert made.status_code == 201, made.text
    return layers


def by_name(layers):
    return {layer["name"]: layer for layer in layers}


def test_weights_are_read_back_as_they_were_given(client):
    given = explicit(client)
    answer = client.get("/networks/own/weights").json
    read = by_name(answer["layers"])
    assert read["dense_1"]["weights"] == given[0]["weights"]
    assert read["dense_1"]["biases"] == given[0]["biases"]
    assert read["dense_2"]["weights"] == given[2]["weights"]
    assert "biases" not in read["dense_2"]
    assert answer["snapshot"] == client.get("/networks/own/snapshots/latest").json["id"]


def test_weights_are_read_as_safetensors_by_accept_or_by_format(client):
    given = explicit(client)
    accepted = client.get("/networks/own/weights", headers={"Accept": "application/octet-stream"})
    asked = client.get("/networks/own/snapshots/initial/weights?format=safetensors")
    tensors = load(asked.data)
    assert accepted.mimetype == asked.mimetype == "application/octet-stream"
    assert load(accepted.data).keys() == tensors.keys()
    assert tensors["dense_1.weights"].tolist() == given[0]["weights"]
    assert tensors["dense_2.weights"].dtype == np.float64
    header = asked.data[8 : 8 + int.from_bytes(asked.data[:8], "little")]
    assert b'"network":"own"' in header and b'"epoch":"0"' in header and b'"snapshot":"snap_' in header


def test_json_is_the_default_and_wins_where_anything_goes(client, network):
    for accept in ("*/*", "application/json", "text/html, application/json;q=0.5", ""):
        assert client.get(WEIGHTS, headers={"Accept": accept}).mimetype == "application/json"


def test_what_cannot_be_accepted_is_rejected(rejected, network):
    rejected(406, "GET", WEIGHTS, headers={"Accept": "image/png"})
    rejected(422, "GET", f"{WEIGHTS}?format=pickle", "format")
    rejected(404, "GET", f"{WEIGHTS}?snapshot=nothing")


def test_weights_go_round_as_json(client, network):
    explicit(client)
    layers = client.get("/networks/own/weights").json["layers"]
    by_name(layers)["dense_1"]["weights"][1][2] = 0.1 + 0.2
    made = client.post("/networks/own/snapshots", json={"layers": layers})
    assert made.status_code == 201, made.text
    assert made.json["kind"] == "imported"
    assert made.headers["Location"] == f"/networks/own/snapshots/{made.json['id']}"
    assert client.get("/networks/own/weights").json["layers"] == layers
    first = by_name(client.get("/networks/own/weights?snapshot=initial").json["layers"])
    assert first["dense_1"]["weights"][1][2] == 6.5


def test_weights_go_round_as_safetensors_under_an_alias(client, network):
    explicit(client)
    tensors = load(client.get("/networks/own/weights?format=safetensors").data)
    tensors["dense_1.weights"] = np.ascontiguousarray(tensors["dense_1.weights"] * 2)
    body = save(tensors)
    made = client.post("/networks/own/snapshots?alias=doubled", data=body, headers=BINARY)
    assert made.status_code == 201, made.text
    assert made.json["alias"] == "doubled"
    again = load(client.get("/networks/own/snapshots/doubled/weights?format=safetensors").data)
    assert all(np.array_equal(again[name], tensor) for name, tensor in tensors.items())


def layers_with(client, **change):
    layers = client.get(WEIGHTS).json["layers"]
    layers[1] |= change
    return layers


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"weights": [[1.0], [2.0]]}, "#/layers/1/weights"),
        ({"weights": [[1.0, 2.0]] * 3}, "#/layers/1/weights/0"),
        ({"weights": [[1.0], [2.0], ["3"]]}, "#/layers/1/weights/2/0"),
        ({"weights": [[1.0], [2.0], [True]]}, "#/layers/1/weights/2/0"),
        ({"weights": None}, "#/layers/1/weights"),
        ({"weights": []}, "#/layers/1/weights"),
        ({"biases": [1.0, 2.0]}, "#/layers/1/biases"),
        ({"biases": [[1.0]]}, "#/layers/1/biases/0"),
        ({"bias": [1.0]}, "#/layers/1/bias"),
        ({"name": "dense_3"}, "#/layers/1/weights"),
        ({"name": 2}, "#/layers/1"),
    ],
)
def test_weights_that_do_not_fit_are_rejected_at_their_place(client, rejected, network, change, path):
    rejected(422, "POST", SNAPSHOTS, path, json={"layers": layers_with(client, **change)})


def test_a_missing_tensor_is_named(client, rejected, network):
    layers = client.get(WEIGHTS).json["layers"]
    del layers[0]["biases"]
    assert "dense_1.biases" in str(rejected(422, "POST", SNAPSHOTS, json={"layers": layers}))


@pytest.mark.parametrize("body", [{}, {"layers": 3}, {"layers": [3]}, {"layers": [{}]}, {"layer": []}])
def test_a_bad_import_is_rejected(rejected, network, body):
    rejected(422, "POST", SNAPSHOTS, json=body)


def test_two_layers_of_one_name_are_rejected(client, rejected, network):
    layers = client.get(WEIGHTS).json["layers"]
    rejected(422, "POST", SNAPSHOTS, "#/layers/2/weights", json={"layers": [*layers, layers[0]]})


def test_a_broken_safetensors_file_is_rejected(client, rejected, network):
    whole = client.get(f"{WEIGHTS}?format=safetensors").data
    for body in (b"", b"{}", whole[:-8], whole + b"12345678", b"\xff" * 100):
        rejected(422, "POST", SNAPSHOTS, data=body, headers=BINARY)


def with_header(header, arrays):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + arrays


@pytest.mark.parametrize(("kind", "count"), [("BF16", 4), ("F8_E4M3", 8)])
def test_numbers_of_a_type_that_is_not_taken_are_named(rejected, network, kind, count):
    header = {"dense_1.weights": {"dtype": kind, "shape": [count], "data_offsets": [0, 8]}}
    problem = rejected(422, "POST", SNAPSHOTS, data=with_header(header, bytes(8)), headers=BINARY)
    assert f"numbers of type {kind}. Save them as F32 or F64" in problem["detail"]


def test_a_safetensors_file_may_say_nothing_of_itself(client, network):
    whole = client.get(f"{WEIGHTS}?format=safetensors").data
    behind = 8 + int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8:behind]) | {"__metadata__": None}
    assert client.post(SNAPSHOTS, data=with_header(header, whole[behind:]), headers=BINARY).status_code == 201


def test_a_tensor_of_the_wrong_shape_or_value_is_rejected_by_name(client, rejected, network):
    tensors = load(client.get(f"{WEIGHTS}?format=safetensors").data)
    for change in (np.zeros((3, 2)), np.full((2, 3), np.nan), np.full((2, 3), np.inf), np.zeros(6)):
        body = save({**tensors, "dense_1.weights": change})
        rejected(422, "POST", SNAPSHOTS, "#/dense_1.weights", data=body, headers=BINARY)
    rejected(422, "POST", SNAPSHOTS, "#/extra", data=save({**tensors, "extra": np.zeros(1)}), headers=BINARY)


def test_weights_beyond_float32_are_rejected(client, rejected):
    client.post("/networks", json={"name": "small", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    layers = [{"name": "dense_1", "weights": [[1e300]], "biases": [0.0]}]
    rejected(422, "POST", "/networks/small/snapshots", "#/layers/0/weights", json={"layers": layers})


def test_another_content_type_is_rejected(rejected, network):
    rejected(415, "POST", SNAPSHOTS, data=b"x", headers={"Content-Type": "application/x-pickle"})


EVERY_LAYER = [
    {"type": "dense", "units": 4, "activation": "relu"},
    "batch_norm",
    {"type": "residual", "layers": [{"type": "dense", "units": 4}, "layer_norm"]},
    {"type": "dense", "units": 1, "bias": False},
]
COLUMNS = [
    {"name": "mass", "type": "number", "scale": "quantile", "indicator": True},
    {"name": "island", "type": "category", "categories": ["Biscoe", "Dream"], "encode": "embedding", "impute": "own"},
    {"name": "at", "type": "time"},
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_reading_gives_is_taken_at_the_same_address_with_equal_bits(client, dtype):
    spec = {"inputs": COLUMNS, "target": {"name": "price", "type": "number"}, "layers": EVERY_LAYER, "dtype": dtype}
    for seed, name in enumerate(("from", "to", "binary")):
        assert client.post("/networks", json={"name": name, "seed": seed, **spec}).status_code == 201
    given = client.get("/networks/from/weights")
    made = client.post("/networks/to/weights?alias=taken", data=given.data, content_type=given.content_type)
    assert made.status_code == 201, made.text
    assert made.json["alias"] == "taken" and made.headers["Location"].endswith(f"/snapshots/{made.json['id']}")
    binary = client.get("/networks/from/weights?format=safetensors")
    also = client.post("/networks/binary/weights", data=binary.data, content_type=binary.content_type)
    first = client.get("/networks/from/snapshots/latest").json
    assert made.json["sha256"] == also.json["sha256"] == first["sha256"]
    read = client.get("/networks/to/weights").json
    assert {key: read[key] for key in ("layers", "preprocessing")} == {
        key: given.json[key] for key in ("layers", "preprocessing")
    }


def test_weights_of_other_layers_are_rejected_at_their_place(client, rejected, network):
    client.post(
        "/networks", json={"name": "wide", "inputs": 3, "layers": [{"type": "dense", "units": 4}, "batch_norm"]}
    )
    given = client.get("/networks/wide/weights").json
    rejected(422, "POST", WEIGHTS, "#/layers/0/weights/0", "#/layers/1/scale", json=given)
    rejected(404, "POST", "/networks/nothing/weights", json=given)
    rejected(415, "POST", WEIGHTS, data=b"x", content_type="text/csv")
