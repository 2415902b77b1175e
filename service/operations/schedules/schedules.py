"""Make, read, change and delete schedules; `service.operations.schedules.runs` runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.ids import new_id
from service.domain.paging import Page
from service.domain.schedules import NewSchedule, Schedule
from service.domain.types import Json
from service.errors import FieldError, Invalid
from service.operations import names
from service.operations.backend import Backend
from service.operations.schedules import cron
from service.operations.training.options import with_options
from service.operations.training.submit import check_training
from service.operations.validation import below, invalid, naming

ID_PREFIX = "sched_"
NETWORK, DATASET, PAUSED = "network", "dataset", "paused"


def create_schedule(backend: Backend, body: Mapping[str, Any]) -> Schedule:
    """Raises Invalid for all that `POST /train` would reject now, NotFound, AlreadyExists."""
    train, caller = _in_full(body["train"]), backend.caller
    _check_name(body.get("name"))
    cron.check(body["cron"], body["timezone"])
    network_id = _check_training(backend, train)
    if (network := body.get(NETWORK)) is not None and network not in (network_id, train[NETWORK]):
        raise invalid(NETWORK, "must be left out, or the network of train")
    schedule = NewSchedule(
        id=new_id(ID_PREFIX.removesuffix("_")),
        name=body.get("name"),
        network_id=network_id,
        cron=body["cron"],
        timezone=body["timezone"],
        train={key: value for key, value in train.items() if key != NETWORK},
        if_changed=body["if_changed"],
        next_at=_next_time(backend, body),
        created_by=caller.label,
        created_by_key=caller.key_id,
        networks=caller.networks,
    )
    with backend.storage.transaction():
        made = backend.storage.add_schedule(schedule)
        if body.get("state") != PAUSED:
            return made
        return backend.storage.update_schedule(made.id, {PAUSED: True, "next_at": None})


def get_schedule(backend: Backend, ref: str) -> Schedule:
    """By id or by name. Raises NotFound."""
    return backend.storage.get_schedule(ref)


def list_schedules(backend: Backend, page: Page, *, network: str | None = None) -> Sequence[Schedule]:
    """Newest first."""
    network_id = None if network is None else backend.storage.get_network(network).id
    return backend.storage.list_schedules(page, network_id=network_id)


def update_schedule(backend: Backend, ref: str, changes: Mapping[str, Any]) -> Schedule:
    """Change its name, times or condition; pause or resume it. Raises Invalid, NotFound, AlreadyExists."""
    found = backend.storage.get_schedule(ref)
    _check_name(changes.get("name"))
    times = {"cron": found.cron, "timezone": found.timezone, **changes}
    cron.check(times["cron"], times["timezone"])
    paused = changes.get("paused", found.paused)
    resumed = changes.get("paused") is False and found.next_at is None
    values: dict[str, Any] = {**changes, **(_owned_by(backend, found) if resumed else {})}
    is_off = paused or (found.stopped is not None and not resumed)
    if is_off or resumed or {"cron", "timezone"} & changes.keys():
        values["next_at"] = None if is_off else _next_time(backend, times)
    return backend.storage.update_schedule(found.id, values)


def delete_schedule(backend: Backend, ref: str) -> None:
    """Its jobs stay. Raises NotFound."""
    backend.storage.delete_schedule(backend.storage.get_schedule(ref).id)


def request_of(schedule: Schedule) -> dict[str, Any]:
    """The body of `POST /train` that a run sends."""
    return {NETWORK: schedule.network_id, **schedule.train}


def _in_full(train: Mapping[str, Any]) -> Mapping[str, Any]:
    """With what the options of a job say, whose data set is followed by its name."""
    with below("train"):
        return with_options(train, dataset="name")


def _owned_by(backend: Backend, schedule: Schedule) -> Json:
    """Who resumes a schedule is whose rights it has from now on."""
    caller = backend.caller
    _check_training(backend, request_of(schedule))
    owner = {"created_by": caller.label, "created_by_key": caller.key_id, "networks": caller.networks}
    return {"stopped": None, **owner}


def _next_time(backend: Backend, times: Mapping[str, Any]) -> float:
    return cron.next_time(times["cron"], times["timezone"], backend.storage.read_clock())


def _check_name(name: str | None) -> None:
    if name is None:
        return
    issues = list(names.name_issues(name))
    if name.startswith(ID_PREFIX):
        issues.append(FieldError(("name",), f"must not begin with {ID_PREFIX}, as ids do"))
    if issues:
        raise Invalid(fields=issues)


def _check_training(backend: Backend, train: Mapping[str, Any]) -> str:
    """The id of the network. Raises Invalid and NotFound with paths below `train`."""
    with below("train"):
        if issues := list(_train_issues(backend, train)):
            raise Invalid(fields=issues)
        return check_training(backend, train).id


def _train_issues(backend: Backend, train: Mapping[str, Any]) -> Sequence[FieldError]:
    issues = [
        FieldError((name,), message)
        for name, message in (
            ("data", "must be a dataset: rows that never change need no schedule"),
            ("callback_secret", "must be left out: it would be stored; set FEEDFORWARD_CALLBACK_SECRET instead"),
        )
        if train.get(name) is not None
    ]
    ref = train.get(DATASET)
    if ref is None:
        return [*issues, FieldError((DATASET,), "is required")]
    with naming("data set", DATASET):
        found = backend.storage.get_dataset(ref)
    if ref != found.name:
        issues.append(FieldError((DATASET,), f"must be the name {found.name}: a run reads its newest revision"))
    return issues
