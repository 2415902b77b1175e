"""Whether memory stays flat while a page watches a training: `python -m benchmarks.streaming --minutes 60`.

A service and its worker, really started; a job whose epochs take about 20 ms; its page in Chromium, on a live stream.
Every minute: the epoch that the page shows, the page's heap after a collection, its DOM nodes and listeners, and the
memory of the service's processes (PSS, without the files they map, which others may share). The job's history grows
meanwhile, and so does its file, but nothing else may. The last line gives the growth from the second tenth of the time,
when all is loaded and drawn, to the last.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.proc import shared_memory_of
from benchmarks.settings import dense_layers
from tests.acceptance.client import Client
from tests.acceptance.processes import descendants
from tests.acceptance.running import RunningService, running
from tests.browser.conftest import CHROMIUM, DESKTOP

ROWS, WIDTH, CLASSES = 3000, 64, 10
MIB = 2**20


@dataclass(frozen=True)
class Sample:
    minutes: float
    epoch: int
    heap_mib: float
    nodes: int
    listeners: int
    service_mib: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data") as service,
        sync_playwright() as driver,
    ):
        job = begin(Client(service.url))
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=DESKTOP)
        page.goto(f"{service.url}/#/jobs/{job}")
        page.locator(".stream-open").wait_for()
        samples = watch(page, service, options.minutes, options.every)
        browser.close()
    report(samples)


def begin(client: Client) -> str:
    """Labels that have nothing to do with the rows: there is always something to overfit."""
    chance = np.random.default_rng(1)
    layers = dense_layers((WIDTH, 128, CLASSES), "relu", "softmax")
    client.post("/networks", {"name": "watched", "inputs": WIDTH, "loss": "cross_entropy", "layers": layers})
    rows = {
        "inputs": chance.normal(size=(ROWS, WIDTH)).round(2).tolist(),
        "targets": np.eye(CLASSES, dtype=int)[chance.integers(0, CLASSES, ROWS)].tolist(),
    }
    body = {"network": "watched", "data": rows, "epochs": 1_000_000, "metrics": ["accuracy"]}
    job_id: str = client.post("/train", {**body, "validation": {"fraction": 0.2}})["id"]
    return job_id


def watch(page: Page, service: RunningService, minutes: float, every: float) -> list[Sample]:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    samples: list[Sample] = []
    began = time.monotonic()
    while (passed := time.monotonic() - began) < minutes * 60:
        page.wait_for_timeout(min(every, minutes * 60 - passed) * 1000)
        samples.append(look(page, session, service, (time.monotonic() - began) / 60))
        print(samples[-1], flush=True)
    return samples


def look(page: Page, session: CDPSession, service: RunningService, minutes: float) -> Sample:
    session.send("HeapProfiler.collectGarbage")
    metrics: dict[str, Any] = {
        item["name"]: item["value"] for item in session.send("Performance.getMetrics")["metrics"]
    }
    return Sample(
        minutes=round(minutes, 1),
        epoch=int(re.sub(r"\D", "", page.locator(".legend-epoch").inner_text())),
        heap_mib=round(metrics["JSHeapUsedSize"] / MIB, 2),
        nodes=int(metrics["Nodes"]),
        listeners=int(metrics["JSEventListeners"]),
        service_mib=round(sum(map(shared_memory_of, {service.pid, *descendants(service.pid)})) / MIB, 1),
    )


def report(samples: list[Sample]) -> None:
    tenth = max(1, len(samples) // 10)
    first, last = samples[tenth : 2 * tenth] or samples, samples[-tenth:]

    def growth(name: str) -> str:
        before, after = (statistics.median(getattr(sample, name) for sample in part) for part in (first, last))
        return f"{name} {before:g} -> {after:g}"

    print("; ".join(map(growth, ("epoch", "heap_mib", "nodes", "listeners", "service_mib"))))


if __name__ == "__main__":
    main()
