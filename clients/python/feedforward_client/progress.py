"""A training on screen: a line that is redrawn in a terminal, a bar in a notebook, some lines elsewhere."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from itertools import pairwise
from statistics import fmean
from typing import Any, Protocol, TextIO

from feedforward_client.drawing import draw_curves
from feedforward_client.history import History
from feedforward_client.records import JobRecord

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 30


class Progress(Protocol):
    def show(self, job: JobRecord, history: History) -> None: ...


def new_progress(out: TextIO | None = None) -> Progress:
    """In a notebook a picture that is replaced, otherwise lines on standard error."""
    if out is None and _in_notebook():
        return NotebookProgress()
    return TextProgress(out or sys.stderr)


class TextProgress:
    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.is_live = out.isatty()
        self._shown: tuple[str, int] | None = None

    def show(self, job: JobRecord, history: History) -> None:
        state = (job.status, int(job["progress"] * 10))
        if not self.is_live and state == self._shown:
            return
        self._shown = state
        start, end = ("\r\x1b[2K", "\n" if job.has_ended else "") if self.is_live else ("", "\n")
        self.out.write(f"{start}{line(job, history)}{end}")
        self.out.flush()


class NotebookProgress:
    def __init__(self) -> None:
        from IPython.display import display

        self._display = display(_Html(""), display_id=True)

    def show(self, job: JobRecord, history: History) -> None:
        self._display.update(_Html(page(job, history)))


class _Html:
    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_html_(self) -> str:
        return self.text


def line(job: JobRecord, history: History) -> str:
    """`epoch 12 of 40  loss 0.1234  val_loss 0.2345  ▇▅▃▂▁  3 s left`."""
    if job["kind"] != "training":
        return f"{job.status}  {job['rows_done']} of {job['rows']} rows{_eta(job)}"
    if not len(history.epochs):
        return f"{job.status} …"
    losses = "  ".join(f"{name} {values[-1]:.4g}" for name, values in history.losses.items())
    status = "" if job.status == "running" else f"{job.status}  "
    return f"{status}epoch {job.epoch} of {job['epochs']}  {losses}  {sparkline(history['loss'])}{_eta(job)}"


def page(job: JobRecord, history: History) -> str:
    done = f'<progress value="{job["progress"]:.3f}" max="1" style="width: 320px"></progress>'
    return f"<div>{done}<br>{line(job, history)}<br>{draw_curves(history.losses)}</div>"


def sparkline(values: Iterable[float], width: int = WIDTH) -> str:
    """The curve as characters between minimum and maximum, of logarithms if all are above zero."""
    points = [float(value) for value in values if math.isfinite(value)]
    if points and min(points) > 0:
        points = [math.log10(value) for value in points]
    if not points:
        return ""
    count = min(width, len(points))
    edges = [index * len(points) // count for index in range(count + 1)]
    points = [fmean(points[start:end]) for start, end in pairwise(edges)]
    low, high = min(points), max(points)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((value - low) * scale)] for value in points)


def _eta(job: JobRecord) -> str:
    seconds: Any = job["eta_seconds"]
    if seconds is None or job.has_ended:
        return ""
    return f"  {seconds:.0f} s left" if seconds < 120 else f"  {seconds / 60:.0f} min left"


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")
