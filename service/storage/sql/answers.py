"""The log of answers in SQL. Rows are numbered by network, so that the oldest are a range of the primary key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.monitoring import Answer, AnswerFilter, NewAnswer, StoredAnswers
from service.domain.networks import Network
from service.domain.types import Json
from service.storage.answers import RowId
from service.storage.sql import networks
from service.storage.sql.clauses import insert_or_ignore, now
from service.storage.sql.exact_json import decode, encode
from service.storage.sql.tables.monitoring import answer_logs, answers
from service.storage.sql.tables.networks import networks as networks_table
from service.storage.sql.tables.weights import snapshot_references, snapshots

#: A time that an answer shows is rounded to microseconds, and asked for again must still mean the same row.
ROUNDING_SECONDS = 0.6e-6
#: Rows named in one statement.
NAMED = 300
_ADD = sa.insert(answers).values(created_at=now() - sa.bindparam("seconds_ago", type_=sa.Double))
_BARE = [column for column in answers.c if column.name not in ("inputs", "size_bytes")]


def configure(connection: sa.Connection, network_id: str, settings: Json | None) -> Network:
    networks.lock_living(connection, network_id, to_change=True)
    values = {"answer_log": None if settings is None else dict(settings), "updated_at": now()}
    connection.execute(sa.update(networks_table).where(networks_table.c.id == network_id).values(values))
    return networks.get(connection, network_id)


def add(connection: sa.Connection, network_id: str, new: Sequence[NewAnswer], *, max_rows: int) -> None:
    networks.lock_living(connection, network_id)
    sizes = [len(answer.inputs.encode()) + len(answer.outputs.encode()) for answer in new]
    last = _count(connection, network_id, len(new), sum(sizes))
    first = last - len(new) + 1
    rows = [
        {**answer._asdict(), "network_id": network_id, "number": number, "size_bytes": size}
        for number, (answer, size) in enumerate(zip(new, sizes, strict=True), start=first)
    ]
    connection.execute(_ADD, rows)
    delete_up_to(connection, network_id, last - max_rows)


def _count(connection: sa.Connection, network_id: str, rows: int, size_bytes: int) -> int:
    """The number of the last of the new rows."""
    bare = {"network_id": network_id, "rows": 0, "stored_bytes": 0}
    connection.execute(insert_or_ignore(connection, answer_logs).values(bare))
    count = sa.update(answer_logs).where(answer_logs.c.network_id == network_id)
    count = count.values(rows=answer_logs.c.rows + rows, stored_bytes=answer_logs.c.stored_bytes + size_bytes)
    last: int = connection.execute(count.returning(answer_logs.c.rows)).scalar_one()
    return last


def delete_up_to(connection: sa.Connection, network_id: str, number: int) -> None:
    """Delete the rows of a network up to a number."""
    old = (answers.c.network_id == network_id) & (answers.c.number <= number)
    freed = connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(answers.c.size_bytes), 0)).where(old))
    if freed:
        connection.execute(sa.delete(answers).where(old))
        own = answer_logs.c.network_id == network_id
        less = sa.update(answer_logs).where(own).values(stored_bytes=answer_logs.c.stored_bytes - freed)
        connection.execute(less)


def read(
    connection: sa.Connection, network_id: str, wanted: AnswerFilter, *, limit: int, after: int | None, inputs: bool
) -> Sequence[Answer]:
    columns = [*_BARE, answers.c.inputs] if inputs else _BARE
    query = sa.select(*columns).where(answers.c.network_id == network_id, *_conditions(wanted))
    if after is not None:
        query = query.where(answers.c.number < after)
    return [_answer(row) for row in connection.execute(query.order_by(answers.c.number.desc()).limit(limit))]


def find(connection: sa.Connection, rows: Sequence[RowId]) -> Sequence[Answer]:
    found: list[Answer] = []
    wanted = sorted(set(rows))
    for first in range(0, len(wanted), NAMED):
        named = sa.or_(*(_is(*row) for row in wanted[first : first + NAMED]))
        found += [_answer(row) for row in connection.execute(sa.select(*_BARE).where(named))]
    return found


def _is(answer_id: str, row: int) -> sa.ColumnElement[bool]:
    return (answers.c.id == answer_id) & (answers.c.row == row)


def set_actuals(connection: sa.Connection, network_id: str, actuals: Sequence[tuple[RowId, Sequence[object]]]) -> int:
    own = (answers.c.id == sa.bindparam("of_id")) & (answers.c.row == sa.bindparam("of_row"))
    change = sa.update(answers).where(own, answers.c.network_id == network_id)
    change = change.values(actual=sa.bindparam("truth"), actual_at=now())
    # Who deletes old rows holds this one, too.
    connection.execute(sa.select(answer_logs.c.rows).where(answer_logs.c.network_id == network_id).with_for_update())
    changed = 0
    for (answer_id, row), truth in actuals:
        values = {"of_id": answer_id, "of_row": row, "truth": encode(list(truth))}
        changed += connection.execute(change, values).rowcount
    return changed


def stored(connection: sa.Connection, network_id: str) -> StoredAnswers:
    c = answers.c
    figures = sa.select(
        sa.func.count().label("rows"),
        sa.func.count(c.actual_at).label("judged"),
        sa.func.coalesce(sa.func.sum(c.size_bytes), 0).label("bytes"),
        sa.func.min(c.created_at).label("oldest"),
        sa.func.max(c.created_at).label("newest"),
    ).where(c.network_id == network_id)
    row = connection.execute(figures).one()
    return StoredAnswers(**{**row._mapping, "bytes": int(row.bytes)})


def read_reference(connection: sa.Connection, snapshot_id: str) -> Json | None:
    own = snapshot_references.c.snapshot_id == snapshot_id
    text = connection.scalar(sa.select(snapshot_references.c.reference).where(own))
    return None if text is None else decode(text)


def add_reference(connection: sa.Connection, snapshot_id: str, reference: Json | None) -> None:
    if reference is not None:
        values = {"snapshot_id": snapshot_id, "reference": encode(reference)}
        connection.execute(sa.insert(snapshot_references).values(values))


def keep_reference(connection: sa.Connection, snapshot_id: str, reference: Json) -> None:
    own = sa.select(snapshots.c.id).where(snapshots.c.id == snapshot_id).with_for_update(read=True, key_share=True)
    if connection.scalar(own) is not None:
        values = {"snapshot_id": snapshot_id, "reference": encode(reference)}
        connection.execute(insert_or_ignore(connection, snapshot_references).values(values))


def _conditions(wanted: AnswerFilter) -> list[sa.ColumnElement[bool]]:
    c, conditions = answers.c, list[sa.ColumnElement[bool]]()
    if wanted.from_time is not None:
        conditions.append(c.created_at >= wanted.from_time - ROUNDING_SECONDS)
    if wanted.to_time is not None:
        conditions.append(c.created_at < wanted.to_time - ROUNDING_SECONDS)
    if wanted.snapshot_id is not None:
        conditions.append(c.snapshot_id == wanted.snapshot_id)
    if wanted.only_judged:
        conditions.append(c.actual_at.is_not(None))
    return conditions


def _answer(row: sa.Row[Any]) -> Answer:
    values = dict(row._mapping)
    for name in ("inputs", "outputs", "actual"):
        if values.get(name) is not None:
            values[name] = decode(values[name])
    return Answer(**values)
