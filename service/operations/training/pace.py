"""How far a new training runs before it pauses itself, and how fast."""

from __future__ import annotations

from service.domain.jobs import Pace
from service.operations.request_reader import RequestReader
from service.schema.rules import Integer, Number
from service.schema.types import Body

PAUSE_AT, SPEED = "pause_at", "epochs_per_second"
SLOWEST, FASTEST = 0.01, 10_000.0
EPOCHS_PER_SECOND = Number(minimum=SLOWEST, maximum=FASTEST)


def read_pace(body: Body, epochs: int) -> Pace:
    """Raises Invalid."""
    reader = RequestReader()
    pause_at = reader.read_field(body, PAUSE_AT, Integer(minimum=0).read)
    if pause_at is not None and pause_at > epochs:
        reader.reject(PAUSE_AT, f"must be at most {epochs}, the number of epochs, got {pause_at}")
    speed = reader.read_field(body, SPEED, EPOCHS_PER_SECOND.read)
    reader.finish()
    return Pace(pause_at=pause_at, epochs_per_second=speed)
