"""Whose rights the runs of a schedule have: those that its owner has now."""

from __future__ import annotations

from service.domain.access import Caller, Scope
from service.domain.schedules import Schedule
from service.errors import Forbidden
from service.operations.owner import owner
from service.storage.base import Storage

RESUME = "Somebody who may train the network can resume it."


def owner_of(storage: Storage, schedule: Schedule) -> Caller:
    """The caller whose rights a run trains with. Raises Forbidden where they may not train the network any more."""
    caller = owner(storage, schedule, "schedule", RESUME)
    if not caller.may(Scope.TRAIN) or not caller.sees(schedule.network_name):
        raise Forbidden(f"The key {caller.name or caller.user} may not train {schedule.network_name}. {RESUME}")
    return caller
