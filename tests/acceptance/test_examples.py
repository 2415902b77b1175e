"""The programs in examples/ run against the service, each where its runtime is there."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import ROOT, RunningService, free_port

EXAMPLES = ROOT / "examples"
SHOWN_URL = "http://127.0.0.1:8000"
BIRD = {
    "island": "Torgersen",
    "bill_length_mm": "39.1",
    "bill_depth_mm": "18.7",
    "flipper_length_mm": "181",
    "year": "2007",
}


def runtime(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not there.")
    return found


@contextmanager
def started(command: list[str], environment: dict[str, str], output: Path) -> Iterator[None]:
    with output.open("w") as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def penguins(service: RunningService) -> None:
    """The network of the README."""
    client = Client(service.url)
    table = (ROOT / "service/demo/penguins.csv").read_bytes()
    request = urllib.request.Request(
        f"{service.url}/datasets?name=penguins", data=table, headers={"Content-Type": "text/csv"}
    )
    urllib.request.urlopen(request, timeout=60).close()
    train = {"dataset": "penguins", "epochs": 40, "validation": {"fraction": 0.2, "stratified": True}}
    spec = {"name": "penguins", "from_dataset": "penguins", "target": "species", "train": train}
    job = client.post("/networks", spec)["job"]
    until(lambda: client.get(f"/jobs/{job}")["status"] == "succeeded", "the penguins' training")


def test_the_node_backend_trains_once_and_answers_its_page(service: RunningService, tmp_path: Path) -> None:
    command = [runtime("node"), str(EXAMPLES / "node-backend/server.mjs")]
    log = tmp_path / "log"
    environment = {"FEEDFORWARD_URL": service.url, "PORT": "0"}
    for _ in range(2):  # the second start finds the network
        with started(command, environment, log):
            until(lambda: "http://" in log.read_text() or "Error" in log.read_text(), "the backend")
            url = log.read_text().strip()
            assert fetch(url)[1].startswith("<!doctype html>")
            status, said = fetch(f"{url}/species?{urllib.parse.urlencode(BIRD)}")
            answer = json.loads(said)
            assert (status, answer["species"]) == (200, "Adelie"), said
            assert set(answer["imputed"]) == {"body_mass_g", "sex"}
            status, said = fetch(f"{url}/species?year=soon&island=Dream")
            assert status == 422 and "year" in json.dumps(json.loads(said)["errors"])
            assert fetch(f"{url}/other")[0] == 404
    assert len([one for one in Client(service.url).get("/networks")["data"] if one["name"] == "penguins-node"]) == 1


def test_the_cells_of_the_notebook_run_in_order(
    service: RunningService, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("FEEDFORWARD_URL", service.url)
    monkeypatch.chdir(EXAMPLES / "notebook")
    notebook = json.loads((EXAMPLES / "notebook/penguins.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    try:
        for cell in cells:
            exec(compile(cell, "penguins.ipynb", "exec"), names)
        assert names["job"].status == "succeeded" and names["network"].live()["version"] == names["version"]
        assert len(names["predicted"].sets) == 5 and "accuracy" in capsys.readouterr().out
        assert all(not cell.get("outputs") for cell in notebook["cells"]), "clear the outputs: they grow the repository"
    finally:
        names["client"].close()


@pytest.mark.usefixtures("penguins")
def test_the_address_of_the_spreadsheet_answers_the_csv_that_is_shown(service: RunningService) -> None:
    page = (EXAMPLES / "spreadsheet/README.md").read_text()
    [shown] = re.findall(r"^(http://\S+)$", page, re.MULTILINE)
    [header] = re.findall(r"^(species,.*)$", page, re.MULTILINE)
    status, text = fetch(shown.replace(SHOWN_URL, service.url))
    assert status == 200 and text.splitlines()[0] == header
    [line] = csv.DictReader(text.splitlines())
    assert line["species"] == "Adelie" and float(line["probability of Adelie"]) > 0.5


@pytest.mark.usefixtures("penguins")
def test_the_formulas_of_the_spreadsheet_ask_what_the_service_answers(service: RunningService) -> None:
    formulas = re.findall(
        r"^=(?:WEBSERVICE|IMPORTDATA)\((.*)\)$", (EXAMPLES / "spreadsheet/README.md").read_text(), re.MULTILINE
    )
    assert len(formulas) == 2
    cells = {"A2": "Dream", "B2": "2008", "C2": "46.5"}
    for formula in formulas:
        parts = [re.sub(r"ENCODEURL\((\w+)\)", r"\1", part.strip()) for part in formula.split(" & ")]
        asked = "".join(part.strip('"') if part.startswith('"') else cells[part] for part in parts)
        status, text = fetch(re.sub(r"^https?://[^/]+", service.url, asked))
        assert status == 200 and len(text.splitlines()) == 2, text


@pytest.mark.usefixtures("penguins")
def test_the_page_in_php_answers_and_tells_mistakes(service: RunningService, tmp_path: Path) -> None:
    php, port = runtime("php"), free_port()
    if "curl" not in subprocess.run([php, "-m"], capture_output=True, text=True, check=True).stdout.split():
        pytest.skip("PHP is here without its extension curl.")
    command = [php, "-S", f"127.0.0.1:{port}", "-t", str(EXAMPLES / "php")]
    with started(command, {"FEEDFORWARD_URL": service.url}, tmp_path / "log"):
        url = f"http://127.0.0.1:{port}/"
        until(lambda: "started" in (tmp_path / "log").read_text(), "PHP")
        assert "<form>" in fetch(url)[1]
        assert "<b>Adelie</b>" in fetch(f"{url}?{urllib.parse.urlencode(BIRD)}")[1]
        assert "year" in fetch(f"{url}?year=soon&island=Dream")[1].partition('class="error"')[2]


def test_every_example_is_in_the_index() -> None:
    index = (EXAMPLES / "README.md").read_text()
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == set(
        re.findall(r"^\| \[([\w-]+)\]", index, re.MULTILINE)
    )
    linked = re.findall(r"\]\(([^)#:]+)(?:#\S*)?\)", index)
    assert [path for path in linked if not (EXAMPLES / path).exists()] == []
