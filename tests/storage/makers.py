"""What the storage tests store, and threads that act at one moment."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from service.domain.datasets import NewDataset
from service.domain.epochs import Epoch
from service.domain.ids import new_id
from service.domain.jobs import NewJob
from service.domain.networks import Network
from service.domain.runs import Checkpoint
from service.domain.snapshots import NewSnapshot
from service.storage.sql.engine import make_engine

LEASE_SECONDS = 60.0


def network(**changes):
    identifier = new_id("net")
    values = {
        "id": identifier,
        "name": f"name of {identifier}",
        "description": "",
        "tags": {},
        "spec": {"layers": [{"type": "dense", "units": 1}]},
        "features": None,
        "labels": None,
        "inputs": 2,
        "outputs": 1,
        "parameter_count": 3,
        "created_at": 0.0,
        "updated_at": 0.0,
    }
    return Network(**{**values, **changes})


def snapshot(network_id, **changes):
    values = {
        "id": new_id("snap"),
        "network_id": network_id,
        "job_id": None,
        "epoch": 0,
        "kind": "imported",
        "dtype": "float32",
        "manifest": [{"name": "dense_1.weights", "shape": [2, 1], "dtype": "float32", "offset": 0}],
        "values": b"weights",
    }
    return NewSnapshot(**{**values, **changes})


def stored_network(storage, *, initial=b"initial", **changes):
    wanted = network(**changes)
    return storage.create_network(wanted, snapshot(wanted.id, kind="initial", values=initial))


def stored_job(storage, network_id=None, **changes):
    values = {
        "id": new_id("job"),
        "network_id": network_id or stored_network(storage).id,
        "options": {"training": {"epochs": 10}},
        "epochs": 10,
        "rows": 3,
        "data": b"rows",
    }
    return storage.create_job(NewJob(**{**values, **changes}))


def dataset(**changes):
    values = {
        "id": new_id("ds"),
        "sha256": "5ha",
        "filename": "table.csv",
        "format": "csv",
        "options": {},
        "size_bytes": 10,
        "rows": 3,
        "columns": [{"name": "fat", "type": "number", "profile": {"missing": 1, "mean": 0.5}}],
        "preview": [{"fat": 1.0}, {"fat": None}, {"fat": 0.0}],
        "warnings": [],
    }
    return NewDataset(**{**values, **changes})


def stored_dataset(storage, *, chunks=((3, b"chunk"),), name=None, fingerprint=None, **changes):
    """A published data set."""
    wanted = dataset(**{"rows": sum(rows for rows, _ in chunks), **changes})
    storage.begin_dataset(wanted)
    for rows, data in chunks:
        storage.add_chunk(wanted.id, rows, data)
    return storage.publish_dataset(wanted.id, name=name or wanted.id[3:], fingerprint=fingerprint or wanted.id)


def claimed(storage, network_id=None, *, lease_seconds=LEASE_SECONDS, **changes):
    """A job that a worker holds; its `token` is the lease's."""
    job = stored_job(storage, network_id, **changes)
    return storage.claim(job.id, owner="worker", lease_seconds=lease_seconds).job


def epoch(number, **changes):
    values = {"loss": 1.0 / number, "val_loss": None, "learning_rate": 0.1, "gradient_norm": 0.5, "seconds": 0.01}
    return Epoch(epoch=number, **{**values, **changes})


def add_epochs(storage, job, epochs):
    storage.add_epochs(job.id, job.token, epochs, seconds=1.0, best_epoch=None, best_value=None)


def job_with_history(storage, losses, network_id=None):
    """A held job whose epochs 1, 2, … had these losses."""
    job = claimed(storage, network_id)
    add_epochs(storage, job, [epoch(number, loss=loss) for number, loss in enumerate(losses, start=1)])
    return job


def checkpoint(job, number, *, arrays=b"arrays", sha256=None, meta=None):
    """`sha256` is of the arrays unless given."""
    digest = sha256 or hashlib.sha256(arrays).hexdigest()
    meta = {"step": number} if meta is None else meta
    return Checkpoint(job_id=job.id, token=job.token, epoch=number, meta=meta, arrays=arrays, sha256=digest)


def execute(url, *statements):
    """Run SQL past the storage, SQLite's foreign keys off."""
    engine = make_engine(url, foreign_keys=False)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def select(url, statement, **parameters):
    """The rows of a SELECT past the storage, as tuples."""
    engine = make_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(statement), parameters)]
    engine.dispose()
    return rows


def events_of(storage, job_id):
    return [event.kind for event in storage.list_events(job_id)]


def at_once(action, times):
    """What `action(0)`, `action(1)`, … return, or the exceptions they raise, when threads start them together."""
    start = threading.Barrier(times)

    def run(number):
        start.wait(timeout=10)
        try:
            return action(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))
