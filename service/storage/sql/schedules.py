"""Schedules in SQL. Who takes a due run raises its number: of two workers, the second one's UPDATE finds no row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.jobs import JobError
from service.domain.paging import Page
from service.domain.schedules import NewSchedule, Outcome, Run, Schedule
from service.domain.types import Json
from service.errors import NotFound
from service.storage.sql import networks
from service.storage.sql.clauses import is_named, now
from service.storage.sql.references import checked
from service.storage.sql.tables.jobs import jobs as jobs_table
from service.storage.sql.tables.networks import networks as networks_table
from service.storage.sql.tables.schedules import schedules

_READ = (
    sa.select(
        schedules,
        networks_table.c.name.label("network_name"),
        jobs_table.c.status.label("last_job_status"),
        jobs_table.c.error_code,
        jobs_table.c.error_message,
    )
    .join(networks_table, networks_table.c.id == schedules.c.network_id)
    .outerjoin(jobs_table, jobs_table.c.id == schedules.c.last_job_id)
)
_IS_DUE = schedules.c.next_at <= now()


def taken(name: str | None) -> str:
    """The message of the AlreadyExists that `add` and `update` may meet."""
    return f"A schedule named {name!r} exists already. Choose another name."


def add(connection: sa.Connection, schedule: NewSchedule) -> Schedule:
    networks.lock_living(connection, schedule.network_id)
    values = {**vars(schedule), "train": dict(schedule.train), "networks": _listed(schedule.networks)}
    connection.execute(sa.insert(schedules).values(**values, paused=False, runs=0, created_at=now()))
    return get(connection, schedule.id)


def get(connection: sa.Connection, ref: str) -> Schedule:
    is_id = schedules.c.id == checked(ref)
    wanted = _READ.where(is_id | (schedules.c.name == ref)).order_by(is_id.desc()).limit(1)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise _missing(ref)
    return _schedule(row)


def list_page(
    connection: sa.Connection, page: Page, *, names: Sequence[str] | None, network_id: str | None
) -> Sequence[Schedule]:
    wanted = _READ.order_by(schedules.c.id.desc()).limit(page.limit)
    if names is not None:
        wanted = wanted.where(is_named(networks_table.c.name, names))
    if network_id is not None:
        wanted = wanted.where(schedules.c.network_id == network_id)
    if page.after is not None:
        wanted = wanted.where(schedules.c.id < get(connection, page.after).id)
    return [_schedule(row) for row in connection.execute(wanted)]


def update(connection: sa.Connection, schedule_id: str, changes: Json) -> Schedule:
    """A changed schedule has another fence: a run that was read before is not taken."""
    values = {**changes, "runs": schedules.c.runs + 1}
    if "networks" in changes:
        values["networks"] = _listed(changes["networks"])
    changed = connection.execute(sa.update(schedules).where(schedules.c.id == schedule_id).values(values))
    if changed.rowcount != 1:
        raise _missing(schedule_id)
    return get(connection, schedule_id)


def delete(connection: sa.Connection, schedule_id: str) -> None:
    if connection.execute(sa.delete(schedules).where(schedules.c.id == schedule_id)).rowcount != 1:
        raise _missing(schedule_id)


def due(connection: sa.Connection, limit: int) -> Sequence[Schedule]:
    wanted = _READ.where(_IS_DUE).order_by(schedules.c.next_at, schedules.c.id).limit(limit)
    return [_schedule(row) for row in connection.execute(wanted)]


def begin_run(connection: sa.Connection, schedule: Schedule, next_at: float) -> bool:
    """See `Schedules.begin_run`."""
    own = (schedules.c.id == schedule.id) & (schedules.c.runs == schedule.runs) & _IS_DUE
    take = sa.update(schedules).where(own).values(runs=schedules.c.runs + 1, next_at=next_at)
    return connection.execute(take).rowcount == 1


def end_run(connection: sa.Connection, schedule_id: str, run: Run) -> None:
    values: dict[str, Any] = {"last_at": now(), "last_outcome": run.outcome, "last_error": run.error}
    if run.job_id is not None:
        values |= {"last_job_id": run.job_id, "last_datasets": dict(run.datasets or {})}
    connection.execute(sa.update(schedules).where(schedules.c.id == schedule_id).values(values))


def pass_on(connection: sa.Connection, key_id: str, new_key_id: str) -> None:
    """Give the schedules of a key to the one that replaces it."""
    own = schedules.c.created_by_key == key_id
    connection.execute(sa.update(schedules).where(own).values(created_by_key=new_key_id))


def _listed(networks: Sequence[str] | None) -> list[str] | None:
    return None if networks is None else list(networks)


def _missing(ref: str) -> NotFound:
    return NotFound(f"There is no schedule {ref}.")


def _schedule(row: sa.Row[Any]) -> Schedule:
    values = dict(row._mapping)
    code, message = values.pop("error_code"), values.pop("error_message")
    outcome, networks = values.pop("last_outcome"), values.pop("networks")
    return Schedule(
        **values,
        last_outcome=None if outcome is None else Outcome(outcome),
        networks=None if networks is None else tuple(networks),
        last_job_error=None if code is None else JobError(code=code, message=message),
    )
