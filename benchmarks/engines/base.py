"""What the worker asks of an engine."""

from __future__ import annotations

from typing import Protocol


class Engine(Protocol):
    """One training run, ready to go on. Made by `Class(setting, optimizer, threads)`."""

    def epochs(self, count: int) -> float:
        """Train `count` epochs, each in a new order of the rows; return the last one's mean loss."""
