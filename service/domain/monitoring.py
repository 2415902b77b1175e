"""Answers that were kept, and what was learned of them later, as frozen records. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.domain.callbacks import NewCallback


class NewAnswer(NamedTuple):
    """The answer for one row, about to be stored."""

    id: str  #: of the request
    row: int  #: within the request, from 0
    snapshot_id: str
    version: int | None
    caller: str | None
    inputs: str  #: the row's cells in the order of the network's inputs, as JSON
    outputs: str  #: the network's outputs in the user's units, as JSON; null is a number that is not finite
    seconds_ago: float = 0.0  #: when it was given, by the time it is stored


class Answer(NamedTuple):
    """The answer for one row; `actual` is the truth in the order of the targets, None while it is not known."""

    network_id: str
    number: int  #: counts the rows of a network, without gaps
    id: str
    row: int
    snapshot_id: str
    version: int | None
    created_at: float
    caller: str | None
    outputs: Sequence[float | None]
    actual: Sequence[Any] | None
    actual_at: float | None
    inputs: Sequence[Any] | None = None  #: None where they were not asked for


@dataclass(frozen=True, kw_only=True)
class AnswerFilter:
    """Which answers of a network are wanted."""

    from_time: float | None = None
    to_time: float | None = None  #: the first moment that is too late
    snapshot_id: str | None = None
    only_judged: bool = False  #: those whose truth is known


@dataclass(frozen=True, kw_only=True)
class StoredAnswers:
    """What is kept of a network."""

    rows: int = 0
    judged: int = 0  #: rows whose truth is known
    bytes: int = 0
    oldest: float | None = None
    newest: float | None = None


#: The columns above a threshold by the snapshot that answered; a column is named with its role, `inputs/fat`.
Drifted = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class NewWatch:
    """When to look whether a network's rows have drifted, and whom to tell."""

    every_seconds: float
    callback: NewCallback | None = None


@dataclass(frozen=True, kw_only=True)
class Watch(NewWatch):
    """`looks` counts what was begun and what was changed: a look writes under its own number alone."""

    network_id: str
    next_at: float
    looks: int = 0
    last_at: float | None = None  #: when the last look began
    last_status: str | None = None
    last_error: str | None = None
    drifted: Drifted = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look has found."""

    status: str
    drifted: Drifted  #: from now on
    error: str | None = None
    events: Sequence[tuple[str, Mapping[str, Any]]] = ()  #: kind and data
    calls_back: bool = False  #: for the first of these events


@dataclass(frozen=True, kw_only=True)
class NetworkEvent:
    """Something that happened to a network, numbered from 1 without gaps; the oldest go in time."""

    network_id: str
    network_name: str
    seq: int
    kind: str  #: drift, drift_ended, callback
    data: Mapping[str, Any]
    created_at: float
