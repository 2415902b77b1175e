"""The life of a job: what it can be, and which moves are legal. Python and every SQL WHERE use this one table."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    QUEUED = "queued"  #: waiting for a worker's slot
    RUNNING = "running"  #: a worker holds its lease and trains it
    PAUSING = "pausing"  #: running, and asked to stop at the next epoch's end
    PAUSED = "paused"  #: stopped with a checkpoint; goes on when resumed
    CANCELLING = "cancelling"  #: running, and asked to end
    CANCELLED = "cancelled"  #: ended by the user; the last weights are a snapshot
    SUCCEEDED = "succeeded"  #: ended by itself, with all it was asked for
    FAILED = "failed"  #: ended by a fault; error_code and error_message say which


class RequestedState(StrEnum):
    """What the user wants; the status says what is."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


class Origin(StrEnum):
    """What made a job. Only one made by `train` becomes live by itself when it succeeds; the others need a move."""

    TRAIN = "train"  #: POST /train
    EXPERIMENT = "experiment"  #: POST /train that only tries something
    CHALLENGER = "challenger"  #: a training whose rule decides whether an alias moves to it
    SCHEDULE = "schedule"
    SEARCH = "search"
    FOLD = "fold"
    PREDICTION = "prediction"  #: POST /predictions, which trains nothing


MOVES: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.PAUSED, Status.CANCELLED}),
    Status.RUNNING: frozenset(
        {
            Status.QUEUED,
            Status.PAUSING,
            Status.PAUSED,
            Status.CANCELLING,
            Status.CANCELLED,
            Status.SUCCEEDED,
            Status.FAILED,
        }
    ),
    Status.PAUSING: frozenset(
        {
            Status.RUNNING,
            Status.QUEUED,
            Status.PAUSED,
            Status.CANCELLING,
            Status.CANCELLED,
            Status.SUCCEEDED,
            Status.FAILED,
        }
    ),
    Status.PAUSED: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.CANCELLING: frozenset({Status.CANCELLED, Status.SUCCEEDED, Status.FAILED}),
    Status.CANCELLED: frozenset(),
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset(),
}

#: A worker holds the lease of a job in one of these.
HELD = frozenset({Status.RUNNING, Status.PAUSING, Status.CANCELLING})
#: Nothing more will happen to a job in one of these.
ENDED = frozenset(status for status, moves in MOVES.items() if not moves)
#: A network with a job in one of these is in use.
ACTIVE = frozenset(Status) - ENDED


def sources(target: Status) -> frozenset[Status]:
    """The statuses from which `target` may be reached: what stands in the WHERE of the UPDATE that sets it."""
    return frozenset(status for status, moves in MOVES.items() if target in moves)
