"""The predictor of docs/weights.md, run without the service, against the service itself on a table with everything."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import RunningService

PAGE = Path(__file__).parents[2] / "docs" / "weights.md"
PREDICTOR, FROM_JSON, FROM_SAFETENSORS = re.findall(
    r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL
)
#: Appended: the outputs too, and a proof that the service was not imported.
OUTPUTS = """
import sys
print(json.dumps(outputs_of(network, tensors, preprocessing, json.load(open("rows.json"))).tolist()))
assert not [name for name in sys.modules if name.startswith("service")]
"""

CITIES = ["Bern", "Basel", "Genf", "NA", "Chur", "Thun", "Zug"]
PARTS = ["year", "month", "elapsed", "day", "day_of_year", "weekday", "hour", "minute", "second"]
INPUTS: list[Any] = [
    {"name": "amount", "type": "number", "log": True, "clip": {"low": -50, "high": 5000}, "scale": "robust"},
    {"name": "load", "type": "number", "scale": {"type": "quantile", "knots": 12}, "indicator": True},
    {"name": "steps", "type": "number", "scale": "quantile", "impute": "median", "clip": {"low": None, "high": 6}},
    {"name": "heat", "type": "number", "scale": "min_max", "impute": {"type": "constant", "value": -3}},
    {"name": "depth", "type": "number", "encode": "piecewise", "bins": 5, "clip": {"quantile": 0.05}, "log": True},
    {
        "name": "slope",
        "type": "number",
        "encode": "piecewise",
        "smooth_clip": 2.5,
        "scale": "robust",
        "indicator": True,
    },
    {"name": "city", "type": "category", "categories": CITIES, "encode": "embedding", "size": 3},
    {"name": "colour", "type": "category", "categories": ["red", "green", "blue"], "impute": "own"},
    {"name": "grade", "type": "category", "categories": ["a", "b"], "encode": "embedding", "impute": "own"},
    {"name": "size", "type": "category", "categories": ["s", "m", "l"], "impute": {"type": "constant", "value": "m"}},
    {"name": "paid", "type": "boolean", "impute": "mean", "indicator": True},
    {"name": "at", "type": "time", "parts": PARTS, "indicator": True},
    {"name": "born", "type": "time", "parts": ["elapsed"], "impute": "mean"},
]
DENSE = {"type": "dense", "units": 8, "activation": "tanh"}
DEEP = [
    DENSE,
    "batch_norm",
    {"type": "residual", "layers": [DENSE, "layer_norm", {"type": "dense", "units": 8, "activation": "relu"}]},
    {"type": "dropout", "drop_rate": 0.1},
    {"type": "dense", "units": 6, "bias": False},
    {"type": "activation", "activation": "sigmoid"},
]
NETWORKS: dict[str, tuple[Any, dict[str, Any]]] = {
    "price": ({"name": "price", "type": "number"}, {"type": "dense", "units": 1}),
    "both": (
        [
            {"name": "price", "type": "number", "scale": "min_max"},
            {"name": "load2", "type": "number", "scale": "robust"},
        ],
        {"type": "dense", "units": 2},
    ),
    "kind": (
        {"name": "kind", "type": "category", "categories": ["x", "y", "z"]},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ),
    "half": (
        {"name": "half", "type": "category", "categories": ["left", "right"]},
        {"type": "dense", "units": 1, "activation": "tanh"},
    ),
    "paid2": ({"name": "paid2", "type": "boolean"}, {"type": "dense", "units": 1, "activation": "sigmoid"}),
    "flags": (
        [{"name": "paid2", "type": "boolean"}, {"name": "sent", "type": "boolean"}],
        {"type": "dense", "units": 2, "activation": "sigmoid"},
    ),
}
LOSSES = {"half": "hinge", "paid2": "binary_cross_entropy", "flags": "binary_cross_entropy", "kind": "cross_entropy"}


def cells(draw: np.random.Generator, count: int, *, gaps: float) -> list[dict[str, Any]]:
    """Rows with cells missing at random, times before 1970, repeated numbers, and outliers."""
    columns: dict[str, Any] = {
        "amount": draw.normal(0, 1, count).round(3) * 10.0 ** draw.integers(0, 5, count),
        "load": draw.normal(5, 2, count).round(4),
        "steps": draw.integers(0, 9, count).astype(float),
        "heat": draw.uniform(-20, 35, count).round(2),
        "depth": draw.exponential(40, count).round(3) - 9,
        "slope": draw.integers(0, 4, count).astype(float),
        "city": draw.choice(CITIES, count),
        "colour": draw.choice(["red", "green", "blue"], count),
        "grade": draw.choice(["a", "b"], count),
        "size": draw.choice(["s", "m", "l"], count),
        "paid": draw.random(count) < 0.4,
        "at": np.datetime64("1950-01-01", "us") + draw.integers(0, 100 * 365 * 86_400 * 10**6, count),
        "born": np.datetime64("1911-02-03", "D") + draw.integers(0, 30_000, count),
    }
    rows = [{key: plain(column[row]) for key, column in columns.items()} for row in range(count)]
    return [{key: None if draw.random() < gaps else cell for key, cell in row.items()} for row in rows]


def plain(cell: Any) -> Any:
    return str(cell) if isinstance(cell, np.datetime64 | np.str_) else cell.item()


def targets(draw: np.random.Generator, row: dict[str, Any]) -> dict[str, Any]:
    heat, red = row["heat"] or 0, row["colour"] == "red"
    return {
        "price": round(90_000 + 1000 * heat + float(draw.normal(0, 9000)), 2),
        "load2": round(-3 + red / 100 + float(draw.normal(0, 0.001)), 5),
        "kind": {"red": "x", "green": "y"}.get(row["colour"], "z"),
        "half": "left" if heat < 5 else "right",
        "paid2": red,
        "sent": heat > 15,
    }


def upload(client: Client, rows: list[dict[str, Any]]) -> None:
    text = io.StringIO()
    lines = csv.DictWriter(text, list(rows[0]))
    lines.writeheader()
    lines.writerows(
        {key: str(cell).lower() if isinstance(cell, bool) else cell for key, cell in row.items()} for row in rows
    )
    address = f"{client.url}/datasets?name=hard&types=amount:number,at:time,born:time&missing=none-of-these"
    request = urllib.request.Request(address, text.getvalue().encode(), {"Content-Type": "text/csv"})
    with urllib.request.urlopen(request, timeout=60) as response:
        assert response.status == 201


def hard_rows(draw: np.random.Generator) -> list[dict[str, Any]]:
    rows = cells(draw, 200, gaps=0.15)
    for row, city in zip(rows, ["Paris", "na", "  ", "N/A", "Bern", "NA"], strict=False):
        row |= {"city": city, "colour": "violet", "grade": "None", "size": "xxl"}
    return [
        *rows,
        {},
        dict.fromkeys(rows[0]),
        rows[0] | {"amount": 1e15, "load": 99, "steps": -7, "heat": 1e6, "depth": -1e9, "slope": 1e9},
    ]


@pytest.fixture(scope="module")
def trained(service: RunningService) -> dict[str, Any]:
    """The rows to predict, and what the service answers by network."""
    client, draw = Client(service.url), np.random.default_rng(5)
    upload(client, [row | targets(draw, row) for row in cells(draw, 400, gaps=0.1)])
    rows = hard_rows(draw)
    for name, (target, last) in NETWORKS.items():
        spec = {"name": name, "inputs": INPUTS, "target": target, "layers": [*DEEP, last], "dtype": "float64"}
        client.post("/networks", spec | ({"loss": LOSSES[name]} if name in LOSSES else {}))
        body = {"network": name, "dataset": "hard", "epochs": 20, "batch_size": 50}
        job = client.post("/train", body, Prefer="wait=60")
        assert job["status"] == "succeeded", job
    return {"rows": rows, **{name: client.post("/predict", {"network": name, "inputs": rows}) for name in NETWORKS}}


@pytest.mark.parametrize(("name", "reading"), [*((name, FROM_JSON) for name in NETWORKS), ("both", FROM_SAFETENSORS)])
def test_the_predictor_of_the_page_gives_every_prediction_of_the_service(
    client: Client, trained: dict[str, Any], tmp_path: Path, name: str, reading: str
) -> None:
    weights = f"/networks/{name}/weights"
    (tmp_path / "rows.json").write_text(json.dumps(trained["rows"]))
    (tmp_path / "network.json").write_bytes(client.ask("GET", f"/networks/{name}").body)
    (tmp_path / "weights.json").write_bytes(client.ask("GET", weights).body)
    (tmp_path / "weights.safetensors").write_bytes(client.ask("GET", f"{weights}?format=safetensors").body)
    predictions, outputs = run(PREDICTOR + reading + OUTPUTS, tmp_path)
    expected = trained[name]["predictions"]
    assert len({tuple(row.values()) for row in expected}) > 1
    assert len(predictions) == len(expected) == len(trained["rows"])
    if client.get(weights)["preprocessing"]["target"]:
        found, wanted = (np.array([list(row.values()) for row in side]) for side in (predictions, expected))
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=0)
    else:
        assert predictions == expected
        np.testing.assert_allclose(outputs, trained[name]["outputs"], rtol=1e-12, atol=1e-15)


def run(code: str, folder: Path) -> Any:
    """What a program prints, in a process that finds neither the repository nor this test's modules."""
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]
