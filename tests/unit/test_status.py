from service.domain.status import ACTIVE, ENDED, HELD, MOVES, Status, sources


def test_every_status_can_be_reached_from_queued():
    reached, new = set(), {Status.QUEUED}
    while new:
        reached |= new
        new = {target for status in new for target in MOVES[status]} - reached
    assert reached == set(Status)


def test_an_ended_job_never_moves_again():
    assert {Status.CANCELLED, Status.SUCCEEDED, Status.FAILED} == ENDED
    assert all(not MOVES[status] for status in ENDED)
    assert set(Status) == ACTIVE | ENDED
    assert not ACTIVE & ENDED


def test_every_other_job_can_still_end():
    assert all(MOVES[status] & ENDED for status in ACTIVE)


def test_only_a_claim_or_a_withdrawn_pause_makes_a_job_run():
    assert sources(Status.RUNNING) == {Status.QUEUED, Status.PAUSING}


def test_only_a_job_that_runs_can_fail_or_succeed():
    assert sources(Status.FAILED) == sources(Status.SUCCEEDED) == HELD


def test_a_lease_is_taken_from_the_queue_alone():
    assert [status for status in Status if status not in HELD and MOVES[status] & HELD] == [Status.QUEUED]


def test_the_sources_of_a_status_are_its_moves_read_backwards():
    for status in Status:
        assert {target for target in Status if status in sources(target)} == MOVES[status]
