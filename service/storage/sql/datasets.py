"""Data sets in SQL: a row to read and list, and chunks of its rows in a table of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.datasets import Dataset, NewDataset
from service.domain.paging import Page
from service.domain.status import ACTIVE
from service.domain.types import Json
from service.errors import AlreadyExists, Conflict, Damaged, NotFound, StorageError
from service.storage.sql import dataset_revisions
from service.storage.sql.clauses import is_created_by, is_named, now
from service.storage.sql.references import checked
from service.storage.sql.tables.datasets import dataset_chunks as chunks
from service.storage.sql.tables.datasets import dataset_files as files
from service.storage.sql.tables.datasets import dataset_names, datasets
from service.storage.sql.tables.jobs import job_datasets, jobs

PROFILE = "profile"

_ABANDONED_AFTER_SECONDS = 24 * 3600.0
_IS_PUBLISHED = datasets.c.fingerprint.is_not(None)
#: What a list shows; profiles and previews are large.
_LISTED = [
    *(column for column in datasets.c if column.name not in ("profiles", "preview")),
    dataset_revisions.REVISIONS,
    dataset_revisions.IS_NEWEST.label("is_newest"),
]
_READ = [*_LISTED, datasets.c.profiles]


def taken(name: str) -> str:
    """The message of the AlreadyExists that `begin`, `publish` and `rename` may meet."""
    return f"A data set named {name!r} exists already. Choose another name."


def begin(connection: sa.Connection, dataset: NewDataset, *, name: str | None = None) -> None:
    """With a name, nobody else can take it from now on. Raises AlreadyExists."""
    if name is not None:
        _check_free(connection, name, dataset.id)
    values = {
        "id": dataset.id,
        "name": name,
        "sha256": dataset.sha256,
        "filename": dataset.filename,
        "format": dataset.format,
        "options": dict(dataset.options),
        "size_bytes": dataset.size_bytes,
        "rows": dataset.rows,
        "columns": [{key: column[key] for key in column if key != PROFILE} for column in dataset.columns],
        "profiles": [column.get(PROFILE) for column in dataset.columns],
        "preview": list(dataset.preview),
        "warnings": list(dataset.warnings),
        "chunks": 0,
        "revision": 1,
        "created_at": now(),
        "created_by": dataset.created_by,
        "created_by_key": dataset.created_by_key,
        "origin": dataset.origin,
    }
    connection.execute(sa.insert(datasets).values(values))


def abandoned(connection: sa.Connection) -> str | None:
    """The id of a data set that was begun long ago and not published, or whose deletion was broken off.

    Not of one that a job still writes, however long that takes.
    """
    is_old = datasets.c.created_at < now() - _ABANDONED_AFTER_SECONDS
    is_written = sa.exists().where(jobs.c.output == datasets.c.id, jobs.c.status.in_(ACTIVE))
    wanted = sa.select(datasets.c.id).where(~_IS_PUBLISHED, is_old, ~is_written)
    found: str | None = connection.scalar(wanted.limit(1))
    return found


def give_up(connection: sa.Connection, job_id: str) -> None:
    """Leave what an ended job has not finished to be deleted; its name is free again."""
    output = sa.select(jobs.c.output).where(jobs.c.id == job_id).scalar_subquery()
    unfinished = sa.update(datasets).where(datasets.c.id == output, ~_IS_PUBLISHED)
    connection.execute(unfinished.values(name=None, created_at=0.0))


def chunk_rows(connection: sa.Connection, dataset_id: str) -> Sequence[int]:
    wanted = sa.select(chunks.c.rows).where(chunks.c.dataset_id == dataset_id).order_by(chunks.c.number)
    return list(connection.scalars(wanted))


def add_chunk(connection: sa.Connection, dataset_id: str, rows: int, data: bytes) -> None:
    count = sa.update(datasets).where(datasets.c.id == dataset_id, ~_IS_PUBLISHED).values(chunks=datasets.c.chunks + 1)
    after = connection.execute(count.returning(datasets.c.chunks)).scalar_one_or_none()
    if after is None:
        get(connection, dataset_id)
        raise Conflict("This data set is complete. No rows can be added to it.")
    digest = hashlib.sha256(data).hexdigest()
    values = {"dataset_id": dataset_id, "number": after - 1, "rows": rows, "sha256": digest, "bytes": data}
    connection.execute(sa.insert(chunks).values(values))


def add_file_piece(connection: sa.Connection, dataset_id: str, number: int, data: bytes) -> None:
    begun = sa.select(datasets.c.fingerprint).where(datasets.c.id == dataset_id).with_for_update(read=True)
    if (row := connection.execute(begun).one_or_none()) is None:
        raise _missing(dataset_id)
    if row.fingerprint is not None:
        raise Conflict("This data set is complete. Nothing can be added to its file.")
    values = {"dataset_id": dataset_id, "number": number, "sha256": hashlib.sha256(data).hexdigest(), "bytes": data}
    connection.execute(sa.insert(files).values(values))


def read_file_piece(connection: sa.Connection, dataset_id: str, number: int) -> bytes | None:
    wanted = sa.select(files.c.bytes, files.c.sha256)
    row = connection.execute(wanted.where(files.c.dataset_id == dataset_id, files.c.number == number)).one_or_none()
    if row is None:
        return None
    if hashlib.sha256(row.bytes).hexdigest() != row.sha256:
        raise Damaged(f"The file of data set {dataset_id} is damaged: piece {number} does not match its SHA-256.")
    data: bytes = row.bytes
    return data


def publish(connection: sa.Connection, dataset_id: str, name: str, fingerprint: str, *, is_revision: bool) -> Dataset:
    if is_revision:
        _check_not_further(connection, name)
        _check_not_written(connection, name)
        number = dataset_revisions.next_number(connection, name)
    else:
        _check_free(connection, name, dataset_id)
        number = dataset_revisions.first_number(connection, name)
    stored = sa.select(sa.func.coalesce(sa.func.sum(chunks.c.rows), 0)).where(chunks.c.dataset_id == dataset_id)
    change = sa.update(datasets).where(datasets.c.id == dataset_id)
    change = change.values(name=name, fingerprint=fingerprint, revision=number, created_at=now())
    rows = connection.scalar(change.returning(datasets.c.rows))
    if rows is None:
        raise _missing(dataset_id)
    if connection.scalar(stored) != rows:
        raise StorageError(f"The chunks of data set {dataset_id} do not hold the {rows} rows it should have.")
    return get(connection, dataset_id)


def find(connection: sa.Connection, fingerprint: str) -> Dataset | None:
    row = connection.execute(sa.select(*_READ).where(datasets.c.fingerprint == fingerprint)).one_or_none()
    return None if row is None else _dataset(row, row.profiles, _other_names(connection, row.id))


def get(connection: sa.Connection, ref: str) -> Dataset:
    """By id or by one of its names; an id goes first, then a whole name, and of its revisions the newest."""
    is_id = datasets.c.id == checked(ref)
    further = sa.select(dataset_names.c.dataset_id).where(dataset_names.c.name == ref)
    is_it = is_id | dataset_revisions.meant_by(ref) | datasets.c.id.in_(further)
    best = (is_id.desc(), (datasets.c.name == ref).desc(), datasets.c.revision.desc())
    found = sa.select(*_READ).where(is_it, _IS_PUBLISHED).order_by(*best)
    row = connection.execute(found.limit(1)).one_or_none()
    if row is None:
        raise _missing(ref)
    return _dataset(row, row.profiles, _other_names(connection, row.id))


def list_page(
    connection: sa.Connection,
    page: Page,
    *,
    names: Sequence[str] | None,
    created_by: str | None,
    name: str | None,
    all_revisions: bool,
) -> Sequence[Dataset]:
    wanted = sa.select(*_LISTED).where(_IS_PUBLISHED).order_by(datasets.c.id.desc()).limit(page.limit)
    if names is not None:
        wanted = wanted.where(is_named(datasets.c.name, names))
    if name is not None:
        wanted = wanted.where(datasets.c.name == name)
    if not all_revisions:
        wanted = wanted.where(dataset_revisions.IS_NEWEST)
    if created_by is not None:
        wanted = wanted.where(is_created_by(datasets, created_by))
    if page.after is not None:
        if connection.scalar(sa.select(datasets.c.id).where(datasets.c.id == page.after, _IS_PUBLISHED)) is None:
            raise _missing(page.after)
        wanted = wanted.where(datasets.c.id < page.after)
    return [_dataset(row, None) for row in connection.execute(wanted)]


def rename(connection: sa.Connection, dataset_id: str, name: str) -> Dataset:
    found = get(connection, dataset_id)
    if found.name == name:
        return found
    _check_free(connection, name, dataset_id)
    connection.execute(sa.delete(dataset_names).where(dataset_names.c.name == name))
    dataset_revisions.rename(connection, found.name, name)
    connection.execute(sa.update(datasets).where(datasets.c.name == found.name).values(name=name))
    return get(connection, dataset_id)


def add_name(connection: sa.Connection, dataset_id: str, name: str) -> Dataset:
    found = get(connection, dataset_id)
    if (name == found.name and found.is_newest) or name in found.other_names:
        return found
    _check_free(connection, name, dataset_id)
    connection.execute(sa.insert(dataset_names).values(name=name, dataset_id=dataset_id))
    return get(connection, dataset_id)


def _check_free(connection: sa.Connection, name: str, dataset_id: str) -> None:
    """Raises AlreadyExists where another data set has the name, as its first or as a further one."""
    owners = sa.union_all(
        sa.select(datasets.c.id).where(datasets.c.name == name),
        sa.select(dataset_names.c.dataset_id).where(dataset_names.c.name == name),
    )
    if any(owner != dataset_id for owner in connection.scalars(owners)):
        raise AlreadyExists(taken(name))


def _check_not_further(connection: sa.Connection, name: str) -> None:
    """Raises AlreadyExists where a data set has the name as a further one: it would mean two things."""
    owner = connection.scalar(sa.select(dataset_names.c.dataset_id).where(dataset_names.c.name == name))
    if owner is not None:
        first = get(connection, owner).name
        raise AlreadyExists(f"{name!r} is another name of the data set {first!r}. Add the revision to that one.")


def _check_not_written(connection: sa.Connection, name: str) -> None:
    """Raises AlreadyExists where a job is writing a data set of that name."""
    if connection.scalar(sa.select(datasets.c.id).where(datasets.c.name == name, ~_IS_PUBLISHED)) is not None:
        raise AlreadyExists(f"A job is writing the data set {name!r}. Add a revision once it has succeeded.")


def _other_names(connection: sa.Connection, dataset_id: str) -> Sequence[str]:
    wanted = (
        sa.select(dataset_names.c.name).where(dataset_names.c.dataset_id == dataset_id).order_by(dataset_names.c.name)
    )
    return tuple(connection.scalars(wanted))


def read_preview(connection: sa.Connection, dataset_id: str) -> Sequence[Json]:
    wanted = sa.select(datasets.c.preview).where(datasets.c.id == dataset_id, _IS_PUBLISHED)
    preview: Sequence[Json] | None = connection.scalar(wanted)
    if preview is None:
        raise _missing(dataset_id)
    return preview


def read_chunk(connection: sa.Connection, dataset_id: str, number: int) -> bytes:
    wanted = sa.select(chunks.c.bytes, chunks.c.sha256)
    row = connection.execute(wanted.where(chunks.c.dataset_id == dataset_id, chunks.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"Data set {dataset_id} has no chunk {number}.")
    if hashlib.sha256(row.bytes).hexdigest() != row.sha256:
        raise Damaged(
            f"Chunk {number} of data set {dataset_id} is damaged: it does not match its SHA-256. "
            "Delete the data set, and upload the file again."
        )
    data: bytes = row.bytes
    return data


def withdraw(connection: sa.Connection, dataset_id: str) -> None:
    """Hide it from everybody before it is deleted. Raises NotFound, and Conflict while a job needs it."""
    is_it = datasets.c.id == dataset_id
    if connection.scalar(sa.select(datasets.c.id).where(is_it).with_for_update()) is None:
        raise _missing(dataset_id)
    job_id = connection.scalar(sa.select(job_datasets.c.job_id).where(job_datasets.c.dataset_id == dataset_id).limit(1))
    if job_id is not None:
        raise Conflict(f"Job {job_id} needs this data set and has not ended. Cancel it first.")
    connection.execute(sa.update(datasets).where(is_it).values(name=None, fingerprint=None))
    connection.execute(sa.delete(dataset_names).where(dataset_names.c.dataset_id == dataset_id))


def lock_for(connection: sa.Connection, job_id: str, by_role: Mapping[str, str]) -> None:
    """Keep data sets for a job until it ends. Raises NotFound when one is not there any more."""
    for role, dataset_id in by_role.items():
        present = sa.select(datasets.c.id).where(datasets.c.id == dataset_id, _IS_PUBLISHED)
        if connection.scalar(present.with_for_update(read=True)) is None:
            raise _missing(dataset_id)
        connection.execute(sa.insert(job_datasets).values(job_id=job_id, role=role, dataset_id=dataset_id))


def held_for(connection: sa.Connection, job_id: str) -> dict[str, Dataset]:
    wanted = sa.select(job_datasets.c.role, job_datasets.c.dataset_id).where(job_datasets.c.job_id == job_id)
    return {role: get(connection, dataset_id) for role, dataset_id in connection.execute(wanted)}


def let_go_of(connection: sa.Connection, job_id: str) -> None:
    connection.execute(sa.delete(job_datasets).where(job_datasets.c.job_id == job_id))


def _missing(ref: str) -> NotFound:
    return NotFound(f"There is no data set {ref}.")


def _dataset(row: sa.Row[Any], profiles: Sequence[Json] | None, other_names: Sequence[str] = ()) -> Dataset:
    columns = row.columns
    if profiles is not None:
        columns = [{**column, PROFILE: profile} for column, profile in zip(columns, profiles, strict=True)]
    return Dataset(
        id=row.id,
        name=row.name,
        sha256=row.sha256,
        filename=row.filename,
        format=row.format,
        options=row.options,
        size_bytes=row.size_bytes,
        rows=row.rows,
        columns=columns,
        warnings=row.warnings,
        chunks=row.chunks,
        created_at=row.created_at,
        other_names=other_names,
        revision=row.revision,
        revisions=row.revisions,
        is_newest=row.is_newest,
        created_by=row.created_by,
        created_by_key=row.created_by_key,
        origin=row.origin,
    )
