"""One process that runs one engine: JSON lines in on stdin, answers out on stdout.

python -m benchmarks.worker ENGINE [CPU]
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any

from benchmarks.settings import SETTINGS

#: Made by `Class(setting, optimizer, threads)`; `epochs(count)` trains so many epochs, each in a new order of the rows,
#: and returns the last one's mean loss.
ENGINES = {
    "ours": "ours:Ours",
    "ours, python": "ours:OursInPython",
    "ours, accuracy": "ours:OursWithAccuracy",
    "ours, no diagnostics": "ours:OursWithoutLooks",
    "ours, 64 stacked": "ours:OursStacked",
    "ours, 64 stacked, one order": "ours:OursStackedAlike",
    "floor": "floor:Floor",
    "torch eager": "pytorch:Torch",
    "torch foreach": "pytorch:TorchForeach",
    "torch fused": "pytorch:TorchFused",
    "torch compiled": "pytorch:TorchCompiled",
    "scikit-learn": "scikit:Scikit",
    "jax step": "jax_:JaxStep",
    "jax scan": "jax_:JaxScan",
    "jax scan of 64 epochs": "jax_:JaxEpochs",
}


def prepare(
    engine_class: Any, setting: str, optimizer: str, threads: int, seconds: float
) -> tuple[Any, dict[str, Any]]:
    """Make the run, warm it up, and find out how many epochs take about `seconds`."""
    engine = engine_class(SETTINGS[setting], optimizer, threads)
    first_loss = engine.epochs(1)
    count, spent = 1, 0.0
    while spent < seconds / 4:
        start = time.perf_counter()
        engine.epochs(count)
        spent = time.perf_counter() - start
        count *= 2
    return engine, {"loss": first_loss, "epochs": max(1, round(seconds / spent * count / 2))}


def main() -> None:
    name, *cpu = sys.argv[1:]
    if cpu:
        os.sched_setaffinity(0, {int(cpu[0])})
    # Whatever a library prints must not get between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    module, class_name = ENGINES[name].split(":")
    engine_class = getattr(importlib.import_module(f"benchmarks.engines.{module}"), class_name)
    engine: Any = None
    for line in sys.stdin:
        body = json.loads(line)
        if body["do"] == "prepare":
            engine = None  # frees the last run before the next one is made
            engine, answer = prepare(engine_class, **body["with"])
        else:
            start = time.perf_counter()
            engine.epochs(body["epochs"])
            answer = {"seconds": time.perf_counter() - start}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
