"""A storage as one caller may see it: what is not theirs is not there.

Every operation gets at networks, jobs, snapshots and data sets through its storage alone, so the right to an object is
checked where a reference is resolved, whatever the operation. A method that stands in no table here cannot be called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from service.domain.access import Caller
from service.domain.datasets import Dataset
from service.domain.epochs import Epoch
from service.domain.job_search import JobSearch
from service.domain.jobs import Job, NewJob
from service.domain.monitoring import Answer
from service.domain.networks import Network
from service.domain.paging import Page
from service.domain.schedules import NewSchedule, Schedule
from service.domain.searches import NewSearch, Search
from service.domain.snapshots import NewSnapshot
from service.domain.status import Status
from service.domain.versions import Alias, NamedModel, NewMove, NewVersion, Version
from service.errors import Forbidden, Hidden, NotFound
from service.storage.answers import RowId
from service.storage.base import Storage

#: They tell of no object, or are only called with what another method has brought.
OPEN = frozenset(
    {
        "transaction",
        "deferred_transaction",
        "on_commit",
        "find_answer",
        "ping",
        "free_bytes",
        "check_schema",
        "claim_key",
        "keep_answer",
        "count_workers",
        "count_jobs",
        "read_clock",
        "stored_bytes_of",
        "search_figures",
        "best_trials",
    }
    | {"queue_positions", "best_jobs", "version_of", "version_of_model", "begin_dataset", "add_chunk", "add_file_piece"}
    # The id of a snapshot is only found within its network, by `find_snapshot` or `list_snapshots`.
    | {"read_snapshot_values", "read_reference", "keep_reference", "set_snapshot_alias", "delete_snapshot"}
)
#: Their first argument is the id of something that the caller must see.
OF_NETWORK = frozenset(
    {"delete_network", "find_snapshot", "list_snapshots", "choose_snapshot", "same_weights"}
    | {"get_version", "list_versions", "delete_version"}
    | {"set_answer_log", "read_answers", "set_actuals", "stored_answers", "delete_answers"}
    | {"get_watch", "list_network_events"}
)
#: A network, or a model.
OF_OWNER = frozenset({"get_alias", "list_aliases", "list_alias_moves", "roll_back_alias", "remove_alias"})
#: Who may see a model is answered by whatever network it points at.
OF_MODEL = frozenset({"delete_model", "choose_for_model"})
OF_JOB = frozenset(
    {
        "read_job_data",
        "set_requested_state",
        "resume_job",
        "watch_job",
        "read_frames",
        "newest_weights",
        "delete_job",
        "describe_job",
        "sampled_history",
        "get_report",
        "add_event",
        "list_events",
    }
)
OF_SCHEDULE = frozenset({"update_schedule", "delete_schedule", "end_run"})
OF_SEARCH = frozenset(
    {
        "lock_search",
        "update_search",
        "add_trial",
        "get_trial",
        "get_trials",
        "list_trials",
        "count_trials",
        "last_point",
        "list_steps",
        "delete_search",
    }
)
OF_DATASET = frozenset({"read_preview", "read_chunk", "read_file_piece", "chunk_rows"})
#: For workers, the command line and the service itself.
NEVER = frozenset(
    {
        "close",
        "add_answers",
        "stored_bytes",
        "figures",
        "claim",
        "claim_next",
        "jobs_beside",
        "get_jobs",
        "heartbeat",
        "add_epochs",
        "record_preparation",
        "record_findings",
        "save_checkpoint",
        "add_frames",
        "forget_frames",
        "store_block",
        "publish_output",
        "delete_abandoned_datasets",
        "finish",
        "release",
        "sweep",
    }
    | {"due_schedules", "begin_run", "due_watches", "begin_look", "end_look"}
    | {"due_searches", "update_trial", "set_step"}
    | {"lost_jobs", "claim_callback", "settle_callback", "heartbeat_worker", "forget_worker"}
    | {"claim_report", "advance_report", "settle_report"}
    | {
        "add_session",
        "find_session",
        "list_sessions",
        "touch_session",
        "end_session",
        "add_sign_in",
        "use_sign_in",
        "add_key",
        "find_key",
        "get_key",
        "list_keys",
        "replace_key",
        "revoke_key",
        "touch_key",
    }
    | {"needs_keys", "has_living_key", "open_without_keys", "add_audit", "list_audit", "forget_audit"}
)


def guarded(storage: Storage, caller: Caller) -> Storage:
    """The storage itself for somebody who may see everything."""
    return storage if caller.networks is None else cast(Storage, GuardedStorage(storage, caller))


class GuardedStorage:
    """Passes on what its tables allow; the methods below check what they bring, or what they are given."""

    def __init__(self, storage: Storage, caller: Caller) -> None:
        self._storage = storage
        self._caller = caller

    def __getattr__(self, name: str) -> Callable[..., Any]:
        check = self._check_of(name)
        method = getattr(self._storage, name)

        def checked(*arguments: Any, **options: Any) -> Any:
            if check is not None:
                check(arguments[0])
            return method(*arguments, **options)

        return checked

    def _check_of(self, name: str) -> Callable[[str], object] | None:
        if name in OPEN:
            return None
        for names, check in (
            (OF_NETWORK, self.get_network),
            (OF_JOB, self.get_job),
            (OF_SCHEDULE, self.get_schedule),
            (OF_SEARCH, self.get_search),
            (OF_DATASET, self.get_dataset),
            (OF_OWNER, self._check_owner),
            (OF_MODEL, self.get_model),
        ):
            if name in names:
                return cast(Callable[[str], object], check)
        raise AttributeError(f"{name} is not for callers with restricted rights")

    # -- networks ----------------------------------------------------------------------------------------------------

    def get_network(self, ref: str) -> Network:
        network = self._storage.get_network(ref)
        if not self._caller.sees(network.name):
            raise Hidden(f"There is no network {ref}.", path=f"networks/{ref}")
        return network

    def list_networks(self, page: Page, **options: Any) -> Sequence[Network]:
        return self._storage.list_networks(page, names=self._caller.networks, **options)

    def create_network(self, network: Network, initial: NewSnapshot) -> Network:
        self._check_name(network.name)
        return self._storage.create_network(network, initial)

    def update_network(self, network_id: str, **changes: Any) -> Network:
        self.get_network(network_id)
        if changes.get("name") is not None:
            self._check_name(changes["name"])
        return self._storage.update_network(network_id, **changes)

    def add_snapshot(self, snapshot: NewSnapshot, **options: Any) -> Any:
        self.get_network(snapshot.network_id)
        return self._storage.add_snapshot(snapshot, **options)

    def publish_version(self, version: NewVersion) -> Version:
        self.get_network(version.network_id)
        return self._storage.publish_version(version)

    def move_alias(self, move: NewMove) -> Alias:
        self._check_owner(move.owner_id)
        self.get_network(move.network_id)
        return self._storage.move_alias(move)

    def _check_owner(self, owner_id: str) -> object:
        return self.get_model(owner_id) if owner_id.startswith("mdl_") else self.get_network(owner_id)

    # -- models ------------------------------------------------------------------------------------------------------

    def get_model(self, ref: str) -> NamedModel:
        model = self._storage.get_model(ref)
        if not self._caller.sees(model.name):
            raise Hidden(f"There is no model {ref}.", path=f"models/{ref}")
        return model

    def ensure_model(self, name: str, **options: Any) -> NamedModel:
        self._check_name(name)
        return self._storage.ensure_model(name, **options)

    def list_models(self, page: Page) -> Sequence[NamedModel]:
        return self._storage.list_models(page, names=self._caller.networks)

    # -- answers -----------------------------------------------------------------------------------------------------

    def find_answers(self, rows: Sequence[RowId]) -> Sequence[Answer]:
        """Those of networks that the caller may see."""
        found = self._storage.find_answers(rows)
        seen = {network_id for network_id in {answer.network_id for answer in found} if self._sees(network_id)}
        return [answer for answer in found if answer.network_id in seen]

    def _sees(self, network_id: str) -> bool:
        try:
            self.get_network(network_id)
        except NotFound:
            return False
        return True

    # -- jobs --------------------------------------------------------------------------------------------------------

    def get_job(self, job_id: str) -> Job:
        job = self._storage.get_job(job_id)
        if not self._caller.sees(job.network_name):
            raise Hidden(f"There is no job {job_id}.", path=f"jobs/{job_id}")
        return job

    def list_jobs(self, page: Page, **options: Any) -> Sequence[Job]:
        return self._storage.list_jobs(page, names=self._caller.networks, **options)

    def find_jobs(self, search: JobSearch, *options: Any) -> Sequence[Job]:
        return self._storage.find_jobs(replace(search, names=self._caller.networks), *options)

    def count_found_jobs(self, search: JobSearch) -> Mapping[Status, int]:
        return self._storage.count_found_jobs(replace(search, names=self._caller.networks))

    def create_job(self, job: NewJob) -> Job:
        self.get_network(job.network_id)
        for dataset_id in job.datasets.values():
            self.get_dataset(dataset_id)
        if job.output_name is not None:
            self._check_name(job.output_name)
        return self._storage.create_job(job)

    def history(
        self, job_ids: Sequence[str] | None, *, network_id: str | None = None, **options: Any
    ) -> Sequence[Epoch]:
        if job_ids is None and network_id is None:
            raise NotFound("A history is that of a network or of jobs.")
        for job_id in job_ids or ():
            self.get_job(job_id)
        if network_id is not None:
            self.get_network(network_id)
        return self._storage.history(job_ids, network_id=network_id, **options)

    def newest_epochs(self, job_ids: Sequence[str], **options: Any) -> Mapping[str, Epoch]:
        return self._storage.newest_epochs(job_ids, names=self._caller.networks, **options)

    def served_versions(self, network_ids: Sequence[str], **options: Any) -> Mapping[str, Sequence[str]]:
        return self._storage.served_versions(network_ids, names=self._caller.networks, **options)

    # -- schedules ---------------------------------------------------------------------------------------------------

    def get_schedule(self, ref: str) -> Schedule:
        schedule = self._storage.get_schedule(ref)
        if not self._caller.sees(schedule.network_name):
            raise Hidden(f"There is no schedule {ref}.", path=f"schedules/{ref}")
        return schedule

    def list_schedules(self, page: Page, **options: Any) -> Sequence[Schedule]:
        return self._storage.list_schedules(page, names=self._caller.networks, **options)

    def add_schedule(self, schedule: NewSchedule) -> Schedule:
        self.get_network(schedule.network_id)
        return self._storage.add_schedule(schedule)

    # -- searches ----------------------------------------------------------------------------------------------------

    def get_search(self, ref: str) -> Search:
        search = self._storage.get_search(ref)
        if not self._caller.sees(search.name):
            raise Hidden(f"There is no search {ref}.", path=f"searches/{ref}")
        return search

    def list_searches(self, page: Page) -> Sequence[Search]:
        return self._storage.list_searches(page, names=self._caller.networks)

    def add_search(self, search: NewSearch) -> Search:
        self._check_name(search.name)
        return self._storage.add_search(search)

    # -- data sets ---------------------------------------------------------------------------------------------------

    def get_dataset(self, ref: str) -> Dataset:
        dataset = self._storage.get_dataset(ref)
        if not self._caller.sees(dataset.name):
            raise Hidden(f"There is no data set {ref}.", path=f"datasets/{ref}")
        return self._seen(dataset)

    def _seen(self, dataset: Dataset) -> Dataset:
        """Without further names that the caller may not see."""
        return replace(dataset, other_names=tuple(filter(self._caller.sees, dataset.other_names)))

    def list_datasets(self, page: Page, **options: Any) -> Sequence[Dataset]:
        return self._storage.list_datasets(page, names=self._caller.networks, **options)

    def find_dataset(self, fingerprint: str) -> Dataset | None:
        """The same bytes are only known again among data sets that the caller may see."""
        for known in (fingerprint, self._own(fingerprint)):
            dataset = self._storage.find_dataset(known)
            if dataset is not None and self._caller.sees(dataset.name):
                return self._seen(dataset)
        return None

    def publish_dataset(self, dataset_id: str, *, name: str, fingerprint: str, **options: Any) -> Dataset:
        """Under a fingerprint of the caller's own where somebody else has the same bytes."""
        self._check_name(name)
        other = self._storage.find_dataset(fingerprint)
        if other is not None and not self._caller.sees(other.name):
            fingerprint = self._own(fingerprint)
        return self._storage.publish_dataset(dataset_id, name=name, fingerprint=fingerprint, **options)

    def rename_dataset(self, dataset_id: str, name: str) -> Dataset:
        self.get_dataset(dataset_id)
        self._check_name(name)
        return self._seen(self._storage.rename_dataset(dataset_id, name))

    def add_dataset_name(self, dataset_id: str, name: str) -> Dataset:
        self.get_dataset(dataset_id)
        self._check_name(name)
        return self._seen(self._storage.add_dataset_name(dataset_id, name))

    def delete_dataset(self, dataset_id: str) -> None:
        """One that was never published belongs to the upload that is giving it up."""
        if self._is_published(dataset_id):
            self.get_dataset(dataset_id)
        self._storage.delete_dataset(dataset_id)

    def _is_published(self, dataset_id: str) -> bool:
        try:
            self._storage.get_dataset(dataset_id)
        except NotFound:
            return False
        return True

    def _own(self, fingerprint: str) -> str:
        return hashlib.sha256(f"{fingerprint} {self._caller.networks}".encode()).hexdigest()

    def _check_name(self, name: str) -> None:
        if not self._caller.sees(name):
            raise Forbidden(f"Your key may only use names that match {', '.join(self._caller.networks or ())}.")
