"""Models in SQL: names of services, whose aliases point at versions of any network."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.ids import new_id
from service.domain.paging import Page
from service.domain.versions import LIVE, PRODUCTION, Choice, ChosenBy, Creator, NamedModel, ServedChoice
from service.errors import NotFound
from service.storage.sql import networks, snapshots
from service.storage.sql.clauses import is_named, now
from service.storage.sql.references import checked
from service.storage.sql.tables.networks import networks as networks_table
from service.storage.sql.tables.weights import alias_moves, aliases, models, versions
from service.storage.sql.tables.weights import snapshots as snapshots_table

_MODEL, _ALIAS = sa.bindparam("model", type_=sa.Text), sa.bindparam("alias_name", type_=sa.Text)


def _named(ref: str | sa.BindParameter[str], *columns: sa.Column[Any]) -> sa.Select[Any]:
    is_name = models.c.name == ref
    return sa.select(*columns).where(is_name | (models.c.id == ref)).order_by(is_name.desc()).limit(1)


_POINTS_AT = (
    (aliases.c.owner_id == _named(_MODEL, models.c.id).scalar_subquery())
    & (aliases.c.name == _ALIAS)
    & (versions.c.network_id == aliases.c.network_id)
    & (versions.c.number == aliases.c.version)
)
_CHOICE = snapshots.READ.join(versions, versions.c.snapshot_id == snapshots_table.c.id).join(aliases, _POINTS_AT)
_VERSION = (
    sa.select(versions.c.id, networks_table.c.updated_at)
    .join_from(versions, aliases, _POINTS_AT)
    .join(networks_table, networks_table.c.id == versions.c.network_id)
)


def ensure(connection: sa.Connection, name: str, by: Creator) -> NamedModel:
    row = connection.execute(sa.select(models).where(models.c.name == name)).one_or_none()
    if row is None:
        made = {"id": new_id("mdl"), "name": name, "created_at": now(), **by._asdict()}
        row = connection.execute(sa.insert(models).values(made).returning(*models.c)).one()
    return _model(row)


def get(connection: sa.Connection, ref: str) -> NamedModel:
    row = connection.execute(_named(checked(ref), *models.c)).one_or_none()
    if row is None:
        raise _missing(ref)
    return _model(row)


def lock(connection: sa.Connection, model_id: str) -> None:
    """Keep others from changing a model's aliases until the transaction ends. Raises NotFound."""
    if connection.scalar(sa.select(models.c.id).where(models.c.id == model_id).with_for_update()) is None:
        raise _missing(model_id)


def list_page(connection: sa.Connection, page: Page, *, names: Sequence[str] | None) -> Sequence[NamedModel]:
    wanted = sa.select(models).order_by(models.c.id.desc()).limit(page.limit)
    if names is not None:
        wanted = wanted.where(is_named(models.c.name, names))
    if page.after is not None:
        wanted = wanted.where(models.c.id < get(connection, page.after).id)
    return [_model(row) for row in connection.execute(wanted)]


def delete(connection: sa.Connection, model_id: str) -> None:
    lock(connection, model_id)
    for table in (aliases, alias_moves):
        connection.execute(sa.delete(table).where(table.c.owner_id == model_id))
    connection.execute(sa.delete(models).where(models.c.id == model_id))


def choose(connection: sa.Connection, ref: str, alias: str) -> ServedChoice:
    """See `Storage.choose_for_model`. One statement finds the snapshot, and with it the network."""
    name = _alias_of(alias)
    row = connection.execute(_CHOICE, {"model": checked(ref), "alias_name": checked(name)}).one_or_none()
    if row is None:
        model = get(connection, ref)
        raise NotFound(f"The model {model.name} has no alias {name}.")
    choice = Choice(snapshot=snapshots.snapshot_of(row), chosen_by=ChosenBy.ALIAS, alias=name)
    return ServedChoice(model=get(connection, ref), network=networks.get(connection, row.network_id), choice=choice)


def version_of(connection: sa.Connection, ref: str, alias: str) -> Hashable:
    values = {"model": checked(ref), "alias_name": checked(_alias_of(alias))}
    row = connection.execute(_VERSION, values).one_or_none()
    return None if row is None else tuple(row)


def _alias_of(alias: str) -> str:
    return PRODUCTION if alias == LIVE else alias


def _missing(ref: str) -> NotFound:
    return NotFound(f"There is no model {ref}.")


def _model(row: sa.Row[Any]) -> NamedModel:
    return NamedModel(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        created_by=row.created_by,
        created_by_key=row.created_by_key,
    )
