"""What a request may say of how the cells of a file are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """None and nothing leave it to the cells."""

    types: Mapping[str, str] = field(default_factory=dict)  #: kinds by column
    decimal: str | None = None
    thousands: str | None = None
    dates: str | None = None  #: order of year, month and day
    missing: tuple[str, ...] = ()  #: words that are missing cells in every column
