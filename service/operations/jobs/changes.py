"""Other options for a paused job: what may change with the state of its run, and why the rest may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.domain.jobs import ChangedOptions, Job
from service.engine.training.spec import TrainingSpec
from service.errors import FieldError, Invalid
from service.jobs.options import JobOptions
from service.operations.backend import Backend
from service.operations.models.models import compiled, record_signature
from service.operations.validation import invalid_fields
from service.schema.rules import shown, unknown
from service.schema.validation import SpecError, ValidationIssue

EPOCHS, OPTIMIZER, SCHEDULE, CLIPPING, EARLY_STOPPING = "epochs", "optimizer", "schedule", "clipping", "early_stopping"
CHANGEABLE = (EPOCHS, OPTIMIZER, SCHEDULE, CLIPPING, EARLY_STOPPING)
#: Why another option of a training stays as it is.
FIXED = {
    "batch_size": "the steps of its run, and with them its schedule, are counted in batches of one size",
    "shuffle": "the order of its rows belongs to the state of its run",
    "seed": "the order of its rows and its dropout are drawn already",
    "metrics": "its history would lack them in the epochs before",
    "threads": "each thread of its run has a random generator of its own",
    "snapshots": "which weights are kept was decided when it was submitted",
}
INSTEAD = "Submit a new training with it."

#: The path of an option, and what is wrong with it.
Issues = Iterator[tuple[tuple[str, ...], str]]


def changed_options(backend: Backend, job: Job, given: Any) -> ChangedOptions | None:
    """Raises Invalid with everything that is wrong; None where nothing is another."""
    before = JobOptions.from_json(job.options).training
    with invalid_fields("options"):
        after = merged_training(before, given, CHANGEABLE, FIXED)
    if issues := [*_issues(backend, job, before, after), *_early_stopping_issues(job, before, after)]:
        raise Invalid(fields=[FieldError(("options", *path), message) for path, message in issues])
    with invalid_fields("options"):
        check_fits(backend, job, after)
    old, new = before.to_json(), after.to_json()
    changes = {name: {"before": old[name], "after": new[name]} for name in CHANGEABLE if old[name] != new[name]}
    if not changes:
        return None
    return ChangedOptions(options={**job.options, "training": new}, epochs=after.epochs, changes=changes)


def merged_training(
    before: TrainingSpec, given: Any, changeable: Sequence[str], fixed: Mapping[str, str]
) -> TrainingSpec:
    """A training with some other options; `fixed` says why an option cannot change. Raises SpecError."""
    if not isinstance(given, Mapping):
        raise SpecError([ValidationIssue((), f"must be an object, got {shown(given)}")])
    if issues := [
        ValidationIssue((name,), _why_not(name, before, changeable, fixed)) for name in given if name not in changeable
    ]:
        raise SpecError(issues)
    present = before.to_json()
    return TrainingSpec.from_json({**present, **{name: _merged(present[name], given[name]) for name in given}})


def _why_not(name: str, before: TrainingSpec, changeable: Sequence[str], fixed: Mapping[str, str]) -> str:
    if name in before.optimizer.to_json():
        return f'is a field of optimizer: {{"optimizer": {{"{name}": …}}}}'
    return f"cannot change: {fixed[name]}. {INSTEAD}" if name in fixed else unknown(name, changeable, "option")


def _merged(present: Any, given: Any) -> Any:
    """An object without a type changes the fields it names; any other value takes the place of the present one."""
    if isinstance(given, Mapping) and isinstance(present, Mapping) and "type" not in given:
        return {**present, **given}
    return given


def _issues(backend: Backend, job: Job, before: TrainingSpec, after: TrainingSpec) -> Issues:
    if after.epochs <= job.epoch:
        yield (EPOCHS,), f"must be more than {job.epoch}, the epoch that the job has reached, got {after.epochs}"
    elif after.epochs > backend.limits.max_epochs:
        yield (EPOCHS,), f"must be at most {backend.limits.max_epochs}, got {after.epochs}"
    if after.optimizer.name != before.optimizer.name:
        reason = f"must stay {before.optimizer.name}: no other optimizer can use its memory of the gradients so far"
        yield (OPTIMIZER, "type"), f"{reason}. {INSTEAD}"
    followed = before.schedule.monitored
    if followed is not None and after.schedule.monitored not in (None, followed):
        yield (SCHEDULE, "monitor"), f"must stay {followed}, which the schedule has followed so far"


def _early_stopping_issues(job: Job, before: TrainingSpec, after: TrainingSpec) -> Issues:
    usual = "val_loss" if job.options.get("validation") else "loss"
    was, now = before.monitor or usual, after.monitor or usual
    if was != now:
        path = (EARLY_STOPPING, "monitor") if after.early_stopping else (EARLY_STOPPING,)
        yield path, f"must still monitor {was}, by which the best epoch so far was chosen; this would be {now}"
    elif _restores_best(after) and not _restores_best(before):
        yield (EARLY_STOPPING, "restore_best"), "must be false: the best weights so far were not kept"


def _restores_best(training: TrainingSpec) -> bool:
    return training.early_stopping is not None and training.early_stopping.restore_best


def check_fits(backend: Backend, job: Job, training: TrainingSpec) -> None:
    """Raises SpecError where it does not fit the job's network or rows."""
    record = backend.storage.get_network(job.network_id)
    signature = record_signature(record, compiled(backend, record))
    training.check(signature.network, validated=bool(job.options.get("validation")), kind=signature.kind)
