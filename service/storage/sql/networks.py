"""Networks in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from service.domain.networks import Network
from service.domain.paging import Page
from service.errors import Conflict, NotFound
from service.storage.sql.clauses import is_created_by, is_named, now
from service.storage.sql.exact_json import encoded
from service.storage.sql.references import checked
from service.storage.sql.tables.networks import network_tags, networks

#: The columns of a record, in its order.
_NAMES = [field.name for field in fields(Network)]
_COLUMNS = [networks.c[name] for name in _NAMES]


def name_taken(name: str | None) -> str:
    """The message of the AlreadyExists that `create` and `update` may meet."""
    return f"A network named {name!r} exists already. Choose another name."


def row_of(network: Network) -> dict[str, Any]:
    """What `create` stores, encoded before its transaction begins."""
    return {
        "id": network.id,
        "name": network.name,
        "description": network.description,
        "tags": encoded(dict(network.tags)),
        "spec": encoded(dict(network.spec)),
        "features": encoded(network.features),
        "labels": encoded(network.labels),
        "inputs": network.inputs,
        "outputs": network.outputs,
        "parameter_count": network.parameter_count,
        "deleting": False,
        "snapshot_count": 0,
        "version_count": 0,
        "event_count": 0,
        "table": encoded(network.table),
        "explicit_weights": network.explicit_weights,
        "warnings": None if network.warnings is None else list(network.warnings),
        "created_by": network.created_by,
        "created_by_key": network.created_by_key,
        "answer_log": encoded(network.answer_log),
        "unloaded": network.unloaded,
        "search_id": network.search_id,
    }


def create(connection: sa.Connection, network: Network, row: Mapping[str, Any]) -> Network:
    """Store a network; `row` is its `row_of`."""
    moment = connection.scalar(sa.select(now()))
    values = {**row, "created_at": moment, "updated_at": moment}
    stored = connection.execute(sa.insert(networks).values(values).returning(*_COLUMNS)).one()
    _store_tags(connection, network.id, network.tags)
    return _network(stored)


def get(connection: sa.Connection, ref: str) -> Network:
    """By id or by name; an id goes first."""
    row = connection.execute(named(checked(ref), *_COLUMNS)).one_or_none()
    if row is None:
        raise _missing(ref)
    return _network(row)


def named(ref: str | sa.BindParameter[str], *columns: sa.Column[Any]) -> sa.Select[Any]:
    """Columns of the network with that id or that name."""
    is_id = networks.c.id == ref
    return sa.select(*columns).where(is_id | (networks.c.name == ref)).order_by(is_id.desc()).limit(1)


def list_page(
    connection: sa.Connection,
    page: Page,
    *,
    tags: Mapping[str, str] | None,
    names: Sequence[str] | None,
    created_by: str | None,
    search_id: str | None = None,
) -> Sequence[Network]:
    values: dict[str, Any] = {"limit": page.limit}
    if page.after is not None:
        values["after"] = _existing(connection, page.after)
    for number, (key, value) in enumerate((tags or {}).items()):
        values |= {f"key_{number}": key, f"value_{number}": value}
    wanted = _page(page.after is not None, len(tags or {}), None if names is None else tuple(names))
    wanted = wanted.where(networks.c.search_id.is_(None) if search_id is None else networks.c.search_id == search_id)
    if created_by is not None:
        wanted = wanted.where(is_created_by(networks, created_by))
    return [_network(row) for row in connection.execute(wanted, values)]


@lru_cache(maxsize=256)
def _page(has_after: bool, tags: int, names: tuple[str, ...] | None) -> sa.Select[Any]:
    """The statement, kept because building it takes longer than reading the page."""
    wanted, in_order = sa.select(*_COLUMNS), networks.c.id
    if names is not None:
        wanted = wanted.where(is_named(networks.c.name, names))
    for number in range(tags):
        tag = network_tags.alias(f"tag_{number}")
        wanted = wanted.join(tag, tag.c.network_id == networks.c.id)
        wanted = wanted.where(tag.c.key == _text(f"key_{number}"), tag.c.value == _text(f"value_{number}"))
        # The order of the tag's index leads to the networks of the page alone.
        in_order = tag.c.network_id
    if has_after:
        wanted = wanted.where(in_order < _text("after"))
    return wanted.order_by(in_order.desc()).limit(sa.bindparam("limit", type_=sa.Integer))


def _text(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=sa.Text)


def update(
    connection: sa.Connection,
    network_id: str,
    changes: Mapping[str, Any],
    *,
    tags: Mapping[str, str] | None,
) -> Network:
    """What is None in `changes`, by column, stays as it is."""
    new = {**changes, "tags": None if tags is None else dict(tags)}
    given = {column: value for column, value in new.items() if value is not None}
    if "name" in given:
        given["search_id"] = None
    change = sa.update(networks).where(networks.c.id == network_id).values(updated_at=now(), **given)
    row = connection.execute(change.returning(*_COLUMNS)).one_or_none()
    if row is None:
        raise _missing(network_id)
    if tags is not None:
        _store_tags(connection, network_id, tags)
    return _network(row)


def lock_living(connection: sa.Connection, network_id: str, *, to_change: bool = False) -> None:
    """Hold a network as it is until the transaction ends. Raises NotFound, and Conflict when it is being deleted.

    What changes the network later in its transaction says so here: two that both hold it would wait for each other.
    """
    wanted = sa.select(networks.c.deleting).where(networks.c.id == network_id).with_for_update(read=not to_change)
    deleting = connection.execute(wanted).scalar_one_or_none()
    if deleting is None:
        raise _missing(network_id)
    if deleting:
        raise Conflict("This network is being deleted. Nothing new can be done with it.")


def lock(connection: sa.Connection, network_id: str) -> None:
    """Keep others from locking or changing a network until the transaction ends. Raises NotFound."""
    wanted = sa.select(networks.c.id).where(networks.c.id == network_id).with_for_update()
    if connection.scalar(wanted) is None:
        raise _missing(network_id)


def count_snapshot(connection: sa.Connection, network_id: str) -> int:
    """Return the number of a network's next snapshot. Raises as `lock_living` does."""
    return _count(connection, network_id, networks.c.snapshot_count)


def count_version(connection: sa.Connection, network_id: str) -> int:
    """Return the number of a network's next version, and keep others from changing it. Raises as `lock_living` does."""
    return _count(connection, network_id, networks.c.version_count)


def count_event(connection: sa.Connection, network_id: str) -> int:
    """Return the number of a network's next event. Raises as `lock_living` does."""
    return _count(connection, network_id, networks.c.event_count)


def _count(connection: sa.Connection, network_id: str, counter: sa.Column[int]) -> int:
    count = sa.update(networks).where(networks.c.id == network_id, networks.c.deleting.is_(False))
    count = count.values({counter: counter + 1})
    number: int | None = connection.execute(count.returning(counter)).scalar_one_or_none()
    if number is None:
        lock_living(connection, network_id)
        raise _missing(network_id)
    return number


def _existing(connection: sa.Connection, network_id: str) -> str:
    if connection.scalar(sa.select(networks.c.id).where(networks.c.id == network_id)) is None:
        raise _missing(network_id)
    return network_id


def _missing(ref: str) -> NotFound:
    return NotFound(f"There is no network {ref}.")


def _store_tags(connection: sa.Connection, network_id: str, tags: Mapping[str, str]) -> None:
    connection.execute(sa.delete(network_tags).where(network_tags.c.network_id == network_id))
    rows = [{"network_id": network_id, "key": key, "value": value} for key, value in tags.items()]
    if rows:
        connection.execute(sa.insert(network_tags), rows)


def _network(row: Sequence[Any]) -> Network:
    record = dict(zip(_NAMES, row, strict=True))
    for name in ("features", "labels"):
        if record[name] is not None:
            record[name] = tuple(record[name])
    return Network(**record)
