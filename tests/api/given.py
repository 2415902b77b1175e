"""Networks whose outputs can be told by looking at their inputs."""


def passing(client, name, *, inputs=3, activation="linear", loss="mean_squared_error", weight=1.0, **fields):
    """Create a network of one layer, as wide as its inputs, that multiplies each by `weight` before its activation."""
    width = len(inputs) if isinstance(inputs, list) else inputs
    layer = {
        "type": "dense",
        "units": width,
        "activation": activation,
        "weights": [[weight * (row == column) for column in range(width)] for row in range(width)],
        "biases": [0.0] * width,
    }
    spec = {"name": name, "inputs": inputs, "dtype": "float64", "loss": loss, "layers": [layer], **fields}
    answer = client.post("/networks", json=spec)
    assert answer.status_code == 201, answer.text
    return answer.json


def import_biases(client, name, biases):
    """Store the newest snapshot with other biases; return its id."""
    layers = client.get(f"/networks/{name}/weights").json["layers"]
    layers[-1]["biases"] = biases
    answer = client.post(f"/networks/{name}/snapshots", json={"layers": layers})
    assert answer.status_code == 201, answer.text
    return answer.json["id"]
