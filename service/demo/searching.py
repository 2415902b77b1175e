"""A search in a terminal: from a table and the column to predict to the best trial, with one line of progress."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from service.demo.client import Client
from service.demo.errors import DemoFailed
from service.demo.progress import ENDED, write
from service.demo.sparkline import sparkline

LOOK_SECONDS = 0.5


def dataset_of(client: Client, table: str, out: TextIO = sys.stdout) -> str:
    """The data set of this name, or of this file, which is uploaded unless it is there. Raises DemoFailed."""
    path = Path(table)
    if not path.is_file():
        return table
    # Which format it is, the bytes decide.
    where, media_type = f"/datasets?name={quote(path.stem)}&revision=true", "application/octet-stream"
    made = client.upload(where, path.read_bytes(), media_type)
    out.write(f"{made['name']}: {made['rows']} rows\n")
    return str(made["id"])


def search(client: Client, body: Mapping[str, Any], *, cancels: bool, out: TextIO = sys.stdout) -> dict[str, Any]:
    """Make a search and show it until it has ended. Raises DemoFailed unless it has succeeded.

    Ctrl-C cancels it, or leaves it to go on.
    """
    made: dict[str, Any] = {}
    try:
        with held_interrupts():
            made = client.post("/searches", {name: value for name, value in body.items() if value is not None})
        ended = watch(client, made["id"], out)
    except KeyboardInterrupt:
        if not cancels:
            raise DemoFailed(f"\n{_left(client, made)}") from None
        client.post(f"/searches/{made['id']}/cancel", {})
        ended = watch(client, made["id"], out)
    if ended["status"] != "succeeded":
        raise DemoFailed(f"The search {ended['status']}: {(ended['error'] or {}).get('message', 'as asked')}")
    return ended


@contextmanager
def held_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait for an answer: without it, one does not know whether there is a search now."""
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt


def _left(client: Client, made: Mapping[str, Any]) -> str:
    where = f"{client.url}/searches/{made['name']}"
    return f"{made['name']} goes on. Look at it with: curl {where}   Cancel it with: curl -X POST {where}/cancel"


def watch(client: Client, search_id: str, out: TextIO) -> dict[str, Any]:
    live, shown = out.isatty(), -1
    bests: list[float] = []
    while True:
        made: dict[str, Any] = client.get(f"/searches/{search_id}")
        ended = made["status"] in ENDED
        done = ended_trials(made)
        if made["best"] is not None and (not bests or bests[-1] != made["best"]["value"]):
            bests.append(made["best"]["value"])
        if live or ended or done > shown:
            shown = done
            write(out, line(made, bests), live=live and not ended)
        if ended:
            return made
        time.sleep(LOOK_SECONDS)


def ended_trials(made: Mapping[str, Any]) -> int:
    return sum(made["counts"][status] for status in ("succeeded", "diverged", "failed", "pruned", "cancelled"))


def line(made: Mapping[str, Any], bests: list[float]) -> str:
    """`12 of 40 trials  2 run  best val_loss 0.1234 (trial 7)  0:25 left`, with what was best before."""
    counts, best = made["counts"], made["best"]
    parts = [f"{made['status']}  {ended_trials(made)} of {made['trials']} trials"]
    if counts["running"]:
        parts.append(f"{counts['running']} run")
    if best is not None:
        parts.append(f"best {made['objective']['metric']} {best['value']:.5g} (trial {best['trial']})")
    if made["eta_seconds"] is not None:
        parts.append(f"{int(made['eta_seconds']) // 60}:{int(made['eta_seconds']) % 60:02} left")
    return "   ".join([*parts, sparkline(bests)] if len(bests) > 1 else parts)


def show_best(client: Client, ended: Mapping[str, Any], out: TextIO = sys.stdout) -> None:
    best = ended["best"]
    out.write(f"\nTrial {best['trial']}, {ended['objective']['metric']} {best['value']:.5g}:\n")
    for pointer, value in best["parameters"].items():
        shown = json.dumps(value)
        out.write(f"   {pointer}  {shown if len(shown) <= 200 else shown[:199] + '…'}\n")
    body = shlex.quote(json.dumps({"network": f"{ended['name']}-best"}))
    out.write("\nMake it live with:\n")
    out.write(f"curl {client.url}/searches/{ended['name']}/publish -H 'Content-Type: application/json' -d {body}\n")
    out.flush()
