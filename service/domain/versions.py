"""Published versions of a network's weights, the aliases that point at them, and what a reference has chosen."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from service.domain.networks import Network
from service.domain.snapshots import Snapshot
from service.domain.types import Json

#: The alias that a network answers from, if it has one.
PRODUCTION = "production"
#: The default of predict and evaluate: what somebody decided shall answer.
LIVE = "live"


class Creator(NamedTuple):
    """Who does something: the name of a key, or a proxy's user, and the id of that key."""

    created_by: str | None = None
    created_by_key: str | None = None


#: No key was needed.
UNKNOWN = Creator()


class ChosenBy(StrEnum):
    """Which rule has led from a reference to a snapshot."""

    ALIAS = "alias"  #: an alias points at its version
    JOB = "job"  #: the newest weights of a job: one that succeeded, or the one that was named
    IMPORT = "import"  #: the newest imported weights
    INITIAL = "initial"  #: the first weights
    BEST = "best"  #: the best of the jobs that can be compared
    LATEST = "latest"  #: the newest snapshot of any job
    VERSION = "version"  #: a version was named
    SNAPSHOT = "snapshot"  #: a snapshot was named


class Action(StrEnum):
    """What has happened to an alias."""

    MOVE = "move"
    ROLL_BACK = "roll_back"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How `best` was found."""

    monitored: str | None  #: the number that was compared; None for jobs made before it was kept
    value: float | None
    jobs: int  #: how many were compared


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The snapshot that a reference means now, and why."""

    snapshot: Snapshot
    chosen_by: ChosenBy
    alias: str | None = None  #: the alias that led to it
    comparison: Comparison | None = None  #: of `best`


@dataclass(frozen=True, kw_only=True)
class NamedModel:
    """The name of a service. It owns aliases, which point at versions of any network."""

    id: str
    name: str
    created_at: float
    created_by: str | None
    created_by_key: str | None


@dataclass(frozen=True, kw_only=True)
class ServedChoice:
    """What a model answers from now."""

    model: NamedModel
    network: Network
    choice: Choice


@dataclass(frozen=True, kw_only=True)
class NewVersion:
    """A snapshot about to be published."""

    network_id: str
    snapshot_id: str
    note: str = ""
    by: Creator = UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Version:
    """A published snapshot. It never changes, and its snapshot stays as long as it does."""

    id: str
    network_id: str
    number: int  #: 1, 2, 3 … within the network; never used again
    snapshot: Snapshot
    note: str
    job_id: str | None  #: that trained it, whether or not the job is still there
    training: Json | None  #: what is known of that job: options, rows, best value, times
    code_version: str | None  #: of the service that the job was submitted to
    aliases: tuple[str, ...]  #: of its network
    created_at: float
    created_by: str | None
    created_by_key: str | None


@dataclass(frozen=True, kw_only=True)
class NewMove:
    """An alias about to be set.

    `expected` are the numbers of the moves one of which must be the alias's newest; None: whatever it is.
    """

    owner_id: str
    alias: str
    network_id: str
    version: int
    expected: Container[int] | None = None
    note: str | None = None
    by: Creator = UNKNOWN


@dataclass(frozen=True, kw_only=True)
class AliasMove:
    """One change of an alias, numbered from 1 without gaps, also beyond its removal."""

    owner_id: str
    alias: str
    number: int
    action: Action
    network_id: str | None  #: whose version it points at since; None: it was removed
    version: int | None
    previous: int | None  #: the move whose version a roll back returns to
    note: str | None
    created_at: float
    created_by: str | None
    created_by_key: str | None


@dataclass(frozen=True, kw_only=True)
class Alias:
    """A name that points at one version, and can be moved to another."""

    owner_id: str  #: the network or the model that it belongs to
    name: str
    network_id: str
    network_name: str
    version: int
    snapshot_id: str
    moved: AliasMove  #: its newest move
