"""Pages of lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Page:
    """A request for a keyset page: at most `limit` items after the item `after`."""

    limit: int = 20
    after: str | None = None
