"""A full disk: a small file system as the data folder, filled to its last byte while a job runs."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drills.deployment import Deployment, deployment
from drills.environment import Environment
from drills.faults import Missing, must, until
from drills.programs import LEASE_SECONDS, LESS_SECONDS, MORE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline, ResultLog
from drills.scenarios import SHORT, STEADY, make_network
from service.domain.status import HELD

SIZE = "160m"
KINDS = {"full for less than a lease": LESS_SECONDS, "full for more than a lease": MORE_SECONDS}


def disk(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    for kind in KINDS:
        report.expect(kind, LEASE_SECONDS + SWEEP_SECONDS)
    with small(environment.data), deployment(environment, slots=1) as service:
        make_network(service)
        baseline.prepare(service, STEADY, SHORT)
        result_log = ResultLog(service, baseline)
        for number in range(rounds):
            kind = list(KINDS)[number % len(KINDS)]
            report.add(kind, _fill_once(result_log, KINDS[kind], chance))
        report.compared = result_log.compare()
        _check_log(environment.folder / "serve.log")
        service.stop()
        _check_file(environment.data / "feedforward.db")


@contextmanager
def small(folder: Path) -> Iterator[None]:
    """A file system of its own. Raises Missing where it cannot be made."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if made.returncode:
        raise Missing(f"a small file system cannot be made here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill_once(result_log: ResultLog, seconds: float, chance: random.Random) -> float:
    """Return how long the job took to move on once there was space again."""
    service = result_log.deployment
    job_id = result_log.submit(STEADY)
    until(lambda: service.job(job_id).status in HELD, "a running job")
    time.sleep(chance.uniform(0.2, 1.2))
    made: dict[str, bool] = {}
    ballast = service.environment.data / "ballast"
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        _fill(ballast)
        _check_answers(service)
        made.update(_make_network(service))
        time.sleep(0.1)
    before = service.job(job_id)
    ballast.unlink()
    free_at = time.time()
    until(lambda: service.is_in_motion(before), "the job to go on")
    took = time.time() - free_at
    _check_made(service, made)
    result_log.submit(SHORT)
    return took


def _fill(ballast: Path) -> None:
    """Take every byte that is left, also those that have come free since the last time."""
    with ballast.open("ab", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
            finally:
                os.sync()


def _check_answers(service: Deployment) -> None:
    """What is stored can still be read; what cannot be stored is rejected with a clear error."""
    for path in ("/healthz", "/jobs", "/networks/drilled"):
        status = service.client.ask("GET", path).status
        must(status == 200, f"GET {path} was answered {status} while the disk was full")


def _make_network(service: Deployment) -> dict[str, bool]:
    """A network and whether it was made: there may be room for it within the files, else the error names the disk."""
    name = f"more-{time.monotonic_ns()}"
    spec = {"name": name, "inputs": 100, "layers": [{"type": "dense", "units": 1000}]}
    answer = service.client.ask("POST", "/networks", spec)
    if answer.status != 201:
        must(answer.status == 503, f"POST /networks was answered {answer.status} while the disk was full")
        must("disk" in answer.json["detail"], f"a refusal says nothing of the disk: {answer.json}")
    return {name: answer.status == 201}


def _check_made(service: Deployment, made: dict[str, bool]) -> None:
    """What was said to be made is there, and nothing else."""
    must(not all(made.values()), "nothing was refused although the disk was full")
    for name, is_there in made.items():
        status = service.client.ask("GET", f"/networks/{name}").status
        must(status == (200 if is_there else 404), f"GET /networks/{name} is answered {status}")


def _check_log(log: Path) -> None:
    text = log.read_text()
    must("Traceback" not in text, f"{log} holds a traceback")


def _check_file(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    must(found == [("ok",)], f"the database is damaged: {found}")
