"""What a job leaves behind when nothing disturbs it."""

import pytest

from service.domain.status import Status
from service.jobs import encoded_rows
from tests.acceptance.worker.rig import TRAINING, Baseline, training_spec


def test_a_job_leaves_its_exact_history_and_weights(working):
    job = working.submit(epochs=25, metrics=["accuracy"], snapshots={"every": 10})
    done = working.wait_for(job.id, Status.SUCCEEDED)
    alone = Baseline.run(training_spec(25, metrics=["accuracy"]))
    alone.assert_equals(working.history(job.id))
    assert (done.epoch, done.best_epoch) == (25, alone.reports[-1].best_epoch)
    assert done.best_value == alone.reports[-1].best_value
    assert done.seconds == pytest.approx(sum(epoch.seconds for epoch in working.storage.history([job.id])))
    kept = working.snapshots(job.id)
    assert set(kept) == {("best", done.best_epoch), ("last", 25), ("periodic", 10), ("periodic", 20)}
    assert {kind: kept[kind, epoch].sha256 for kind, epoch in kept if kind != "periodic"} == alone.digests
    assert kept["last", 25].loss == alone.reports[-1].loss
    assert kept["last", 25].metrics == alone.reports[-1].metrics
    ten = Baseline.run(training_spec(10, metrics=["accuracy"]))
    assert kept["periodic", 10].sha256 == ten.digests["last"]


def test_only_the_wanted_snapshots_are_kept(working):
    snapshots = {"best": False, "last": False, "every": 1, "keep": 3}
    job = working.submit(epochs=50, snapshots=snapshots)
    working.wait_for(job.id, Status.SUCCEEDED)
    assert set(working.snapshots(job.id)) == {("periodic", 16), ("periodic", 32), ("periodic", 48)}


def test_an_early_stop_ends_with_the_best_weights(working):
    early = {"patience": 3, "restore_best": True}
    job = working.submit(epochs=500, early_stopping=early)
    done = working.wait_for(job.id, Status.SUCCEEDED)
    assert done.stopped_early
    assert done.epoch == done.best_epoch + 3
    kept = working.snapshots(job.id)
    assert kept["last", done.best_epoch].sha256 == kept["best", done.best_epoch].sha256
    assert kept["last", done.best_epoch].val_loss == done.best_value


def test_a_diverging_job_fails_with_a_sentence_and_its_last_good_weights(working):
    job = working.submit(epochs=50, optimizer={"type": "sgd", "learning_rate": 1e38}, batch_size="full")
    failed = working.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "diverged"
    assert f"in epoch {failed.epoch + 1}" in failed.error.message
    assert working.events(job.id)[-1] == "ended"
    if failed.epoch:
        assert ("last", failed.epoch) in working.snapshots(job.id)


def test_rows_that_do_not_fit_fail_the_job_with_their_place(working):
    wrong = type(TRAINING)(TRAINING.inputs, TRAINING.targets + 7)
    job = working.submit(data=encoded_rows.encode(wrong))
    failed = working.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "bad_data"
    assert "targets" in failed.error.message


def test_an_issue_of_the_service_fails_the_job_without_details(working):
    job = working.submit(data=b"not safetensors at all")
    failed = working.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "internal"
    assert "Error" not in failed.error.message


def test_a_job_out_of_time_fails_and_keeps_its_last_weights(working):
    job = working.submit(epochs=1_000_000, max_seconds=0.4)
    failed = working.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "timeout"
    assert "0.4 seconds" in failed.error.message
    assert ("last", failed.epoch) in working.snapshots(job.id)
