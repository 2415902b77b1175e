"""What a worker tells the process that has trained a challenger: the model in use, and what each was trained on.

Plain data, so that the worker never loads the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.domain.types import Json


@dataclass(frozen=True, kw_only=True)
class Champion:
    """What the alias points at; `move` is the number of the move that made it so."""

    version: int
    move: int
    values: bytes
    preprocessing: Json | None


@dataclass(frozen=True, kw_only=True)
class Contest:
    """`trainings` are all those that the champion's weights or the challenger's start weights went through, each with
    its `job`, how it divided its rows (`split`), and its table and options, where the table is a data set.

    `champion` is None if there is no such alias yet. With a `reason`, the two cannot be compared.
    """

    champion: Champion | None = None
    trainings: tuple[Json, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Whether the challenger takes over. `reason` says why not."""

    is_better: bool = False
    reason: str | None = None
    metric: str = ""
    old: float | None = None
    new: float | None = None
    rows: int | None = None  #: that neither model was trained on
    champion_version: int | None = None
    champion_move: int | None = None


def division_of(options: Json) -> dict[str, Any] | None:
    """What makes two trainings of one data set hold the same rows out; None for rows that were sent inline."""
    if options.get("dataset") is None:
        return None
    return {
        "dataset": options["dataset"]["id"],
        "columns": options.get("columns"),
        "validation": _share(options.get("validation")),
        "test": _share(options.get("test")),
        "seed": options["training"]["seed"],
        "split_seed": options.get("split_seed", 0),
    }


def _share(given: Json | None) -> Json | None:
    """Before there were methods, rows were drawn at random."""
    return {**given, "method": given.get("method") or "random"} if given and "fraction" in given else given
