"""Reports to tracking servers in SQL. An attempt owns its row for a while, and writes under its number alone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.domain.reports import NewReport, Report, ReportEnd
from service.domain.status import ENDED, HELD
from service.errors import LeaseLost
from service.storage.sql import events
from service.storage.sql.clauses import now
from service.storage.sql.jobs import missing
from service.storage.sql.references import checked
from service.storage.sql.tables.deliveries import reports
from service.storage.sql.tables.jobs import jobs


def add(connection: sa.Connection, job_id: str, report: NewReport) -> None:
    """Due when the job begins to train."""
    values = {"job_id": job_id, "server": report.server, "experiment": report.experiment}
    connection.execute(
        sa.insert(reports).values(**values, epoch=0, milliseconds=0, claims=0, attempts=0, in_doubt=False)
    )


def make_due(connection: sa.Connection, job_id: str) -> None:
    """The job has begun to train, or has ended."""
    own = (reports.c.job_id == job_id) & reports.c.ended.is_(None)
    connection.execute(sa.update(reports).where(own).values(due_at=now()))


def get(connection: sa.Connection, job_id: str) -> Report | None:
    row = connection.execute(sa.select(reports).where(reports.c.job_id == checked(job_id))).one_or_none()
    return None if row is None else _report(row)


def find_due(connection: sa.Connection) -> str | None:
    due = sa.select(reports.c.job_id).where(*_is_due())
    found: str | None = connection.scalar(due.order_by(reports.c.due_at).limit(1))
    return found


def claim(connection: sa.Connection, job_id: str, *, lease_seconds: float) -> Report | None:
    """See `Storage.claim_report`. The UPDATE decides between racing workers: the second one finds nothing due."""
    before = get(connection, job_id)
    if before is None:
        return None
    take = sa.update(reports).where(reports.c.job_id == job_id, reports.c.claims == before.claim, *_is_due())
    begun = {"claims": before.claim + 1, "attempts": reports.c.attempts + 1}
    take = take.values(**begun, in_doubt=True, lease_until=now() + lease_seconds)
    row = connection.execute(take.returning(reports)).one_or_none()
    # In doubt is what the attempt before has left; its successor will be, until this one is settled.
    return None if row is None else _report(row, in_doubt=before.in_doubt)


def advance(connection: sa.Connection, report: Report, *, lease_seconds: float, **changes: Any) -> Report:
    changed = {name: value for name, value in changes.items() if value is not None}
    own = sa.update(reports).where(*_own(report)).values(**changed, lease_until=now() + lease_seconds)
    row = connection.execute(own.returning(reports)).one_or_none()
    if row is None:
        raise _lost(connection, report)
    return _report(row, in_doubt=report.in_doubt)


def settle(
    connection: sa.Connection,
    report: Report,
    *,
    retry_seconds: float,
    error: str | None,
    ended: ReportEnd | None,
    in_doubt: bool,
) -> None:
    """The job is locked first, as by all who take both; who ends it meanwhile makes the report due afterwards."""
    status = connection.scalar(sa.select(jobs.c.status).where(jobs.c.id == report.job_id).with_for_update())
    if status is None:
        raise missing(report.job_id)
    waits = ended is not None or (error is None and status not in HELD | ENDED)
    values: dict[str, Any] = {"error": error, "ended": ended, "in_doubt": in_doubt}
    values["attempts"] = 0 if error is None else reports.c.attempts
    values |= {"due_at": None if waits else now() + retry_seconds, "lease_until": None}
    own = sa.update(reports).where(*_own(report)).values(**values)
    row = connection.execute(own.returning(reports)).one_or_none()
    if row is None:
        raise _lost(connection, report)
    if error is not None or ended is not None:
        details = {"server": row.server, "run": row.run_id, "epoch": row.epoch, "error": error, "ended": ended}
        events.add(connection, report.job_id, "report", {**details, "model": row.model})


def _is_due() -> tuple[sa.ColumnElement[bool], ...]:
    """A lease stands by itself, for a job that begins or ends makes its report due in the middle of an attempt."""
    return reports.c.due_at <= now(), sa.func.coalesce(reports.c.lease_until, 0.0) <= now()


def _own(report: Report) -> tuple[sa.ColumnElement[bool], ...]:
    return reports.c.job_id == report.job_id, reports.c.claims == report.claim, reports.c.ended.is_(None)


def _lost(connection: sa.Connection, report: Report) -> Exception:
    if get(connection, report.job_id) is None:
        return missing(report.job_id)
    return LeaseLost("Another attempt at this report has begun.")


def _report(row: Any, **changes: Any) -> Report:
    values = {
        "job_id": row.job_id,
        "server": row.server,
        "experiment": row.experiment,
        "run_id": row.run_id,
        "artifact_uri": row.artifact_uri,
        "epoch": row.epoch,
        "milliseconds": row.milliseconds,
        "claim": row.claims,
        "attempts": row.attempts,
        "in_doubt": row.in_doubt,
        "ended": None if row.ended is None else ReportEnd(row.ended),
        "error": row.error,
        "model": row.model,
    }
    return Report(**{**values, **changes})
