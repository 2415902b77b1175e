"""Rows with their targets, checked and encoded for the engine."""

from __future__ import annotations

from dataclasses import dataclass

from service.data.preprocessing.report import Cells
from service.engine.rows import Rows


@dataclass(frozen=True)
class LabelledRows:
    rows: Rows
    cells: Cells
    left_out: int = 0  #: rows whose target is missing, or is a class that the network does not predict
