"""Create a network, and maybe queue its first training: both or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from service.operations.backend import Backend
from service.operations.networks import networks
from service.operations.networks.networks import NetworkView
from service.operations.training.submit import submit_training
from service.operations.validation import below
from service.schema.types import Body

TRAIN = "train"


@dataclass(frozen=True)
class TrainedNetwork(NetworkView):
    """A new network with the job that trains it."""

    job: str = ""


def create_network(backend: Backend, body: Body, *, traceparent: str | None = None) -> NetworkView:
    """Raises what `networks.create_network` and `submit_training` raise, with paths of the latter below `train`."""
    train = body.get(TRAIN)
    if train is None:
        return networks.create_network(backend, body)
    with backend.storage.transaction():
        made = networks.create_network(backend, body)
        with below(TRAIN):
            progress = submit_training(backend, {**train, "network": made.network.id}, traceparent=traceparent)
    return TrainedNetwork(**vars(made), job=progress.job.id)
