"""What the columns of a file that can be read in one way only say of those that can be read in two."""

from __future__ import annotations

from collections import Counter


class Evidence:
    def __init__(self, delimiter: str | None) -> None:
        self.delimiter = delimiter
        self._decimals: Counter[str] = Counter()
        self._orders: Counter[str] = Counter()

    def add_decimal(self, mark: str) -> None:
        self._decimals[mark] += 1

    def add_order(self, order: str) -> None:
        self._orders[order] += 1

    @property
    def decimal(self) -> str | None:
        """The decimal sign of the other columns, where they agree."""
        return _only(self._decimals)

    @property
    def order(self) -> str | None:
        """Whether the other columns write the day or the month first, where they agree."""
        return _only(self._orders)


def _only(counts: Counter[str]) -> str | None:
    return next(iter(counts)) if len(counts) == 1 else None
