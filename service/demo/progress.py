"""Progress of a training: on a terminal one line that is redrawn, elsewhere an occasional line."""

from __future__ import annotations

import math
import sys
import time
from typing import Any, TextIO

from service.demo.client import Client
from service.demo.errors import DemoFailed
from service.demo.sparkline import sparkline

LOOK_SECONDS = 0.1
POINTS = 200
ENDED = ("succeeded", "failed", "cancelled")


def watch(client: Client, job_id: str, out: TextIO = sys.stdout) -> dict[str, Any]:
    """Show the job's progress until it has ended; return the job. Raises DemoFailed when it did not succeed."""
    live, shown_tenth = out.isatty(), -1
    while True:
        job = client.get(f"/jobs/{job_id}")
        ended = job["status"] in ENDED
        tenth = int(job["progress"] * 10)
        if live or ended or tenth > shown_tenth:
            shown_tenth = tenth
            write(out, line(job, history(client, job_id)), live=live and not ended)
        if ended:
            break
        time.sleep(LOOK_SECONDS)
    if job["status"] != "succeeded":
        raise DemoFailed(f"The training {job['status']}: {(job['error'] or {}).get('message', 'by someone else')}")
    return dict(job)


def history(client: Client, job_id: str) -> list[dict[str, Any]]:
    return list(client.get(f"/jobs/{job_id}/history?max_points={POINTS}")["data"])


def line(job: dict[str, Any], epochs: list[dict[str, Any]]) -> str:
    if not epochs:
        return f"{job['status']} …"
    # Losses fall by orders of magnitude; their logarithms still show the last changes.
    losses = [math.log10(epoch["loss"]) for epoch in epochs if epoch["loss"]]
    last = epochs[-1]
    return f"epoch {last['epoch']:>4} of {job['epochs']}   loss {number(last['loss'])}   {sparkline(losses)}"


def number(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.4f}"


def write(out: TextIO, text: str, *, live: bool) -> None:
    clear = "\r\x1b[2K" if out.isatty() else ""
    out.write(f"{clear}   {text}" + ("" if live else "\n"))
    out.flush()
