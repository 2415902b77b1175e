"""Searches: what they find, how long they take, what they cost beside the training: `python -m benchmarks.searches`.

- `tables`: each table is divided, a quarter held out. A search by each sampler, with asha, chooses a network on the
  rest and publishes it; it and the proposal alone answer the held-out rows. Accuracy, or R² for diabetes; and in how
  many of the splits tpe was better than, as good as, and worse than each of the others. `--folds` judges each trial by
  a cross-validation, whose winner is trained once more, on all rows of the rest.
- `optuna`: digits; TPE with asha against Optuna, which drives scikit-learn's MLP over the same space with the same
  number of trials and its own pruner, at as many trials at the same time. Seconds until each came to the worse of the
  two best accuracies on validation rows of the same share.
- `seeds`: the same network of digits from many seeds, as one search and as jobs of their own.
- `bookkeeping`: tiny trials of one shape, `--parallel` at a time, which train in stacks; the share of the wall time in
  which the worker's slot does not train, what a trial takes beside its training, and the memory of the service when a
  quarter of the trials is done, and at the end. `--epochs` makes them longer.

`tables` and `optuna` need Optuna where the service runs, which is this environment.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from benchmarks.proc import children_of, shared_memory_of
from benchmarks.real_tables.ours import TARGET, send_csv
from benchmarks.searched_tables import LOOK_SECONDS, ended, on_tables, post
from tests.acceptance.client import Client
from tests.acceptance.running import RunningService, running

RATE, BATCH, UNITS = "/training/optimizer/learning_rate", "/training/batch_size", "/network/layers/0/units"
SHARE = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="PART", help=f"default: all of {', '.join(PARTS)}")
    parser.add_argument("--trials", type=int, help="default: 60, of tiny ones 1000, and 64 seeds")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument(
        "--folds", type=int, help="of each trial on the tables; default: the proposal's validation rows"
    )
    parser.add_argument("--table", action="append", help="one of the tables; default: all")
    parser.add_argument("--parallel", type=int, default=32, help="of tiny trials; with 1 each trains alone")
    parser.add_argument("--epochs", type=int, default=20, help="of a tiny trial")
    parser.add_argument("--quick", action="store_true", help="few trials and one split, to see that all works")
    options = parser.parse_args()
    for name in options.what or PARTS:
        with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service:
            print(f"\n## {name}", flush=True)
            PARTS[name](service, options)


# -- Optuna ----------------------------------------------------------------------------------------------------------


def beside_optuna(service: RunningService, options: argparse.Namespace) -> None:
    trials, epochs = options.trials or (6 if options.quick else 60), 5 if options.quick else 40
    client = Client(service.url)
    send_digits(client)
    ours = list(of_service(client, trials, epochs))
    theirs = list(of_optuna(trials, epochs))
    wanted = min(max(score for _, score in course) for course in (ours, theirs))
    seconds = [next(at for at, score in course if score >= wanted) for course in (ours, theirs)]
    bests = [max(score for _, score in course) for course in (ours, theirs)]
    print(f"best accuracy: service {bests[0]:.4f}, Optuna with scikit-learn {bests[1]:.4f}")
    print(f"all {trials} trials: {ours[-1][0]:.1f} s, {theirs[-1][0]:.1f} s")
    print(f"to {wanted:.4f}: {seconds[0]:.1f} s, {seconds[1]:.1f} s, {seconds[1] / seconds[0]:.1f} times less")


def of_service(client: Client, trials: int, epochs: int) -> Iterator[tuple[float, float]]:
    """Seconds and accuracy of each trial that came to a rung or to an end."""
    began, known = time.perf_counter(), 0
    made = post(
        client,
        "/searches",
        {
            "network": {**digits_network(), "dataset": "digits"},
            "training": {
                "epochs": epochs,
                "optimizer": "adam",
                "batch_size": 64,
                "validation": {"fraction": SHARE},
                "metrics": ["accuracy"],
                "early_stopping": {"patience": epochs},
            },
            "parameters": {
                RATE: {"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"},
                UNITS: {"type": "int", "low": 8, "high": 256, "scale": "log"},
                BATCH: {"values": [32, 64, 128]},
            },
            "objective": {"metric": "val_accuracy"},
            "sampler": {"type": "tpe", "seed": 1},
            "pruner": {"type": "asha", "min_epochs": max(1, epochs // 9), "factor": 3},
            "limits": {"trials": trials, "parallel": 2},
        },
    )
    values: list[tuple[float, float]] = []

    def look(_: Any) -> None:
        nonlocal known
        found = client.get(f"/searches/{made['id']}/trials?limit=1000")["data"]
        rungs = [rung["value"] for trial in found for rung in trial["rungs"] if rung["value"] is not None]
        if len(rungs) > known:
            known = len(rungs)
            values.append((time.perf_counter() - began, max(rungs)))

    ended(client, made, look)
    yield from values


def of_optuna(trials: int, epochs: int) -> Iterator[tuple[float, float]]:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    inputs, targets = load_digits(return_X_y=True)
    parts = train_test_split(inputs / 16, targets, test_size=SHARE, random_state=0, stratify=targets)
    training, held_out, labels, wanted = parts
    began = time.perf_counter()
    found: list[tuple[float, float]] = []

    def objective(trial: Any) -> float:
        model = MLPClassifier(
            (trial.suggest_int("units", 8, 256, log=True),),
            learning_rate_init=trial.suggest_float("rate", 1e-4, 1e-1, log=True),
            batch_size=trial.suggest_categorical("batch", [32, 64, 128]),
            random_state=0,
        )
        score = 0.0
        for epoch in range(epochs):
            model.partial_fit(training, labels, classes=np.arange(10))
            score = max(score, float(model.score(held_out, wanted)))
            trial.report(score, epoch)
            if trial.should_prune():
                break
        found.append((time.perf_counter() - began, score))
        return score

    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=max(1, epochs // 9), reduction_factor=3)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1), pruner=pruner)
    study.optimize(objective, n_trials=trials, n_jobs=2)
    yield from found


def send_digits(client: Client) -> None:
    inputs, targets = load_digits(return_X_y=True)
    names = [f"p{index}" for index in range(inputs.shape[1])]
    rows = [
        [*(str(cell) for cell in row), f"digit {target}"]
        for row, target in zip((inputs / 16).tolist(), targets, strict=True)
    ]
    send_csv(client, "/datasets?name=digits", [*names, TARGET], rows)


def digits_network() -> dict[str, Any]:
    return {
        "inputs": [f"p{index}" for index in range(64)],
        "target": TARGET,
        "loss": "cross_entropy",
        "layers": [
            {"type": "dense", "units": 32, "activation": "relu"},
            {"type": "dense", "units": 10, "activation": "softmax"},
        ],
    }


# -- seeds -----------------------------------------------------------------------------------------------------------


def of_seeds(service: RunningService, options: argparse.Namespace) -> None:
    client, count = Client(service.url), options.trials or (4 if options.quick else 64)
    send_digits(client)
    network = {**digits_network(), "dataset": "digits"}
    training = {"dataset": "digits", "epochs": 20, "validation": {"fraction": SHARE}, "batch_size": 64}
    began = time.perf_counter()
    body = {"network": network, "training": training, "sampler": "grid", "limits": {"parallel": min(count, 64)}}
    ended(client, post(client, "/searches", body | {"parameters": {"/network/seed": {"values": list(range(count))}}}))
    as_search, began = time.perf_counter() - began, time.perf_counter()
    jobs = []
    for seed in range(count):
        client.post("/networks", network | {"name": f"digits-{seed}", "seed": seed})
        jobs.append(client.post("/train", training | {"network": f"digits-{seed}"})["id"])
    while any(client.get(f"/jobs/{job}")["status"] in ("queued", "running") for job in jobs):
        time.sleep(LOOK_SECONDS)
    as_jobs = time.perf_counter() - began
    print(f"{count} seeds of digits: search {as_search:.1f} s, jobs {as_jobs:.1f} s, ratio {as_search / as_jobs:.2f}")


# -- bookkeeping -----------------------------------------------------------------------------------------------------


def bookkeeping(service: RunningService, options: argparse.Namespace) -> None:
    client, trials = Client(service.url), options.trials or (20 if options.quick else 1000)
    rows = [[str(a / 10), str(b / 10), "more" if a > b else "less"] for a in range(8) for b in range(8)]
    send_csv(client, "/datasets?name=tiny", ["a", "b", TARGET], rows)
    network = {
        "inputs": ["a", "b"],
        "target": TARGET,
        "dataset": "tiny",
        "loss": "binary_cross_entropy",
        "layers": [
            {"type": "dense", "units": 3, "activation": "tanh"},
            {"type": "dense", "units": 1, "activation": "sigmoid"},
        ],
    }
    began, memory = time.perf_counter(), list[int]()
    made = post(
        client,
        "/searches",
        {
            "network": network,
            "training": {"epochs": options.epochs, "validation": {"fraction": SHARE}},
            "parameters": {RATE: {"type": "float", "low": 1e-3, "high": 1e-1, "scale": "log"}},
            "limits": {"trials": trials, "parallel": options.parallel},
        },
    )

    def look(made: Any) -> None:
        if not memory and made["counts"]["succeeded"] >= trials / 4:
            memory.append(memory_of(service.pid))

    last = ended(client, made, look)
    wall, trained = time.perf_counter() - began, last["spent"]["seconds"]
    memory.append(memory_of(service.pid))
    print(f"{trials} trials in {wall:.1f} s ({wall / trials * 1e3:.0f} ms each), of which {trained:.1f} s trained")
    print(f"beside its training a trial takes {(wall - trained) / trials * 1e3:.0f} ms")
    print(f"bookkeeping {1 - trained / wall:.0%}; memory {memory[0] / 2**20:.0f} MB, then {memory[-1] / 2**20:.0f} MB")


def memory_of(pid: int) -> int:
    """Of the service with all its processes."""
    return shared_memory_of(pid) + sum(memory_of(int(child)) for child in children_of(pid))


PARTS: dict[str, Callable[[RunningService, argparse.Namespace], None]] = {
    "tables": on_tables,
    "optuna": beside_optuna,
    "seeds": of_seeds,
    "bookkeeping": bookkeeping,
}


if __name__ == "__main__":
    main()
