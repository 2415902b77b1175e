"""The service, over HTTP: its proposal is sent back as it is, and the held-out rows are asked for as CSV."""

from __future__ import annotations

import csv
import io
import json
import time
import urllib.parse
import urllib.request
from typing import Any

import numpy as np

from benchmarks.real_tables.ablation import Change, as_proposed
from benchmarks.real_tables.figures import COVERED, Answers
from benchmarks.real_tables.tables import Split
from tests.acceptance.client import Client

TARGET = "answer"
#: Rows of one request.
AT_ONCE = 2000


def through_service(
    client: Client, split: Split, members: int | None, method: str, change: Change | None = None
) -> Answers:
    """With a change, of the bodies that are proposed; a `method` is sent once for each split."""
    table, name = split.table, f"{split.table.name}-{split.seed}"
    if client.ask("GET", f"/datasets/{name}").status != 200:
        whole = [[*row, answer] for row, answer in zip(split.rows, split.answers, strict=True)]
        send_csv(client, f"/datasets?name={name}", [*table.names, TARGET], whole)
    members_asked = "" if members is None else f"&members={members}"
    proposal = client.get(f"/datasets/{name}/proposal?target={TARGET}{members_asked}")
    body, train = (change or as_proposed)(proposal["network"], proposal["train"])
    called = f"{name}-{method}".replace(" ", "-")
    network = client.ask("POST", "/networks", body | {"name": called}).json
    started = time.perf_counter()
    job = client.ask("POST", "/train", train | {"network": called}, Prefer="wait=30").json
    while job["status"] in ("queued", "running"):
        job = client.ask("GET", f"/jobs/{job['id']}", Prefer="wait=30").json
    seconds = time.perf_counter() - started
    assert job["status"] == "succeeded", job
    return _asked(client, split, network, seconds)


def _asked(client: Client, split: Split, network: dict[str, Any], seconds: float) -> Answers:
    read = set(network["features"])
    kept = [at for at, column in enumerate(split.table.names) if column in read]
    names = [split.table.names[at] for at in kept]
    rows = [[row[at] for at in kept] for row in split.held_out]
    level = f"&interval={COVERED}" if split.table.is_numeric else ""
    path = f"/predict?network={network['name']}{level}"
    parts = [
        json.loads(send_csv(client, path, names, rows[first : first + AT_ONCE]))
        for first in range(0, len(rows), AT_ONCE)
    ]
    if not split.table.is_numeric:
        shares = [row for part in parts for row in part["probabilities"]]
        return Answers(np.array([[row.get(word, 0.0) for word in split.classes] for row in shares]), seconds)
    predicted = np.array([row[TARGET] for part in parts for row in part["predictions"]], float)
    ends = [row[TARGET] for part in parts for row in part["intervals"]]
    judged = client.get(f"/networks/{network['name']}/calibration")["rows"]
    return Answers(predicted, seconds, np.array([[one["low"], one["high"]] for one in ends], float), judged)


def send_csv(client: Client, path: str, names: Any, rows: Any, accept: str = "*/*") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    address = client.url + urllib.parse.quote(path, safe="/?=&")
    headers = {"Content-Type": "text/csv", "Accept": accept}
    request = urllib.request.Request(address, text.getvalue().encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())
