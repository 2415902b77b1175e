"""Trials and steps of searches in SQL. What a trial is until it has ended, its job says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.searches import ENDED_TRIALS, OF_JOB, NewTrial, Source, StoredStep, Trial, TrialStatus
from service.domain.status import Status
from service.domain.types import Json
from service.errors import NotFound
from service.storage.sql.clauses import insert_or_replace, now
from service.storage.sql.exact_json import encoded
from service.storage.sql.floats import joined, pair
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.searches import search_steps, searches, trials

_SPENT = ("seconds", "epoch")
_JOINED = trials.outerjoin(jobs, jobs.c.id == trials.c.job_id)
_SECONDS = sa.func.coalesce(jobs.c.seconds, trials.c.seconds)
_EPOCH = sa.func.coalesce(jobs.c.epoch, trials.c.epoch)
_READ = sa.select(
    *(column for column in trials.c if column.key not in _SPENT),
    jobs.c.status.label("job_status"),
    jobs.c.epochs,
    _SECONDS.label("seconds"),
    _EPOCH.label("epoch"),
).select_from(_JOINED)


def add(connection: sa.Connection, search_id: str, trial: NewTrial) -> None:
    row = {"number": trial.number, "parameters": encoded(dict(trial.parameters)), "source": trial.source}
    empty = {"seconds": 0.0, "epoch": 0, **pair("value", None), "created_at": now()}
    connection.execute(sa.insert(trials).values(search_id=search_id, **row, **empty))


def update(connection: sa.Connection, search_id: str, number: int, changes: Json) -> None:
    values = dict(changes)
    if "value" in changes:
        values |= pair("value", changes["value"])
    own = (trials.c.search_id == search_id) & (trials.c.number == number)
    if changes.get("status") in ENDED_TRIALS:
        of_job = sa.select(jobs.c.seconds, jobs.c.epoch).where(jobs.c.id == trials.c.job_id)
        for name in _SPENT:
            spent = of_job.with_only_columns(jobs.c[name]).scalar_subquery()
            values[name] = sa.func.coalesce(spent, trials.c[name])
        values["finished_at"] = now()
    connection.execute(sa.update(trials).where(own).values(values))


def get(connection: sa.Connection, search_id: str, number: int) -> Trial:
    row = connection.execute(_READ.where(trials.c.search_id == search_id, trials.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"This search has no trial {number}.")
    return _trial(row)


def get_all(connection: sa.Connection, search_id: str, numbers: Sequence[int]) -> Mapping[int, Trial]:
    """See `Searches.get_trials`."""
    if not numbers:
        return {}
    wanted = _READ.where(trials.c.search_id == search_id, trials.c.number.in_(numbers))
    return {trial.number: trial for trial in map(_trial, connection.execute(wanted))}


def list_after(connection: sa.Connection, search_id: str, *, after: int, limit: int | None) -> Sequence[Trial]:
    wanted = _READ.where(trials.c.search_id == search_id, trials.c.number > after)
    return [_trial(row) for row in connection.execute(wanted.order_by(trials.c.number).limit(limit))]


def best(connection: sa.Connection, search_ids: Sequence[str]) -> Mapping[str, Trial]:
    is_best = (searches.c.id == trials.c.search_id) & (searches.c.best_trial == trials.c.number)
    wanted = _READ.join(searches, is_best).where(searches.c.id.in_(search_ids))
    return {row.search_id: _trial(row) for row in connection.execute(wanted)}


def count(connection: sa.Connection, search_id: str) -> dict[Source, int]:
    wanted = sa.select(trials.c.source, sa.func.count()).where(trials.c.search_id == search_id)
    found = {row[0]: row[1] for row in connection.execute(wanted.group_by(trials.c.source))}
    return {source: found.get(source, 0) for source in Source}


def last_point(connection: sa.Connection, search_id: str) -> int:
    wanted = sa.select(sa.func.max(trials.c.number))
    return connection.scalar(wanted.where(trials.c.search_id == search_id, trials.c.source == Source.POINT)) or 0


def totals(search_ids: Sequence[str]) -> sa.Select[Any]:
    """By search and status: how many trials, and what they have spent."""
    sums = sa.func.sum(_SECONDS).label("seconds"), sa.func.sum(_EPOCH).label("epochs")
    states = trials.c.search_id, trials.c.status, jobs.c.status
    wanted = sa.select(
        trials.c.search_id, trials.c.status, jobs.c.status.label("job_status"), sa.func.count().label("trials"), *sums
    )
    return wanted.select_from(_JOINED).where(trials.c.search_id.in_(search_ids)).group_by(*states)


def set_step(connection: sa.Connection, search_id: str, step: StoredStep) -> None:
    row = {**vars(step), **pair("value", step.value)}
    connection.execute(insert_or_replace(connection, search_steps).values(search_id=search_id, **row))


def list_steps(connection: sa.Connection, search_id: str) -> Sequence[StoredStep]:
    wanted = sa.select(search_steps).where(search_steps.c.search_id == search_id).order_by(search_steps.c.number)
    return [_step(row) for row in connection.execute(wanted)]


def status_of(status: TrialStatus | None, job_status: Status | None) -> TrialStatus:
    if status is not None:
        return status
    return TrialStatus.WAITING if job_status is None else OF_JOB[job_status]


def _trial(row: Any) -> Trial:
    values = dict(row._mapping)
    status = status_of(values.pop("status"), values["job_status"])
    values["value"] = joined(values["value"], values.pop("value_kind"))
    return Trial(**{**values, "source": Source(values["source"]), "status": status})


def _step(row: sa.Row[Any]) -> StoredStep:
    values = dict(row._mapping)
    del values["search_id"]
    values["value"] = joined(values["value"], values.pop("value_kind"))
    return StoredStep(**values)
