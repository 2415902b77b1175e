"""Searches on public tables: what they choose on three quarters of the rows, beside the proposal, on the rest."""

from __future__ import annotations

import argparse
import csv
import io
import statistics
import time
from collections.abc import Callable
from typing import Any

from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split

from benchmarks.real_tables.ours import TARGET, send_csv
from benchmarks.real_tables.tables import Real, shipped
from tests.acceptance.client import Client
from tests.acceptance.running import RunningService

LOOK_SECONDS = 0.05


def on_tables(service: RunningService, options: argparse.Namespace) -> None:
    client, trials = Client(service.url), options.trials or (6 if options.quick else 60)
    columns = ("proposal", "random", "tpe")
    print(f"mean of the splits, {trials} trials; better, equal and worse than the proposal, and than random")
    print(f"| table | {' | '.join(columns)} | tpe to proposal | tpe to random |\n| --- |{' --- |' * 5}")
    for table in shipped():
        if options.table and table.name not in options.table:
            continue
        splits = range(1 if options.quick else options.splits)
        runs = [on_split(client, table, split, trials, options.folds) for split in splits]
        means = [f"{statistics.mean(scores):.4f}" for scores in zip(*runs, strict=True)]
        beside = [compared([(run[2], run[other]) for run in runs]) for other in (0, 1)]
        print(f"| {table.name} | {' | '.join([*means, *beside])} |", flush=True)


def compared(pairs: list[tuple[float, float]]) -> str:
    """How often the first of two scores was higher, equal and lower."""
    return " / ".join(str(sum(sign(one - other) == wanted for one, other in pairs)) for wanted in (1, 0, -1))


def sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)


def on_split(client: Client, table: Real, split: int, trials: int, folds: int | None) -> list[float]:
    stratify = None if table.is_numeric else table.answers
    parts = train_test_split(table.rows, table.answers, test_size=0.25, random_state=split, stratify=stratify)
    rows, held_out, answers, wanted = parts
    name = f"{table.name.replace(' ', '-')}-{split}"
    whole = [[*row, answer] for row, answer in zip(rows, answers, strict=True)]
    send_csv(client, f"/datasets?name={name}", [*table.names, TARGET], whole)
    proposal = client.get(f"/datasets/{name}/proposal?target={TARGET}")
    post(client, "/networks", proposal["network"] | {"name": name})
    trained(client, post(client, "/train", proposal["train"] | {"network": name}))
    found = [name, *(searched(client, name, sampler, split, trials, folds) for sampler in ("random", "tpe"))]
    return [labelled(table, wanted, answered(client, network, table, held_out)) for network in found]


def trained(client: Client, job: Any) -> None:
    while job["status"] in ("queued", "running"):
        job = client.get(f"/jobs/{job['id']}", Prefer="wait=30")


def labelled(table: Real, wanted: list[str], said: list[str]) -> float:
    """R² of numbers, the accuracy of classes."""
    if table.is_numeric:
        return float(r2_score([float(answer) for answer in wanted], [float(answer) for answer in said]))
    return float(accuracy_score(wanted, said))


def searched(client: Client, name: str, sampler: str, seed: int, trials: int, folds: int | None) -> str:
    """The name of the network that a search of this table has made live."""
    body = {"dataset": name, "target": TARGET, "sampler": {"type": sampler, "seed": seed}}
    made = post(client, "/searches", body | {"name": f"{name}-{sampler}", "limits": {"trials": trials}, "folds": folds})
    ended(client, made)
    path, wanted = f"/searches/{made['id']}/publish", {"network": f"{name}-{sampler}-best"}
    published = post(client, path, wanted)
    if published["version"] is None:
        trained(client, client.get(f"/jobs/{published['job']}"))
        published = post(client, path, wanted)
    return str(published["network"])


def answered(client: Client, network: str, table: Real, rows: list[list[str]]) -> list[str]:
    read = set(client.get(f"/networks/{network}")["features"])
    kept = [at for at, column in enumerate(table.names) if column in read]
    asked = [[row[at] for at in kept] for row in rows]
    answer = send_csv(client, f"/predict?network={network}", [table.names[at] for at in kept], asked, "text/csv")
    return [row[TARGET] for row in csv.DictReader(io.StringIO(answer.decode()))]


def ended(client: Client, made: Any, each: Callable[[Any], None] = lambda made: None) -> Any:
    while True:
        made = client.get(f"/searches/{made['id']}")
        each(made)
        if made["status"] not in ("queued", "running"):
            assert made["status"] == "succeeded", made["error"]
            return made
        time.sleep(LOOK_SECONDS)


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(path, body, Prefer="wait=60")
