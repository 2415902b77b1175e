"""Whose rights the runs of a schedule have: those that its owner has now."""

from __future__ import annotations

from service.access.keyring import caller_of
from service.domain.access import ANYBODY, Caller, Scope, included
from service.domain.schedules import Schedule
from service.errors import Forbidden, NotFound
from service.storage.base import Storage

RESUME = "Somebody who may train the network can resume it."


def owner_of(storage: Storage, schedule: Schedule) -> Caller:
    """The caller on whose behalf a run trains. Raises Forbidden where they may not train the network any more."""
    caller = _caller(storage, schedule)
    if not caller.may(Scope.TRAIN) or not caller.sees(schedule.network_name):
        raise Forbidden(f"The key {caller.name or caller.user} may not train {schedule.network_name}. {RESUME}")
    return caller


def _caller(storage: Storage, schedule: Schedule) -> Caller:
    if schedule.created_by_key is not None:
        return _key_caller(storage, schedule.created_by_key, schedule)
    if schedule.created_by is None:  # No key was needed.
        return ANYBODY
    # The rights of a proxy's user stand in a file that no worker reads.
    return Caller(user=schedule.created_by, scopes=included([Scope.TRAIN]), networks=schedule.networks)


def _key_caller(storage: Storage, key_id: str, schedule: Schedule) -> Caller:
    try:
        key = storage.get_key(key_id)
    except NotFound:
        raise Forbidden(f"The key {key_id} of this schedule is gone. {RESUME}") from None
    if not key.is_alive(storage.read_clock()):
        ended = "was revoked" if key.revoked_at is not None else "has expired"
        raise Forbidden(f"The key {key.name} of this schedule {ended}. {RESUME}")
    return caller_of(key, b"")
