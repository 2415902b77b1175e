"""Real tables with the proposed defaults, compared with scikit-learn: `python -m benchmarks.real_tables`.

Each table is divided five times, a quarter held out. The service gets the training rows as CSV, proposes a network and
a training, and both are sent back as they are; the held-out rows are then asked for over HTTP, as CSV. The peers get
the same rows: an MLP and a gradient boosting of scikit-learn with its defaults, behind imputation, StandardScaler and
OneHotEncoder; `more epochs` is the same MLP allowed 2,000 epochs instead of its 200. Figures are means over the splits,
accuracy, or R² for diabetes.
"""

from __future__ import annotations

import argparse
import csv
import io
import statistics
import tempfile
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, running

TARGET = "answer"
MISSING = ("", "NA")
PEERS = ("MLP", "MLP, more epochs", "gradient boosting")


@dataclass(frozen=True)
class Real:
    name: str
    names: list[str]
    rows: list[list[str]]  #: cells as text, as a CSV file has them
    answers: list[str]
    is_numeric: bool  #: whether the answer is a number

    @property
    def words(self) -> list[int]:
        """The columns of words."""
        return [at for at in range(len(self.names)) if not all(is_number(row[at]) for row in self.rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one split, to see that all works")
    options = parser.parse_args()
    print(f"| table | rows | Feedforward | {' | '.join(PEERS)} |\n| --- |{' --- |' * (len(PEERS) + 2)}")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service:
        client = Client(service.url)
        for table in tables():
            runs = [scores(client, table, seed) for seed in range(1 if options.quick else options.splits)]
            means = (f"{statistics.mean(column):.4f}" for column in zip(*runs, strict=True))
            print(f"| {table.name} | {len(table.rows)} | {' | '.join(means)} |", flush=True)


def tables() -> Iterator[Real]:
    with (ROOT / "service" / "demo" / "penguins.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    yield Real("penguins", names[1:], [row[1:] for row in rows], [row[0] for row in rows], False)
    for name, load in (
        ("wine", datasets.load_wine),
        ("breast cancer", datasets.load_breast_cancer),
        ("digits", datasets.load_digits),
        ("diabetes", datasets.load_diabetes),
    ):
        bunch = load()
        is_numeric = name == "diabetes"
        answers = bunch.target if is_numeric else [f"class {index}" for index in bunch.target]
        cells = [[repr(float(cell)) for cell in row] for row in bunch.data]
        yield Real(name, list(bunch.feature_names), cells, [str(answer) for answer in answers], is_numeric)


def scores(client: Client, table: Real, seed: int) -> list[float]:
    stratify = None if table.is_numeric else table.answers
    parts = train_test_split(table.rows, table.answers, test_size=0.25, random_state=seed, stratify=stratify)
    rows, held_out, answers, wanted = parts
    peers = of_peers(table, rows, held_out, answers, seed)
    ours = through_service(client, table, f"{table.name.replace(' ', '-')}-{seed}", rows, answers, held_out)
    return [
        labelled(table, wanted, ours),
        *(labelled(table, wanted, said) for said in peers),
    ]


def labelled(table: Real, wanted: list[str], said: Any) -> float:
    if table.is_numeric:
        return float(r2_score([float(answer) for answer in wanted], [float(answer) for answer in said]))
    return float(accuracy_score(wanted, list(said)))


def through_service(
    client: Client, table: Real, name: str, rows: list[list[str]], answers: list[str], held_out: list[list[str]]
) -> list[str]:
    whole = [[*row, answer] for row, answer in zip(rows, answers, strict=True)]
    send_csv(client, f"/datasets?name={name}", [*table.names, TARGET], whole)
    proposal = client.get(f"/datasets/{name}/proposal?target={TARGET}")
    network = client.ask("POST", "/networks", proposal["network"] | {"name": name}).json
    job = client.ask("POST", "/train", proposal["train"] | {"network": name}, Prefer="wait=30").json
    while job["status"] in ("queued", "running"):
        job = client.ask("GET", f"/jobs/{job['id']}", Prefer="wait=30").json
    assert job["status"] == "succeeded", job
    read = set(network["features"])
    kept = [at for at, column in enumerate(table.names) if column in read]
    asked = [[row[at] for at in kept] for row in held_out]
    path = f"/predict?network={name}"
    answer = send_csv(client, path, [table.names[at] for at in kept], asked, accept="text/csv")
    return [row[TARGET] for row in csv.DictReader(io.StringIO(answer.decode()))]


def send_csv(client: Client, path: str, names: list[str], rows: list[list[str]], accept: str = "*/*") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    headers = {"Content-Type": "text/csv", "Accept": accept}
    address = client.url + urllib.parse.quote(path, safe="/?=&")
    with urllib.request.urlopen(urllib.request.Request(address, text.getvalue().encode(), headers)) as answer:
        return bytes(answer.read())


def of_peers(table: Real, rows: list[list[str]], held_out: list[list[str]], answers: list[str], seed: int) -> Any:
    targets = [float(answer) for answer in answers] if table.is_numeric else answers
    network = MLPRegressor if table.is_numeric else MLPClassifier
    boosting = HistGradientBoostingRegressor if table.is_numeric else HistGradientBoostingClassifier
    models = (network(random_state=seed), network(random_state=seed, max_iter=2000), boosting(random_state=seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for model in models:
            pipeline = make_pipeline(prepared(table), model).fit(cells(table, rows), targets)
            yield pipeline.predict(cells(table, held_out))


def prepared(table: Real) -> Any:
    numbers = [at for at in range(len(table.names)) if at not in table.words]
    of_words = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    )
    return make_column_transformer((make_pipeline(SimpleImputer(), StandardScaler()), numbers), (of_words, table.words))


def cells(table: Real, rows: list[list[str]]) -> Any:
    words = table.words
    return np.array(
        [
            [np.nan if cell in MISSING else cell if at in words else float(cell) for at, cell in enumerate(row)]
            for row in rows
        ],
        dtype=object,
    )


def is_number(cell: str) -> bool:
    try:
        return cell in MISSING or float(cell) is not None
    except ValueError:
        return False


if __name__ == "__main__":
    main()
