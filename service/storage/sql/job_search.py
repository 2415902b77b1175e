"""Jobs found by words and sorted by any of their numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.job_search import COLUMNS, JobOrder, JobSearch
from service.domain.jobs import Job
from service.domain.paging import Page
from service.domain.status import Status
from service.storage.sql import jobs as job_rows
from service.storage.sql.clauses import is_created_by, is_named, json_at
from service.storage.sql.exact_json import encode
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.networks import networks

#: Options of a job that stand beside those of its training.
BESIDE_TRAINING = ("validation", "test", "snapshots", "class_weights")
#: Options whose texts are searched.
_WORDED = (("training", "optimizer", "type"), ("training", "schedule", "type"), ("dataset", "name"))
_ESCAPE = "\\"


def find(connection: sa.Connection, search: JobSearch, order: JobOrder, page: Page) -> Sequence[Job]:
    """See `Storage.find_jobs`. Only the ids are sorted: a job's row is long."""
    value = _value_of(order.by, jobs, networks)
    wanted = sa.select(jobs.c.id).select_from(jobs.join(networks)).where(*_conditions(search))
    if page.after is not None:
        wanted = wanted.where(_is_behind(connection, value, order, page.after))
    direction = value.desc() if order.descending else value.asc()
    wanted = wanted.order_by(value.is_(None), direction, jobs.c.id.desc()).limit(page.limit)
    return job_rows.get_all(connection, list(connection.scalars(wanted)))


def count(connection: sa.Connection, search: JobSearch) -> Mapping[Status, int]:
    wanted = sa.select(jobs.c.status, sa.func.count().label("jobs")).select_from(jobs.join(networks))
    found = connection.execute(wanted.where(*_conditions(search)).group_by(jobs.c.status))
    return {row.status: row.jobs for row in found}


def best(connection: sa.Connection, network_ids: Collection[str]) -> Collection[str]:
    alike = [jobs.c.network_id, jobs.c.monitored, jobs.c.judged_rows]
    score = sa.case((jobs.c.higher_is_better, -jobs.c.best_value), else_=jobs.c.best_value)
    is_compared = sa.and_(
        jobs.c.network_id.in_(list(network_ids)),
        jobs.c.best_value.is_not(None),
        jobs.c.monitored.is_not(None),
        jobs.c.status != Status.FAILED,
    )
    ranked = sa.select(
        jobs.c.id,
        sa.func.row_number().over(partition_by=alike, order_by=(score, jobs.c.id)).label("place"),
        sa.func.count().over(partition_by=alike).label("compared"),
    )
    ranks = ranked.where(is_compared).subquery()
    return set(connection.scalars(sa.select(ranks.c.id).where(ranks.c.place == 1, ranks.c.compared > 1)))


def _conditions(search: JobSearch) -> Iterator[sa.ColumnElement[bool]]:
    yield sa.true()
    yield from (_holds(word) for word in search.words)
    if search.statuses is not None:
        yield jobs.c.status.in_(list(search.statuses))
    if search.network_id is not None:
        yield jobs.c.network_id == search.network_id
    if search.kind is not None:
        yield jobs.c.kind == search.kind
    if search.created_by is not None:
        yield is_created_by(jobs, search.created_by)
    if search.names is not None:
        yield is_named(networks.c.name, search.names)
    if search.restart_of is not None:
        yield jobs.c.restart_of == search.restart_of
    if search.search_id is not None:
        yield jobs.c.search_id == search.search_id
    if not search.restarts:
        yield jobs.c.restart_of.is_(None)


def _holds(word: str) -> sa.ColumnElement[bool]:
    texts = [jobs.c.id, jobs.c.title, jobs.c.note, sa.cast(jobs.c.status, sa.Text), networks.c.name]
    texts += [jobs.c.options[path].as_string() for path in _WORDED]
    in_texts = [_is_in(text, word) for text in texts]
    tags = [sa.cast(table.c.tags, sa.Text) for table in (jobs, networks)]
    return sa.or_(*in_texts, *(_is_in(text, tag) for text in tags for tag in _as_tag(word)))


def _as_tag(word: str) -> Iterator[str]:
    """How a word, or `key:value`, stands in an object of JSON."""
    text = encode(word)[1:-1]
    yield text
    if ":" in text:
        yield text.replace(":", '":"', 1)


def _is_in(text: sa.ColumnElement[Any], word: str) -> sa.ColumnElement[bool]:
    escaped = word.replace(_ESCAPE, _ESCAPE * 2).replace("%", f"{_ESCAPE}%").replace("_", f"{_ESCAPE}_")
    pattern = sa.func.lower(sa.bindparam(None, f"%{escaped}%", sa.Text))
    return sa.func.coalesce(sa.func.lower(text).like(pattern, escape=_ESCAPE), sa.false())


def _value_of(by: str, of: sa.FromClause, network: sa.FromClause) -> sa.ColumnElement[Any]:
    if by == "network":
        return network.c.name
    if by == "name":
        return of.c.title
    if by in COLUMNS:
        return of.c[by]
    steps = by.split(".")
    path = steps if steps[0] in BESIDE_TRAINING else ["training", *steps]
    return sa.func.coalesce(json_at(of.c.options, [*path, "type"]), json_at(of.c.options, path))


def _is_behind(
    connection: sa.Connection, value: sa.ColumnElement[Any], order: JobOrder, after: str
) -> sa.ColumnElement[bool]:
    """Whether a job comes later in the order than the one of this id."""
    last, network = jobs.alias(), networks.alias()
    of_last = sa.select(_value_of(order.by, last, network)).where(last.c.id == after)
    of_last = of_last.select_from(last.join(network, network.c.id == last.c.network_id))
    if connection.execute(of_last).one_or_none() is None:
        raise job_rows.missing(after)
    edge = of_last.scalar_subquery()
    is_alike = sa.or_(value == edge, sa.and_(value.is_(None), edge.is_(None)))
    return sa.or_(
        value < edge if order.descending else value > edge,
        sa.and_(value.is_(None), edge.is_not(None)),
        sa.and_(is_alike, jobs.c.id < after),
    )
