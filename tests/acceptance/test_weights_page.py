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
from tests.unit.exports.tables import DEEP, INPUTS, LOSSES, NETWORKS, cells, hard_rows, targets

#: Ensembles, one of each kind of output, and one of two recipes.
RECIPES = [
    {
        "count": 2,
        "encode": "number",
        "layers": [{"type": "dense", "units": 7, "activation": "tanh"}, NETWORKS["kind"][1]],
    },
    {"encode": "piecewise"},
]
MEMBERS: dict[str, Any] = {"both": 2, "kind": RECIPES, "paid2": 2}

#: The class that has a threshold.
RARE = {"kind": "y", "paid2": "true"}

PAGE = Path(__file__).parents[2] / "docs" / "weights.md"
PREDICTOR, FROM_JSON, FROM_SAFETENSORS = re.findall(
    r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL
)
#: Appended: the outputs too, and a proof that the service was not imported.
OUTPUTS = """
import sys
print(json.dumps(outputs_of(network, tensors, preprocessing, rows, calibration["temperature"]).tolist()))
print(json.dumps(off_by(calibration, 0.9) if calibration.get("scores") else []))
assert not [name for name in sys.modules if name.startswith("service")]
"""


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


@pytest.fixture(scope="module")
def trained(service: RunningService) -> dict[str, Any]:
    """The rows to predict, and what the service answers by network."""
    client, draw = Client(service.url), np.random.default_rng(5)
    upload(client, [row | targets(draw, row) for row in cells(draw, 400, gaps=0.1)])
    rows = hard_rows(draw)
    for name, (target, last) in NETWORKS.items():
        spec = {"name": name, "inputs": INPUTS, "target": target, "layers": [*DEEP, last], "dtype": "float64"}
        spec |= {"members": MEMBERS.get(name, 1)}
        client.post("/networks", spec | ({"loss": LOSSES[name]} if name in LOSSES else {}))
        body = {"network": name, "dataset": "hard", "epochs": 20, "batch_size": 50}
        body |= {"validation": {"fraction": 0.6 if name == "both" else 0.2}} if name != "price" else {}
        body |= {"calibrate": True} if name in ("kind", "paid2", "flags") else {}
        body |= {"threshold": {"metric": "f1", "positive": RARE[name]}} if name in RARE else {}
        job = client.post("/train", body, Prefer="wait=60")
        assert job["status"] == "succeeded", job
    known = {name: client.post("/predict", {"network": name, "inputs": rows}) for name in NETWORKS}
    known["both"] |= client.post("/predict", {"network": "both", "inputs": rows, "interval": 0.9})
    return {"rows": rows, **known}


@pytest.mark.parametrize(("name", "reading"), [*((name, FROM_JSON) for name in NETWORKS), ("both", FROM_SAFETENSORS)])
def test_the_predictor_of_the_page_gives_every_prediction_of_the_service(
    client: Client, trained: dict[str, Any], tmp_path: Path, name: str, reading: str
) -> None:
    weights = f"/networks/{name}/weights"
    (tmp_path / "rows.json").write_text(json.dumps(trained["rows"]))
    (tmp_path / "network.json").write_bytes(client.ask("GET", f"/networks/{name}").body)
    (tmp_path / "weights.json").write_bytes(client.ask("GET", weights).body)
    (tmp_path / "weights.safetensors").write_bytes(client.ask("GET", f"{weights}?format=safetensors").body)
    predictions, outputs, off = run(PREDICTOR + reading + OUTPUTS, tmp_path)
    expected = trained[name]["predictions"]
    assert len({tuple(row.values()) for row in expected}) > 1
    assert len(predictions) == len(expected) == len(trained["rows"])
    if client.get(weights)["preprocessing"]["target"]:
        found, wanted = (np.array([list(row.values()) for row in side]) for side in (predictions, expected))
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=0)
        if "intervals" in trained[name]:
            highs = [[ends["high"] for ends in row.values()] for row in trained[name]["intervals"]]
            np.testing.assert_allclose(found + off, highs, rtol=1e-12, atol=1e-12)
    else:
        assert predictions == expected
        np.testing.assert_allclose(outputs, trained[name]["outputs"], rtol=1e-12, atol=1e-15)


def run(code: str, folder: Path) -> Any:
    """What a program prints, in a process that finds neither the repository nor this test's modules."""
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]
