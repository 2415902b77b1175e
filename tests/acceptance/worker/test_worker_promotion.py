"""A challenger is judged and promoted once, whatever dies on the way."""

import os
import signal

import numpy as np
import pytest

from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.operations.backend import Backend
from service.operations.networks.networks import create_network
from service.operations.training.submit import submit_training
from tests.acceptance.worker.rig import EARLY

ROWS, EPOCHS = 1200, 1500
RULE = {"alias": "production", "if": {"metric": "val_loss"}}


@pytest.fixture
def challenge(rig):
    backend = Backend(rig.storage, rig.queue)
    layers = [{"type": "dense", "units": 8, "activation": "tanh"}, {"type": "dense", "units": 1}]
    create_network(backend, {"name": "waves", "inputs": 2, "layers": layers})
    inputs = np.random.default_rng(4).uniform(-2, 2, (ROWS, 2))
    data = {"inputs": inputs.tolist(), "targets": np.sin(inputs.sum(axis=1)).tolist()}

    def send(**options):
        body = {"network": "waves", "data": data, "validation": {"fraction": 0.2}, "promote": RULE, "batch_size": 512}
        return submit_training(backend, {**body, **options}).job

    return send


def promotions(rig, job):
    return [event.data for event in rig.storage.list_events(job.id, limit=1000) if event.kind == "promotion"]


def test_a_killed_worker_promotes_once_and_never_twice(rig, challenge):
    worker = rig.start_worker()
    first = challenge(epochs=2)
    network = rig.wait_for(first.id, Status.SUCCEEDED).network_id
    assert [event["promoted"] for event in promotions(rig, first)] == [True]

    second = challenge(epochs=EPOCHS)
    for epoch in (EARLY, EPOCHS - EARLY):
        rig.wait_for_epoch(second.id, epoch)
        os.kill(worker.pid, signal.SIGKILL)
        worker = rig.start_worker()
    done = rig.wait_for(second.id, Status.SUCCEEDED)
    (event,) = promotions(rig, second)
    assert event["promoted"] and event["new"] < event["old"] and event["rows"] >= 100
    assert rig.events(second.id)[-2:] == ["promotion", "ended"]
    alias = rig.storage.get_alias(network, "production")
    moves = rig.storage.list_alias_moves(network, "production", Page())
    assert (alias.version, [move.version for move in moves]) == (2, [2, 1])
    assert rig.storage.get_version(network, "2").snapshot.kind == "last"
    assert done.crashes >= 1


def test_a_challenger_that_is_cancelled_is_not_promoted(rig, challenge):
    rig.start_worker()
    job = challenge(epochs=1_000_000)
    rig.wait_for_epoch(job.id, 1)
    rig.storage.set_requested_state(job.id, RequestedState.CANCEL)
    rig.wait_for(job.id, Status.CANCELLED)
    assert promotions(rig, job) == []
