"""Who is told of something that has happened."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class NewCallback:
    """A URL that is told."""

    url: str
    secret: str | None = field(default=None, repr=False)  #: its own, to sign with
