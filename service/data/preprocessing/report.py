"""What was done about cells that a network cannot take as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: So many unseen words of a column are named.
SHOWN_WORDS = 10


@dataclass(frozen=True)
class Imputed:
    rows: int
    value: Any  #: what stood in, as the user would write it

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "value": self.value}


@dataclass(frozen=True)
class Unseen:
    rows: int
    values: tuple[str, ...]  #: the most frequent ones

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "values": list(self.values)}


@dataclass(frozen=True)
class Cells:
    """Missing cells that were completed, and categories that the network does not know, by column."""

    imputed: Mapping[str, Imputed] = field(default_factory=dict)
    unseen: Mapping[str, Unseen] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Only what there is."""
        if not self.imputed and not self.unseen:  # as of most single rows, which have no time to lose
            return {}
        imputed = {name: item.to_json() for name, item in self.imputed.items()}
        unseen = {name: item.to_json() for name, item in self.unseen.items()}
        return ({"imputed": imputed} if imputed else {}) | ({"unseen": unseen} if unseen else {})
