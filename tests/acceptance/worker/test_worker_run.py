"""What a job leaves behind when nothing disturbs it."""

import pytest

from service.domain.status import Status
from service.jobs import rows
from tests.acceptance.worker.rig import TRAINING, Undisturbed, training_spec


@pytest.fixture
def worker(rig):
    worker = rig.start_worker()
    yield worker
    rig.stop(worker)


@pytest.mark.usefixtures("worker")
def test_a_job_leaves_its_exact_history_and_weights(rig):
    job = rig.submit(epochs=25, metrics=["accuracy"], snapshots={"every": 10})
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    alone = Undisturbed.run(training_spec(25, metrics=["accuracy"]))
    alone.assert_equals(rig.history(job.id))
    assert (done.epoch, done.best_epoch) == (25, alone.reports[-1].best_epoch)
    assert done.best_value == alone.reports[-1].best_value
    assert done.seconds == pytest.approx(sum(epoch.seconds for epoch in rig.storage.history([job.id])))
    kept = rig.snapshots(job.id)
    assert set(kept) == {("best", done.best_epoch), ("last", 25), ("periodic", 10), ("periodic", 20)}
    assert {kind: kept[kind, epoch].sha256 for kind, epoch in kept if kind != "periodic"} == alone.digests
    assert kept["last", 25].loss == alone.reports[-1].loss
    assert kept["last", 25].metrics == alone.reports[-1].metrics
    ten = Undisturbed.run(training_spec(10, metrics=["accuracy"]))
    assert kept["periodic", 10].sha256 == ten.digests["last"]


@pytest.mark.usefixtures("worker")
def test_only_the_wanted_snapshots_are_kept(rig):
    snapshots = {"best": False, "last": False, "every": 1, "keep": 3}
    job = rig.submit(epochs=50, snapshots=snapshots)
    rig.wait_for(job.id, Status.SUCCEEDED)
    assert set(rig.snapshots(job.id)) == {("periodic", 48), ("periodic", 49), ("periodic", 50)}


@pytest.mark.usefixtures("worker")
def test_an_early_stop_ends_with_the_best_weights(rig):
    early = {"patience": 3, "restore_best": True}
    job = rig.submit(epochs=500, early_stopping=early)
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    assert done.stopped_early
    assert done.epoch == done.best_epoch + 3
    kept = rig.snapshots(job.id)
    assert kept["last", done.best_epoch].sha256 == kept["best", done.best_epoch].sha256
    assert kept["last", done.best_epoch].val_loss == done.best_value


@pytest.mark.usefixtures("worker")
def test_a_diverging_job_fails_with_a_sentence_and_its_last_good_weights(rig):
    job = rig.submit(epochs=50, optimizer={"type": "sgd", "learning_rate": 1e38}, batch_size="full")
    failed = rig.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "diverged"
    assert f"in epoch {failed.epoch + 1}" in failed.error.message
    assert rig.events(job.id)[-1] == "ended"
    if failed.epoch:
        assert ("last", failed.epoch) in rig.snapshots(job.id)


@pytest.mark.usefixtures("worker")
def test_rows_that_do_not_fit_fail_the_job_with_their_place(rig):
    wrong = type(TRAINING)(TRAINING.inputs, TRAINING.targets + 7)
    job = rig.submit(data=rows.encode(wrong))
    failed = rig.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "bad_data"
    assert "targets" in failed.error.message


@pytest.mark.usefixtures("worker")
def test_a_fault_of_the_service_fails_the_job_without_details(rig):
    job = rig.submit(data=b"not safetensors at all")
    failed = rig.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "internal"
    assert "Error" not in failed.error.message


@pytest.mark.usefixtures("worker")
def test_a_job_out_of_time_fails_and_keeps_its_last_weights(rig):
    job = rig.submit(epochs=1_000_000, max_seconds=0.4)
    failed = rig.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "timeout"
    assert "0.4 seconds" in failed.error.message
    assert ("last", failed.epoch) in rig.snapshots(job.id)
