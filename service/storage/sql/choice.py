"""Which snapshot a reference means, and by which rule: one statement, so that nothing moves between its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from service.domain.status import Status
from service.domain.versions import LIVE, PRODUCTION, Choice, ChosenBy, Comparison
from service.errors import NotFound
from service.storage.sql.clauses import is_named
from service.storage.sql.references import checked
from service.storage.sql.snapshots import NEWEST_FIRST, READ, snapshot_of
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.networks import networks
from service.storage.sql.tables.weights import aliases, snapshots, versions

#: References with a meaning of their own; any other one is a parameter of the same statement.
WORDS = (LIVE, "latest", "best", "initial")
#: The largest number that a version may have.
MAX_NUMBER = 2**31 - 1

_NETWORK, _REF = sa.bindparam("network", type_=sa.Text), sa.bindparam("ref", type_=sa.Text)
_NUMBER = sa.bindparam("number", type_=sa.Integer)
_NO_TEXT, _NO_FLOAT = sa.cast(sa.null(), sa.Text), sa.cast(sa.null(), sa.Double)
_NO_COUNT = sa.cast(sa.null(), sa.Integer)

Network = sa.ColumnElement[str]


def choose(connection: sa.Connection, network_id: str, ref: str) -> Choice:
    """See `Storage.choose_snapshot`."""
    row = connection.execute(_choice(word_of(checked(ref))), {"network": network_id, **parameters(ref)}).one_or_none()
    if row is None:
        raise NotFound(f"This network has no snapshot {ref}.")
    comparison = None
    if row.jobs is not None:
        comparison = Comparison(monitored=row.monitored, value=row.value, jobs=row.jobs)
    return Choice(
        snapshot=snapshot_of(row),
        chosen_by=ChosenBy(row.chosen_by),
        alias=row.led_by,
        comparison=comparison,
    )


def live_where_unpublished(
    connection: sa.Connection, network_ids: Sequence[str], names: Sequence[str] | None
) -> Mapping[str, str]:
    """The snapshot that is live in each network without versions, which no alias can point at: as `_live` has it."""
    of_network = snapshots.c.network_id == networks.c.id
    newest = sa.select(snapshots.c.id).where(of_network).order_by(NEWEST_FIRST).limit(1)
    tops = (newest.where(condition) for condition in (snapshots.c.eligible, snapshots.c.kind == "initial"))
    live = sa.func.coalesce(*(top.correlate(networks).scalar_subquery() for top in tops))
    wanted = sa.select(networks.c.id, live).where(networks.c.id.in_(network_ids))
    if names is not None:
        wanted = wanted.where(is_named(networks.c.name, names))
    return {network_id: snapshot_id for network_id, snapshot_id in connection.execute(wanted) if snapshot_id}


def word_of(ref: str) -> str | None:
    return ref if ref in WORDS else None


def parameters(ref: str) -> Mapping[str, Any]:
    """What the statement of a reference takes besides the network."""
    if word_of(ref) is not None:
        return {}
    # Other digits than these, and signs, are no number of a version.
    number = int(ref) if ref.isascii() and ref.isdigit() and len(ref) < 11 else 0
    return {"ref": ref, "number": number if number <= MAX_NUMBER else 0}


@cache
def _choice(word: str | None) -> sa.Select[Any]:
    """The statement, built once, for building it takes longer than answering it."""
    meant = meaning(word, _NETWORK)
    of_choice = (meant.c.chosen_by, meant.c.led_by, meant.c.monitored, meant.c.value, meant.c.jobs)
    return READ.add_columns(*of_choice).join(meant, meant.c.snapshot_id == snapshots.c.id)


def meaning(word: str | None, network: Network) -> sa.Subquery:
    """At most one row: the snapshot that a word, or else the parameter, means in a network, and why."""
    rules = _RULES[word](network)
    if len(rules) == 1:
        return rules[0].subquery("meant")
    candidates = sa.union_all(*rules).subquery("candidates")
    return sa.select(candidates).order_by(candidates.c.rank).limit(1).subquery("meant")


def _live(network: Network) -> list[sa.Select[Any]]:
    """An alias of the network decides; the name of the word itself is one that only an old network has."""
    return [
        _by_alias(0, network, sa.literal(LIVE)),
        _by_alias(1, network, sa.literal(PRODUCTION)),
        _newest(2, network, snapshots.c.eligible, _rule_of_kind()),
        _newest(3, network, snapshots.c.kind == "initial", sa.literal(ChosenBy.INITIAL.value)),
    ]


def _latest(network: Network) -> list[sa.Select[Any]]:
    return [_newest(0, network, sa.true(), sa.literal(ChosenBy.LATEST.value))]


def _initial(network: Network) -> list[sa.Select[Any]]:
    return [_newest(0, network, snapshots.c.kind == "initial", sa.literal(ChosenBy.INITIAL.value))]


def _named(network: Network) -> list[sa.Select[Any]]:
    """A name goes first, for names from before may look like ids."""
    of_network = versions.c.network_id == network
    is_version = of_network & ((versions.c.id == _REF) | (versions.c.number == _NUMBER))
    return [
        _by_alias(0, network, _REF),
        _newest(1, network, snapshots.c.id == _REF, sa.literal(ChosenBy.SNAPSHOT.value)),
        _candidate(2, versions.c.snapshot_id, sa.literal(ChosenBy.VERSION.value)).where(is_version),
        _newest(3, network, snapshots.c.job_id == _REF, sa.literal(ChosenBy.JOB.value)),
    ]


def _best(network: Network) -> list[sa.Select[Any]]:
    """The best among the succeeded jobs that monitored the same number on the same rows as the newest of them."""
    has_best = (snapshots.c.job_id == jobs.c.id) & (snapshots.c.kind == "best")
    succeeded = (jobs.c.network_id == network) & (jobs.c.status == Status.SUCCEEDED)
    newest = sa.select(jobs.c.id, jobs.c.monitored, jobs.c.judged_rows).where(succeeded)
    newest_job = newest.where(sa.exists().where(has_best)).order_by(jobs.c.id.desc()).limit(1).cte("newest_job")
    is_like_it = (jobs.c.monitored == newest_job.c.monitored) & (jobs.c.judged_rows == newest_job.c.judged_rows)
    score = sa.case((jobs.c.higher_is_better, -jobs.c.best_value), else_=jobs.c.best_value)
    compared = sa.select(
        snapshots.c.id,
        snapshots.c.number,
        jobs.c.id.label("job"),
        jobs.c.monitored,
        jobs.c.best_value,
        score.label("score"),
    )
    compared_jobs = (
        compared.join_from(jobs, snapshots, has_best)
        .join(newest_job, sa.true())
        .where(succeeded, (jobs.c.id == newest_job.c.id) | is_like_it)
        .cte("compared_jobs")
    )
    of_jobs = compared_jobs.c
    count = sa.select(sa.func.count(of_jobs.job.distinct())).scalar_subquery()
    best = _columns(
        0, of_jobs.id, sa.literal(ChosenBy.BEST.value), _NO_TEXT, of_jobs.monitored, of_jobs.best_value, count
    )
    in_order = best.order_by(of_jobs.score.nulls_last(), of_jobs.number.desc()).limit(1)
    return [
        sa.select(in_order.subquery("best")),
        _newest(1, network, sa.true(), sa.literal(ChosenBy.LATEST.value)),
    ]


_RULES = {LIVE: _live, "latest": _latest, "initial": _initial, "best": _best, None: _named}


def _by_alias(rank: int, network: Network, name: sa.ColumnElement[str]) -> sa.Select[Any]:
    pointed_at = (versions.c.network_id == aliases.c.network_id) & (versions.c.number == aliases.c.version)
    found = _candidate(rank, versions.c.snapshot_id, sa.literal(ChosenBy.ALIAS.value), aliases.c.name)
    return found.join_from(aliases, versions, pointed_at).where(aliases.c.owner_id == network, aliases.c.name == name)


def _newest(
    rank: int, network: Network, is_wanted: sa.ColumnElement[bool], chosen_by: sa.ColumnElement[str]
) -> sa.Select[Any]:
    wanted = _candidate(rank, snapshots.c.id, chosen_by).where(snapshots.c.network_id == network, is_wanted)
    return sa.select(wanted.order_by(NEWEST_FIRST).limit(1).subquery(f"candidate_{rank}"))


def _rule_of_kind() -> sa.ColumnElement[str]:
    return sa.case((snapshots.c.kind == "imported", ChosenBy.IMPORT.value), else_=ChosenBy.JOB.value)


def _candidate(
    rank: int,
    snapshot_id: sa.ColumnElement[str],
    chosen_by: sa.ColumnElement[str],
    alias: sa.ColumnElement[str] = _NO_TEXT,
) -> sa.Select[Any]:
    return _columns(rank, snapshot_id, chosen_by, alias, _NO_TEXT, _NO_FLOAT, _NO_COUNT)


def _columns(
    rank: int,
    snapshot_id: sa.ColumnElement[str],
    chosen_by: sa.ColumnElement[str],
    alias: sa.ColumnElement[str],
    monitored: sa.ColumnElement[str],
    value: sa.ColumnElement[float],
    count: sa.ColumnElement[int],
) -> sa.Select[Any]:
    columns = (
        sa.literal(rank).label("rank"),
        snapshot_id.label("snapshot_id"),
        sa.cast(chosen_by, sa.Text).label("chosen_by"),
        alias.label("led_by"),
        monitored.label("monitored"),
        value.label("value"),
        count.label("jobs"),
    )
    return sa.select(*columns)  # type: ignore[return-value]  # mypy counts the columns
