"""Attempts to report the end of a job or an event of a network."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.domain.jobs import Job
from service.domain.monitoring import NetworkEvent


@dataclass(frozen=True, kw_only=True)
class Callback:
    """An attempt, about to be made, to report the end of a job or an event of a network."""

    id: str  #: of the message: the same for every attempt
    about: Job | NetworkEvent
    url: str
    secret: str | None = field(repr=False)
    attempt: int  #: from 1
