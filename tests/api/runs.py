"""A worker's part, played against the storage: what it would write, without the time it would take."""

from service.domain.epochs import Epoch
from service.domain.status import Status

LEASE_SECONDS = 60


def epoch(number, *, loss=None, val_loss=None, metrics=None, layers=None):
    return Epoch(
        epoch=number,
        loss=1 / number if loss is None else loss,
        val_loss=val_loss,
        learning_rate=0.01,
        gradient_norm=0.5,
        seconds=0.25,
        metrics=metrics or {},
        layers=layers,
    )


class Run:
    """A job that has been claimed."""

    def __init__(self, storage, job_id):
        self.storage = storage
        self.claim = storage.claim(job_id, owner="test", lease_seconds=LEASE_SECONDS)
        self.job_id = job_id
        self.token = self.claim.job.token

    def report(self, *epochs, best_epoch=None, best_value=None):
        self.storage.add_epochs(
            self.job_id,
            self.token,
            epochs,
            seconds=0.25 * epochs[-1].epoch,
            best_epoch=best_epoch,
            best_value=best_value,
        )
        return self

    def end(self, status=Status.SUCCEEDED, **kwargs):
        return self.storage.finish(self.job_id, self.token, status, **kwargs)
