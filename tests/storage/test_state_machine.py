"""Jobs under any order of what users, workers and sweepers do: legal moves only, one holder, epochs unique."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from service.domain.status import ACTIVE, ENDED, HELD, MOVES, RequestedState, Status
from service.errors import Conflict, LeaseLost
from service.storage.sql.open import open_storage
from tests.examples import examples
from tests.storage.makers import add_epochs, checkpoint, epoch, stored_job, stored_network

MAX_CRASHES = 2
PICK = st.integers(0, 5)


class Jobs(RuleBasedStateMachine):
    """`jobs` has each job as it was last seen, in the order of submission; `stale` the holders that lost theirs."""

    def __init__(self, storage):
        super().__init__()
        self.storage = storage
        self.network = stored_network(storage)
        self.jobs = {}
        self.stale = []

    def teardown(self):
        for job in self.jobs.values():
            if self.storage.get_job(job.id).status in HELD:
                held = self.storage.get_job(job.id)
                self.storage.finish(job.id, held.token, Status.CANCELLED)
            elif job.status in ACTIVE:
                self.storage.set_requested_state(job.id, RequestedState.CANCEL)
        self.storage.delete_network(self.network.id)

    def of(self, *statuses):
        return [job for job in self.jobs.values() if job.status in statuses]

    def see(self, job_id):
        """Take a job's new state, which only one legal move, or two by way of the queue, may have brought about."""
        before, after = self.jobs[job_id], self.storage.get_job(job_id)
        assert after.status == before.status or after.status in MOVES[before.status], (before.status, after.status)
        assert after.token >= before.token
        self.jobs[job_id] = after
        return after

    def lose(self, job):
        self.stale.append(job)

    # -- users -------------------------------------------------------------------------------------------------------

    @rule()
    def submit(self):
        job = stored_job(self.storage, self.network.id)
        self.jobs[job.id] = job

    @precondition(lambda self: self.jobs)
    @rule(pick=PICK, state=st.sampled_from(RequestedState))
    def request(self, pick, state):
        job = list(self.jobs.values())[pick % len(self.jobs)]
        allowed = job.status not in ENDED and not (
            job.status is Status.CANCELLING and state is not RequestedState.CANCEL
        )
        allowed |= job.status is Status.CANCELLED and state is RequestedState.CANCEL
        try:
            self.storage.set_requested_state(job.id, state)
        except Conflict:
            assert not allowed or job.requested_state is not state
            assert self.storage.get_job(job.id) == job
        else:
            assert self.see(job.id).requested_state is state

    @precondition(lambda self: self.jobs)
    @rule(pick=PICK)
    def delete(self, pick):
        job = list(self.jobs.values())[pick % len(self.jobs)]
        if job.status in ENDED:
            self.storage.delete_job(job.id)
            del self.jobs[job.id]
            self.stale = [one for one in self.stale if one.id != job.id]
        else:
            with pytest.raises(Conflict):
                self.storage.delete_job(job.id)

    # -- workers -----------------------------------------------------------------------------------------------------

    @rule(lease_seconds=st.sampled_from([60.0, -1.0]))
    def claim_next(self, lease_seconds):
        claim = self.storage.claim_next(owner="worker", lease_seconds=lease_seconds)
        queued = self.storage.queue_positions([job.id for job in self.of(Status.QUEUED)])
        if claim is None:
            assert not self.of(Status.QUEUED)
        else:
            assert self.jobs[claim.job.id].status is Status.QUEUED
            assert sorted(queued.values()) == list(range(1, len(queued) + 1))
            assert self.see(claim.job.id).token == claim.job.token

    @precondition(lambda self: self.jobs)
    @rule(pick=PICK)
    def claim(self, pick):
        job = list(self.jobs.values())[pick % len(self.jobs)]
        claim = self.storage.claim(job.id, owner="another", lease_seconds=60.0)
        assert (claim is not None) == (job.status is Status.QUEUED)
        self.see(job.id)

    @precondition(lambda self: self.of(*HELD))
    @rule(pick=PICK, lease_seconds=st.sampled_from([60.0, -1.0]))
    def heartbeat(self, pick, lease_seconds):
        held = self.of(*HELD)
        job = held[pick % len(held)]
        assert self.storage.heartbeat(job.id, job.token, lease_seconds=lease_seconds) is job.requested_state
        self.see(job.id)

    @precondition(lambda self: self.of(*HELD))
    @rule(pick=PICK, count=st.integers(1, 3), back=st.integers(0, 2), saves=st.booleans())
    def report(self, pick, count, back, saves):
        """Some epochs more, of which the first may repeat what is on record."""
        held = self.of(*HELD)
        job = held[pick % len(held)]
        first = max(1, job.epoch + 1 - back)
        add_epochs(self.storage, job, [epoch(number) for number in range(first, first + count)])
        if saves:
            self.storage.save_checkpoint(checkpoint(job, first + count - 1))
        assert self.see(job.id).epoch == max(job.epoch, first + count - 1)

    @precondition(lambda self: self.of(*HELD))
    @rule(pick=PICK, status=st.sampled_from([Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.PAUSED]))
    def finish(self, pick, status):
        held = self.of(*HELD)
        job = held[pick % len(held)]
        try:
            self.storage.finish(job.id, job.token, status)
        except Conflict:
            assert status not in MOVES[job.status]
            return
        self.lose(job)
        self.see(job.id)

    @precondition(lambda self: self.of(*HELD))
    @rule(pick=PICK, crashed=st.booleans())
    def release(self, pick, crashed):
        held = self.of(*HELD)
        job = held[pick % len(held)]
        self.storage.release(job.id, job.token, crashed=crashed, max_crashes=MAX_CRASHES)
        self.lose(job)
        assert self.see(job.id).status not in HELD

    @rule()
    def sweep(self):
        swept = {job.id for job in self.storage.sweep(max_crashes=MAX_CRASHES)}
        for job in self.of(*HELD):
            if job.id in swept:
                self.lose(job)
                assert self.see(job.id).status not in HELD

    @precondition(lambda self: self.stale)
    @rule(pick=PICK)
    def write_under_a_lost_lease(self, pick):
        job = self.stale[pick % len(self.stale)]
        before = self.storage.get_job(job.id), self.storage.history([job.id])
        for write in (
            lambda: self.storage.heartbeat(job.id, job.token, lease_seconds=60.0),
            lambda: add_epochs(self.storage, job, [epoch(job.epoch + 7)]),
            lambda: self.storage.finish(job.id, job.token, Status.SUCCEEDED),
        ):
            with pytest.raises(LeaseLost):
                write()
        assert (self.storage.get_job(job.id), self.storage.history([job.id])) == before

    # -- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def a_job_has_a_holder_exactly_while_it_is_held(self):
        for job in self.jobs.values():
            assert (job.owner is not None) == (job.lease_until is not None) == (job.status in HELD)

    @invariant()
    def epochs_are_unique_and_without_gaps(self):
        for job in self.jobs.values():
            numbers = [one.epoch for one in self.storage.history([job.id])]
            assert numbers == list(range(1, job.epoch + 1))

    @invariant()
    def events_are_numbered_without_gaps(self):
        for job in self.jobs.values():
            numbers = [event.seq for event in self.storage.list_events(job.id, limit=1000)]
            assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_any_order_of_actions_keeps_the_promise(kind, request, database_url):
    storage = open_storage(database_url if kind == "sqlite" else request.getfixturevalue("postgresql_url"))
    some = settings(
        max_examples=examples(5),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    try:
        run_state_machine_as_test(lambda: Jobs(storage), settings=some)
    finally:
        storage.close()
