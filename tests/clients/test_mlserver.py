"""The unmodified `mlserver infer`, with requests from MLServer's own codecs, against the running service."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.clients.conftest import LABELS, expected_iris
from tests.clients.environments import HERE, program, run


@pytest.fixture(scope="module")
def programs():
    return program("mlserver"), program("mlserver", "mlserver")


@pytest.fixture(scope="module", params=["json", "binary"])
def seen(request, programs, service, tmp_path_factory):
    python, mlserver = programs
    script, folder = str(HERE / "mlserver" / "asks.py"), tmp_path_factory.mktemp("mlserver")
    run(python, script, "encode", str(folder))
    for name in ("iris", "birds"):
        files = ("-i", str(folder / f"{name}.jsonl"), "-o", str(folder / f"{name}.out.jsonl"))
        options = ("-b",) if request.param == "binary" else ()
        run(mlserver, "infer", "-u", service.url.removeprefix("http://"), "-m", name, *files, *options)
    return json.loads(run(python, script, "decode", str(folder)))


def test_it_predicts_an_array(seen):
    np.testing.assert_allclose(seen["iris"]["probabilities"], expected_iris(), rtol=1e-12)
    assert np.ravel(seen["iris"]["label"]).tolist() == [LABELS[np.argmax(row)] for row in expected_iris()]


def test_it_predicts_a_data_frame(seen, client):
    rows = [
        {"mass": 3000, "bill": 40, "island": "Dream"},
        {"mass": 5000, "bill": 44, "island": "Biscoe"},
        {"mass": 4000, "bill": 42, "island": None},
    ]
    predicted = client.post("/predict", {"network": "birds", "inputs": rows})
    assert np.ravel(seen["birds"]["species"]).tolist() == predicted["labels"]
