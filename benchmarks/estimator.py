"""The estimators for scikit-learn beside scikit-learn's own perceptrons.

    PYTHONPATH=clients/python python -m benchmarks.estimator [--part PART …] [--rounds 9]

- `digits`: `fit` and `predict` of digits by FeedforwardClassifier on a service of its own, and by MLPClassifier, in
  turns: medians, and their ratio;
- `checks`: what `check_estimator` says, and what it cannot pass with the reason;
- `tutorial`: the example of MLPClassifier's own documentation, with nothing but the import changed, and what it prints.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.utils.estimator_checks import check_estimator

from feedforward_client.sklearn import FeedforwardClassifier, FeedforwardRegressor
from tests.acceptance.python_client.test_sklearn import EXPECTED_FAILURES
from tests.acceptance.python_client.tutorial import changed_import, session
from tests.acceptance.running import running

OPTIONS: dict[str, Any] = {"hidden_layer_sizes": (32,), "max_iter": 30, "random_state": 0}
KINDS: tuple[Any, ...] = (FeedforwardClassifier, MLPClassifier)


def digits(rounds: int) -> None:
    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x / 16, y, random_state=0, stratify=y)
    seconds: dict[str, list[tuple[float, float]]] = {kind.__name__: [] for kind in KINDS}
    scores: dict[str, float] = {}
    for _ in range(rounds + 1):
        for kind in KINDS:
            began = perf_counter()
            model = kind(**OPTIONS).fit(x_train, y_train)
            fitted = perf_counter()
            predicted = model.predict(x_test)
            seconds[kind.__name__].append((fitted - began, perf_counter() - fitted))
            scores[kind.__name__] = (predicted == y_test).mean()
    print(f"digits, {len(x_train)} rows, {OPTIONS['max_iter']} epochs; medians of {rounds} rounds, in ms")
    print(f"{'':24}{'fit':>9}{'predict':>9}{'both':>9}{'accuracy':>10}")
    both: list[float] = []
    for name, rounds_of in seconds.items():
        fit, predict = (1e3 * median(part) for part in zip(*rounds_of[1:], strict=True))  # the first one loads code
        both.append(1e3 * median(sum(one) for one in rounds_of[1:]))
        print(f"{name:24}{fit:9.1f}{predict:9.1f}{both[-1]:9.1f}{scores[name]:10.3f}")
    print(f"{'ratio':24}{'':18}{both[0] / both[1]:9.2f}")


def checks(_: int) -> None:
    for estimator in (FeedforwardClassifier(max_iter=100), FeedforwardRegressor(max_iter=100)):
        results = check_estimator(estimator, expected_failed_checks=EXPECTED_FAILURES, on_skip=None)
        counts = Counter(result["status"] for result in results)
        print(f"{estimator!r}: " + ", ".join(f"{count} {status}" for status, count in counts.items()))
        for result in results:
            if result["status"] != "passed":
                reason = result["expected_to_fail_reason"] or result["exception"]
                print(f"    {result['status']} {result['check_name']}: {reason}")


def tutorial(_: int) -> None:
    for statement, printed in session(changed_import(MLPClassifier, FeedforwardClassifier)):
        first, *others = statement.splitlines()
        print("\n".join([f">>> {first}", *(f"... {line}" for line in others)]), printed, sep="\n", end="")


PARTS: dict[str, Callable[[int], None]] = {"digits": digits, "checks": checks, "tutorial": tutorial}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, action="append", help="may be given several times; without one, all")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service:
        os.environ["FEEDFORWARD_URL"] = service.url
        for part in options.part or PARTS:
            PARTS[part](options.rounds)


if __name__ == "__main__":
    main()
