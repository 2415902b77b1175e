"""The storage on an SQL database: each promise is one transaction around the functions of its noun."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa

from service.domain.epochs import Epoch
from service.domain.figures import Figures
from service.domain.idempotency import IdempotencyKey, StoredAnswer
from service.domain.job_kind import JobKind
from service.domain.jobs import Event, Job, NewJob
from service.domain.networks import Network
from service.domain.paging import Page
from service.domain.snapshots import NewSnapshot, Snapshot
from service.domain.status import RequestedState, Status
from service.domain.types import Json
from service.domain.versions import UNKNOWN, Creator
from service.storage.base import Storage
from service.storage.migrate import check_revision
from service.storage.sql import (
    callbacks,
    datasets,
    deletion,
    events,
    history,
    idempotency,
    jobs,
    leases,
    networks,
    queue_positions,
    reports,
    requested_states,
    sampling,
    snapshot_deletion,
    snapshot_names,
    snapshots,
    stored_bytes,
    totals,
)
from service.storage.sql.answer_storage import SqlAnswers
from service.storage.sql.audit_storage import SqlAudit
from service.storage.sql.dataset_storage import SqlDatasets
from service.storage.sql.job_search_storage import SqlJobSearch
from service.storage.sql.key_storage import SqlKeys
from service.storage.sql.model_storage import SqlModels
from service.storage.sql.report_storage import SqlReports
from service.storage.sql.run_storage import SqlRuns
from service.storage.sql.schedule_storage import SqlSchedules
from service.storage.sql.search_storage import SqlSearches
from service.storage.sql.session_storage import SqlSessions
from service.storage.sql.steering_storage import SqlSteering
from service.storage.sql.transaction import Transactions
from service.storage.sql.version import DataVersion, version_of
from service.storage.sql.version_storage import SqlVersions
from service.storage.sql.watch_storage import SqlWatches


class SqlStorage(
    SqlAnswers,
    SqlAudit,
    SqlDatasets,
    SqlJobSearch,
    SqlKeys,
    SqlSessions,
    SqlReports,
    SqlRuns,
    SqlSchedules,
    SqlSearches,
    SqlSteering,
    SqlVersions,
    SqlModels,
    SqlWatches,
    Storage,
):
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._transactions = Transactions(engine)
        self._reading = self._transactions.reading
        self._writing = self._transactions.writing
        self._data_version = DataVersion(engine) if engine.dialect.name == "sqlite" else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._writing():
            yield

    def deferred_transaction(self, before: Callable[[], None]) -> AbstractContextManager[None]:
        return self._transactions.deferred(before)

    def on_commit(self, action: Callable[[], None]) -> None:
        self._transactions.on_commit(action)

    def ping(self) -> None:
        with self._reading() as connection:
            connection.execute(sa.select(1))

    def free_bytes(self) -> int | None:
        file = self._engine.url.database if self._engine.dialect.name == "sqlite" else None
        return shutil.disk_usage(Path(file).absolute().parent).free if file else None

    def check_schema(self) -> None:
        with self._reading() as connection:
            check_revision(connection)

    def close(self) -> None:
        if self._data_version is not None:
            self._data_version.close()
        self._engine.dispose()

    # -- idempotency -------------------------------------------------------------------------------------------------

    def claim_key(self, key: IdempotencyKey, *, lifetime_seconds: float) -> StoredAnswer | None:
        with self._writing() as connection:
            return idempotency.claim(connection, key, lifetime_seconds=lifetime_seconds)

    def find_answer(self, key: IdempotencyKey) -> StoredAnswer | None:
        with self._reading() as connection:
            return idempotency.find(connection, key)

    def keep_answer(self, key: IdempotencyKey, answer: StoredAnswer) -> None:
        with self._writing() as connection:
            idempotency.keep_answer(connection, key, answer)

    # -- networks ----------------------------------------------------------------------------------------------------

    def create_network(self, network: Network, initial: NewSnapshot) -> Network:
        row, first = networks.row_of(network), snapshots.row_of(initial)
        with self._writing(taken=networks.name_taken(network.name)) as connection:
            created = networks.create(connection, network, row)
            snapshots.add(connection, initial, first)
            return created

    def get_network(self, ref: str) -> Network:
        with self._reading() as connection:
            return networks.get(connection, ref)

    def list_networks(
        self,
        page: Page,
        *,
        tags: Mapping[str, str] | None = None,
        names: Sequence[str] | None = None,
        created_by: str | None = None,
        search_id: str | None = None,
    ) -> Sequence[Network]:
        with self._reading() as connection:
            return networks.list_page(
                connection, page, tags=tags, names=names, created_by=created_by, search_id=search_id
            )

    def version_of(self, network_ref: str, snapshot_ref: str) -> Hashable:
        if self._data_version is not None:
            return self._data_version.read()
        with self._reading() as connection:
            return version_of(connection, network_ref, snapshot_ref)

    def update_network(
        self,
        network_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        unloaded: bool | None = None,
    ) -> Network:
        changes = {"name": name, "description": description, "unloaded": unloaded}
        with self._writing(taken=networks.name_taken(name)) as connection:
            return networks.update(connection, network_id, changes, tags=tags)

    def delete_network(self, network_id: str) -> None:
        deletion.delete_network(self._transactions, network_id)

    # -- jobs, as the user sees them ---------------------------------------------------------------------------------

    def create_job(self, job: NewJob) -> Job:
        row, name = jobs.row_of(job), job.output_name
        with self._writing(taken=None if name is None else datasets.taken(name)) as connection:
            created = jobs.create(connection, job, row)
            if job.callback is not None:
                callbacks.add(connection, job.id, job.callback)
            if job.report is not None:
                reports.add(connection, job.id, job.report)
            return created

    def stored_bytes(self) -> Mapping[str, int]:
        with self._reading() as connection:
            return stored_bytes.by_kind(connection)

    def stored_bytes_of(self, creator: Creator) -> Mapping[str, int]:
        with self._reading() as connection:
            return stored_bytes.of_creator(connection, creator)

    def figures(self) -> Figures:
        with self._reading() as connection:
            return totals.figures(connection)

    def get_job(self, job_id: str) -> Job:
        with self._reading() as connection:
            return jobs.get(connection, job_id)

    def read_job_data(self, job_id: str) -> bytes:
        with self._reading() as connection:
            return jobs.read_data(connection, job_id)

    def list_jobs(
        self,
        page: Page,
        *,
        network_id: str | None = None,
        statuses: Sequence[Status] | None = None,
        names: Sequence[str] | None = None,
        created_by: str | None = None,
        kind: JobKind | None = None,
        restart_of: str | None = None,
        restarts: bool = True,
        search_id: str | None = None,
    ) -> Sequence[Job]:
        with self._reading() as connection:
            return jobs.list_page(
                connection,
                page,
                network_id=network_id,
                statuses=statuses,
                names=names,
                created_by=created_by,
                kind=kind,
                restart_of=restart_of,
                restarts=restarts,
                search_id=search_id,
            )

    def count_jobs(self, statuses: Sequence[Status], *, creator: Creator | None = None) -> int:
        with self._reading() as connection:
            return jobs.count(connection, statuses, creator)

    def queue_positions(self, job_ids: Sequence[str]) -> Mapping[str, int]:
        with self._reading() as connection:
            return queue_positions.read(connection, job_ids)

    def set_requested_state(self, job_id: str, requested_state: RequestedState) -> Job:
        with self._writing() as connection:
            return requested_states.set_requested_state(connection, job_id, requested_state)

    def delete_job(self, job_id: str) -> None:
        deletion.delete_job(self._transactions, job_id)

    # -- history -----------------------------------------------------------------------------------------------------

    def history(
        self,
        job_ids: Sequence[str] | None,
        *,
        network_id: str | None = None,
        from_epoch: int | None = None,
        to_epoch: int | None = None,
        every: int = 1,
        after: tuple[str, int] | None = None,
        limit: int = 1000,
    ) -> Sequence[Epoch]:
        wanted = history.in_range(from_epoch, to_epoch, every)
        with self._reading() as connection:
            return history.page(connection, job_ids, network_id=network_id, wanted=wanted, after=after, limit=limit)

    def newest_epochs(self, job_ids: Sequence[str], *, names: Sequence[str] | None = None) -> Mapping[str, Epoch]:
        with self._reading() as connection:
            return history.newest(connection, job_ids, names)

    def sampled_history(
        self,
        job_id: str,
        *,
        max_points: int,
        from_epoch: int | None = None,
        to_epoch: int | None = None,
        every: int = 1,
    ) -> Sequence[Epoch]:
        with self._reading() as connection:
            return sampling.sample(
                connection, job_id, max_points=max_points, from_epoch=from_epoch, to_epoch=to_epoch, every=every
            )

    # -- snapshots ---------------------------------------------------------------------------------------------------

    def add_snapshot(
        self,
        snapshot: NewSnapshot,
        *,
        token: int | None = None,
        periodic_stride: int | None = None,
        by: Creator = UNKNOWN,
    ) -> Snapshot:
        row = snapshots.row_of(snapshot)
        with self._writing() as connection:
            if token is not None:
                leases.hold(connection, snapshot.job_id or "", token)
            added = snapshots.add(connection, snapshot, row, periodic_stride=periodic_stride)
            if snapshot.alias is not None:
                added = snapshot_names.name_new(connection, added, snapshot.alias, by)
            return added

    def find_snapshot(self, network_id: str, ref: str) -> Snapshot:
        return self.choose_snapshot(network_id, ref).snapshot

    def list_snapshots(self, network_id: str, page: Page, *, job_id: str | None = None) -> Sequence[Snapshot]:
        with self._reading() as connection:
            return snapshots.list_page(connection, network_id, page, job_id=job_id)

    def same_weights(self, network_id: str, sha256: str) -> Sequence[Snapshot]:
        with self._reading() as connection:
            return snapshots.with_digest(connection, network_id, sha256)

    def read_snapshot_values(self, snapshot_id: str) -> bytes:
        with self._reading() as connection:
            return snapshots.read_values(connection, snapshot_id)

    def set_snapshot_alias(self, snapshot_id: str, alias: str | None, *, by: Creator = UNKNOWN) -> Snapshot:
        with self._writing() as connection:
            return snapshot_names.set_alias(connection, snapshot_id, alias, by)

    def delete_snapshot(self, snapshot_id: str) -> None:
        with self._writing() as connection:
            snapshot_deletion.delete(connection, snapshot_id)

    # -- events ------------------------------------------------------------------------------------------------------

    def add_event(self, job_id: str, kind: str, data: Json) -> Event:
        with self._writing() as connection:
            return events.add(connection, job_id, kind, data)

    def list_events(self, job_id: str, *, after: int = 0, limit: int = 100) -> Sequence[Event]:
        with self._reading() as connection:
            return events.list_after(connection, job_id, after=after, limit=limit)
