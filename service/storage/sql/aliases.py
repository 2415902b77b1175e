"""Aliases in SQL: each points at one version, and keeps every move."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.paging import Page
from service.domain.versions import Action, Alias, AliasMove, Creator, NewMove
from service.errors import Conflict, NotFound, PreconditionFailed
from service.storage.sql import models, networks, versions
from service.storage.sql.clauses import insert_or_replace, now
from service.storage.sql.tables.networks import networks as networks_table
from service.storage.sql.tables.weights import alias_moves, aliases
from service.storage.sql.tables.weights import versions as versions_table

_NEWEST = alias_moves.c.number.desc()
_READ = (
    sa.select(aliases, networks_table.c.name.label("network_name"), versions_table.c.snapshot_id)
    .join_from(
        aliases,
        versions_table,
        (versions_table.c.network_id == aliases.c.network_id) & (versions_table.c.number == aliases.c.version),
    )
    .join(networks_table, networks_table.c.id == aliases.c.network_id)
)


def move(connection: sa.Connection, new: NewMove) -> Alias:
    """See `Storage.move_alias`."""
    present = _hold(connection, new.owner_id, new.alias, new.expected)
    networks.lock_living(connection, new.network_id)
    versions.hold(connection, new.network_id, new.version)
    if present is not None and (present.network_id, present.version) == (new.network_id, new.version):
        return get(connection, new.owner_id, new.alias)
    previous = None if present is None else present.move
    points_at = new.network_id, new.version
    return _record(
        connection, new.owner_id, new.alias, Action.MOVE, points_at, previous=previous, note=new.note, by=new.by
    )


def roll_back(
    connection: sa.Connection, owner_id: str, name: str, *, expected: Container[int] | None, by: Creator
) -> Alias:
    """See `Storage.roll_back_alias`."""
    present = _hold(connection, owner_id, name, expected)
    if present is None:
        raise missing(name)
    newest = _move(connection, owner_id, name, present.move)
    if newest.previous is None:
        raise Conflict(f"The alias {name} was not moved yet, so there is nothing to roll back to.")
    target = _move(connection, owner_id, name, newest.previous)
    try:
        versions.hold(connection, target.network_id, target.version)
    except NotFound:
        raise Conflict(f"Version {target.version}, which {name} pointed at before, was deleted.") from None
    points_at = target.network_id, target.version
    return _record(connection, owner_id, name, Action.ROLL_BACK, points_at, previous=target.previous, note=None, by=by)


def remove(
    connection: sa.Connection, owner_id: str, name: str, *, expected: Container[int] | None, by: Creator
) -> None:
    """See `Storage.remove_alias`."""
    if _hold(connection, owner_id, name, expected) is None:
        raise missing(name)
    _add_move(connection, owner_id, name, Action.REMOVE, network_id=None, version=None, by=by)
    connection.execute(sa.delete(aliases).where(_is(owner_id, name)))


def remove_those_at(connection: sa.Connection, network_id: str, version: int, *, by: Creator) -> None:
    """Remove the network's own aliases of a version."""
    own = (aliases.c.owner_id == network_id) & (aliases.c.network_id == network_id) & (aliases.c.version == version)
    for name in connection.scalars(sa.select(aliases.c.name).where(own)).all():
        remove(connection, network_id, name, expected=None, by=by)


def get(connection: sa.Connection, owner_id: str, name: str) -> Alias:
    """Raises NotFound."""
    row = connection.execute(_READ.where(_is(owner_id, name))).one_or_none()
    if row is None:
        raise missing(name)
    return _alias(row, _record_of(_move(connection, owner_id, name, row.move)))


def list_page(connection: sa.Connection, owner_id: str, page: Page) -> Sequence[Alias]:
    """By name."""
    wanted = _READ.where(aliases.c.owner_id == owner_id).order_by(aliases.c.name).limit(page.limit)
    if page.after is not None:
        wanted = wanted.where(aliases.c.name > page.after)
    rows = connection.execute(wanted).all()
    if not rows:
        return []
    newest = sa.select(alias_moves).join_from(
        alias_moves,
        aliases,
        (aliases.c.owner_id == alias_moves.c.owner_id)
        & (aliases.c.name == alias_moves.c.alias)
        & (aliases.c.move == alias_moves.c.number),
    )
    newest = newest.where(aliases.c.owner_id == owner_id, aliases.c.name.in_([row.name for row in rows]))
    moved = {row.alias: _record_of(row) for row in connection.execute(newest)}
    return [_alias(row, moved[row.name]) for row in rows]


def list_moves(connection: sa.Connection, owner_id: str, name: str, page: Page) -> Sequence[AliasMove]:
    """Newest first, also of an alias that was removed. Raises NotFound."""
    wanted = sa.select(alias_moves).where(_of(owner_id, name)).order_by(_NEWEST).limit(page.limit)
    if page.after is not None:
        number = int(page.after) if page.after.isascii() and page.after.isdigit() and len(page.after) < 10 else 0
        wanted = wanted.where(alias_moves.c.number < _move(connection, owner_id, name, number).number)
    rows = connection.execute(wanted).all()
    if not rows and page.after is None:
        raise missing(name)
    return [_record_of(row) for row in rows]


def missing(name: str) -> NotFound:
    return NotFound(f"There is no alias {name}.")


def _hold(connection: sa.Connection, owner_id: str, name: str, expected: Container[int] | None) -> sa.Row[Any] | None:
    """The alias, which nobody else changes until the transaction ends; None if there is none."""
    (models if owner_id.startswith("mdl_") else networks).lock(connection, owner_id)
    row = connection.execute(sa.select(aliases).where(_is(owner_id, name))).one_or_none()
    if expected is not None and (row is None or row.move not in expected):
        found = "it is gone" if row is None else f"its newest move is {row.move}"
        raise PreconditionFailed(f"The alias {name} has changed meanwhile: {found}. Read it again, then decide again.")
    return row


def _record(
    connection: sa.Connection,
    owner_id: str,
    name: str,
    action: Action,
    points_at: tuple[str, int],
    *,
    previous: int | None,
    note: str | None,
    by: Creator,
) -> Alias:
    """Point the alias at a version, with the move that says so."""
    target = dict(zip(("network_id", "version"), points_at, strict=True))
    number = _add_move(connection, owner_id, name, action, by=by, previous=previous, note=note, **target)
    row = {"owner_id": owner_id, "name": name, "move": number, **target}
    connection.execute(insert_or_replace(connection, aliases).values(row))
    return get(connection, owner_id, name)


def _add_move(
    connection: sa.Connection, owner_id: str, name: str, action: Action, *, by: Creator, **values: Any
) -> int:
    newest = sa.select(sa.func.max(alias_moves.c.number)).where(_of(owner_id, name))
    number: int = (connection.scalar(newest) or 0) + 1
    row = {"owner_id": owner_id, "alias": name, "number": number, "action": action, "created_at": now()}
    connection.execute(sa.insert(alias_moves).values({**row, **by._asdict(), **values}))
    return number


def _move(connection: sa.Connection, owner_id: str, name: str, number: int) -> sa.Row[Any]:
    row = connection.execute(
        sa.select(alias_moves).where(_of(owner_id, name), alias_moves.c.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound(f"The alias {name} has no move {number}.")
    return row


def _is(owner_id: str, name: str) -> sa.ColumnElement[bool]:
    return (aliases.c.owner_id == owner_id) & (aliases.c.name == name)


def _of(owner_id: str, name: str) -> sa.ColumnElement[bool]:
    return (alias_moves.c.owner_id == owner_id) & (alias_moves.c.alias == name)


def _alias(row: sa.Row[Any], moved: AliasMove) -> Alias:
    return Alias(
        owner_id=row.owner_id,
        name=row.name,
        network_id=row.network_id,
        network_name=row.network_name,
        version=row.version,
        snapshot_id=row.snapshot_id,
        moved=moved,
    )


def _record_of(row: sa.Row[Any]) -> AliasMove:
    return AliasMove(
        owner_id=row.owner_id,
        alias=row.alias,
        number=row.number,
        action=row.action,
        network_id=row.network_id,
        version=row.version,
        previous=row.previous,
        note=row.note,
        created_at=row.created_at,
        created_by=row.created_by,
        created_by_key=row.created_by_key,
    )
