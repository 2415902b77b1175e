import pytest

from service.domain.paging import Page
from service.domain.status import ENDED, RequestedState, Status
from tests.storage.makers import add_epochs, checkpoint, claimed, epoch, events_of, select, snapshot


def cancel_while_queued(storage, job):
    storage.release(job.id, job.token, crashed=True, max_crashes=3)
    storage.set_requested_state(job.id, RequestedState.CANCEL)


def cancel_while_held(storage, job):
    storage.set_requested_state(job.id, RequestedState.CANCEL)
    storage.release(job.id, job.token, crashed=True, max_crashes=3)


#: The ways a job ends without a report from its child.
UNSAID = {
    "cancelled while it waits to go on": cancel_while_queued,
    "cancelled, and then the child dies": cancel_while_held,
    "killed for not listening": lambda storage, job: storage.finish(job.id, job.token, Status.CANCELLED),
    "given up": lambda storage, job: storage.release(job.id, job.token, crashed=True, max_crashes=1),
    "lost with its worker": lambda storage, job: storage.sweep(max_crashes=1),
}


class CheckpointsContract:
    def test_a_paused_run_keeps_its_checkpoint_and_goes_on_from_it(self, storage):
        job = claimed(storage)
        for number in (1, 2, 3):
            storage.save_checkpoint(checkpoint(job, number, arrays=b"at %d" % number))
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        paused = storage.finish(job.id, job.token, Status.PAUSED, seconds=1.0)
        assert (paused.status, paused.finished_at, paused.lease_until) == (Status.PAUSED, None, None)
        storage.set_requested_state(job.id, RequestedState.RUN)
        claim = storage.claim(job.id, owner="other", lease_seconds=60)
        assert (claim.checkpoint.epoch, claim.checkpoint.meta, claim.checkpoint.arrays) == (3, {"step": 3}, b"at 3")
        assert (claim.job.token, claim.job.started_at) == (2, job.started_at)

    def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(self, storage):
        job = claimed(storage)
        storage.save_checkpoint(checkpoint(job, 1, arrays=b"whole"))
        storage.save_checkpoint(checkpoint(job, 2, arrays=b"damaged", sha256="of something else"))
        storage.release(job.id, job.token, crashed=False, max_crashes=3)
        claim = storage.claim(job.id, owner="other", lease_seconds=60)
        assert (claim.checkpoint.epoch, claim.checkpoint.arrays) == (1, b"whole")

    def test_a_run_begun_again_goes_on_from_its_own_checkpoint_and_not_from_a_later_epoch_of_the_run_before(
        self, storage
    ):
        first = claimed(storage)
        for number in (5, 6):
            storage.save_checkpoint(checkpoint(first, number, arrays=b"first run"))
        storage.release(first.id, first.token, crashed=False, max_crashes=3)
        second = storage.claim(first.id, owner="other", lease_seconds=60).job
        storage.save_checkpoint(checkpoint(second, 1, arrays=b"second run"))
        storage.release(second.id, second.token, crashed=False, max_crashes=3)
        assert storage.list_events(first.id)[-1].data["from_epoch"] == 1
        found = storage.claim(first.id, owner="third", lease_seconds=60).checkpoint
        assert (found.token, found.epoch, found.arrays) == (second.token, 1, b"second run")

    def test_only_the_newest_two_checkpoints_of_a_job_are_kept(self, storage, database_url):
        job, other = claimed(storage), claimed(storage)
        storage.save_checkpoint(checkpoint(other, 1))
        for number in (1, 2, 3, 4):
            storage.save_checkpoint(checkpoint(job, number))
        kept = "SELECT epoch FROM checkpoints WHERE job_id = :job_id ORDER BY epoch"
        assert select(database_url, kept, job_id=job.id) == [(3,), (4,)]
        assert select(database_url, kept, job_id=other.id) == [(1,)]

    @pytest.mark.parametrize("table", ["checkpoints", "start_values"])
    @pytest.mark.parametrize("status", sorted(ENDED))
    def test_an_ended_job_keeps_nothing_that_only_a_run_needs(self, storage, database_url, status, table):
        job, running = claimed(storage), claimed(storage)
        for one in (job, running):
            storage.save_checkpoint(checkpoint(one, 1))
        storage.finish(job.id, job.token, status)
        assert select(database_url, f"SELECT job_id FROM {table}") == [(running.id,)]

    @pytest.mark.parametrize("end", UNSAID)
    def test_the_last_weights_are_kept_where_the_child_could_not_send_them(self, storage, end):
        other = claimed(storage)
        storage.add_snapshot(snapshot(other.network_id, job_id=other.id, kind="last", epoch=9), token=other.token)
        job = claimed(storage, lease_seconds=-1)
        add_epochs(storage, job, [epoch(1, loss=0.5, metrics={"accuracy": 0.75}), epoch(2)])
        meta = {"values": [4, 11], "preprocessing": {"mean": 1}}
        storage.save_checkpoint(checkpoint(job, 1, arrays=b"heslweightsrest", meta=meta))
        UNSAID[end](storage, job)
        assert storage.get_job(job.id).status in ENDED
        (last,) = storage.list_snapshots(job.network_id, Page(limit=10), job_id=job.id)
        assert (last.kind, last.epoch, last.loss, last.metrics) == ("last", 1, 0.5, {"accuracy": 0.75})
        assert last.preprocessing == {"mean": 1}
        assert storage.read_snapshot_values(last.id) == b"weights"
        assert "snapshot" in events_of(storage, job.id)

    @pytest.mark.parametrize("end", UNSAID)
    def test_newer_last_weights_and_the_request_for_none_stand(self, storage, end):
        for last in (True, False):
            job = claimed(storage, lease_seconds=-1, options={"snapshots": {"last": last}})
            newer = snapshot(job.network_id, job_id=job.id, kind="last", epoch=2)
            if last:
                storage.add_snapshot(newer, token=job.token)
            storage.save_checkpoint(checkpoint(job, 1, meta={"values": [0, 3]}))
            UNSAID[end](storage, job)
            found = storage.list_snapshots(job.network_id, Page(limit=10), job_id=job.id)
            assert [one.id for one in found] == [newer.id] * last

    @pytest.mark.parametrize("end", UNSAID)
    def test_last_weights_of_the_checkpoints_own_epoch_are_not_stored_twice(self, storage, end):
        job = claimed(storage, lease_seconds=-1)
        sent = snapshot(job.network_id, job_id=job.id, kind="last", epoch=1)
        storage.add_snapshot(sent, token=job.token)
        storage.save_checkpoint(checkpoint(job, 1, meta={"values": [0, 3]}))
        UNSAID[end](storage, job)
        found = storage.list_snapshots(job.network_id, Page(limit=10), job_id=job.id)
        assert [one.id for one in found] == [sent.id]
