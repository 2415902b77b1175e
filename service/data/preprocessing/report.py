"""What was done about cells that a network cannot take as they are, and about columns that it does not take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

#: So many unseen words of a column are named.
SHOWN_WORDS = 10


#: The places of rows, in ascending order.
Places = Sequence[int] | npt.NDArray[np.intp]


@dataclass(frozen=True)
class Imputed:
    rows: int
    value: Any  #: what stood in, as the user would write it
    at: Places = field(default=(), compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "value": self.value}


@dataclass(frozen=True)
class Unseen:
    rows: int
    values: tuple[str, ...]  #: the most frequent ones
    at: Places = field(default=(), compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "values": list(self.values)}


@dataclass(frozen=True)
class Held:
    """Predictions that would have lain outside the range of the training rows."""

    rows: int
    low: float
    high: float
    at: Places = field(default=(), compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Cells:
    """Missing cells that were completed, and categories that the network does not know, by column; the columns that
    were ignored, with the reason; the predictions that were held to a range, by target."""

    imputed: Mapping[str, Imputed] = field(default_factory=dict)
    unseen: Mapping[str, Unseen] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, Held] = field(default_factory=dict)

    def by_row(self, rows: int) -> list[dict[str, str]]:
        """For each row the names of its columns that were completed, of those with an unknown category and, if there
        are any, of its targets that were held."""
        known: dict[str, Mapping[str, Any]] = {"imputed": self.imputed, "unseen": self.unseen}
        known |= {"held": self.held} if self.held else {}
        found: list[dict[str, str]] = [dict.fromkeys(known, "") for _ in range(rows)]
        for what, columns in known.items():
            for name, cells in columns.items():
                for place in cells.at:
                    found[place][what] += f"{', ' if found[place][what] else ''}{name}"
        return found

    def to_json(self) -> dict[str, Any]:
        """Only what there is."""
        if not (
            self.imputed or self.unseen or self.ignored or self.held
        ):  # as of most single rows, which have no time to lose
            return {}
        parts = {
            "imputed": {name: item.to_json() for name, item in self.imputed.items()},
            "unseen": {name: item.to_json() for name, item in self.unseen.items()},
            "ignored": {name: {"reason": reason} for name, reason in self.ignored.items()},
            "held": {name: item.to_json() for name, item in self.held.items()},
        }
        return {part: columns for part, columns in parts.items() if columns}
