"""Networks, as frozen records that know neither SQL nor HTTP. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.types import Json


@dataclass(frozen=True, kw_only=True)
class Network:
    id: str
    name: str
    description: str
    tags: Mapping[str, str]
    spec: Json  #: the engine's complete spec, defaults spelled out, without explicit weights
    features: tuple[str, ...] | None  #: names of the inputs, in order
    labels: tuple[str, ...] | None  #: names of the classes, in order
    inputs: int
    outputs: int
    parameter_count: int
    created_at: float
    updated_at: float
    deleting: bool = False  #: a delete has begun: nothing new may start
    table: Json | None = None  #: how the columns of a user's table become inputs and targets; None: they are numbers
    warnings: Sequence[str] | None = None  #: what looked doubtful when it was created; None: nobody looked
    explicit_weights: bool = False  #: some layers were given their weights: the first snapshot has them
    created_by: str | None = None  #: the name of a key, or a proxy's user; None: no key was needed
    created_by_key: str | None = None  #: the id of that key
    unloaded: bool = False  #: clients of the Open Inference Protocol have put it out of their reach
    answer_log: Json | None = None  #: which answers are kept, and when a drift is reported; None: none are
    search_id: str | None = None  #: the search that owns it: it goes with it, until it gets a name
