from types import SimpleNamespace

import pytest

from service.domain.job_kind import JobKind
from service.domain.status import Status
from service.jobs.progress import fraction_done, seconds_left


def job(epoch, *, seconds=0.0, status=Status.RUNNING):
    return SimpleNamespace(
        kind=JobKind.TRAINING, epoch=epoch, epochs=10, seconds=seconds, status=status, epochs_per_second=None
    )


def test_the_progress_of_a_prediction_is_reported_by_rows():
    prediction = SimpleNamespace(
        kind=JobKind.PREDICTION,
        epoch=0,
        epochs=0,
        rows=200,
        rows_done=50,
        seconds=2.0,
        status=Status.RUNNING,
        epochs_per_second=None,
    )
    assert (fraction_done(prediction), seconds_left(prediction)) == (0.25, 6.0)


@pytest.mark.parametrize(("epoch", "fraction"), [(0, 0.0), (4, 0.4), (10, 1.0)])
def test_progress_is_reported_by_epochs(epoch, fraction):
    assert fraction_done(job(epoch)) == fraction


def test_the_time_left_follows_from_the_pace_so_far():
    assert seconds_left(job(4, seconds=2.0)) == pytest.approx(3.0)


def test_nobody_knows_the_time_left_before_the_first_epoch():
    assert seconds_left(job(0)) is None


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED, Status.CANCELLED])
def test_an_ended_job_has_no_time_left(status):
    assert seconds_left(job(4, seconds=2.0, status=status)) is None
