import pytest

from service.domain.reports import NewReport, ReportEnd
from service.domain.status import RequestedState, Status
from service.errors import LeaseLost, NotFound
from tests.storage.makers import at_once, claimed, events_of, stored_job

REPORT = NewReport(server="lab", experiment="cheeses")


def claim(storage, lease_seconds=60):
    return storage.claim_report(lease_seconds=lease_seconds)


class ReportsContract:
    def test_a_report_is_due_when_its_job_trains_and_when_it_ends(self, storage):
        job = stored_job(storage, report=REPORT)
        assert claim(storage) is None and storage.get_report(job.id).state == "waiting"
        token = storage.claim(job.id, owner="worker", lease_seconds=60).job.token
        report = claim(storage)
        assert (report.job_id, report.server, report.experiment, report.claim) == (job.id, "lab", "cheeses", 1)
        storage.settle_report(report, retry_seconds=60)
        assert claim(storage) is None
        storage.finish(job.id, token, Status.SUCCEEDED)
        assert claim(storage).claim == 2

    def test_a_job_without_a_report_has_none(self, storage):
        job = claimed(storage)
        assert storage.get_report(job.id) is None and claim(storage) is None

    def test_what_the_server_has_is_kept_and_the_next_attempt_goes_on_from_there(self, storage):
        job = claimed(storage, report=REPORT)
        report = claim(storage)
        report = storage.advance_report(report, lease_seconds=60, run_id="r", artifact_uri="mlflow-artifacts:/1")
        report = storage.advance_report(report, lease_seconds=60, epoch=7, milliseconds=2**40)
        assert storage.get_report(job.id).state == "reporting"
        storage.settle_report(report, retry_seconds=0)
        again = claim(storage)
        assert (again.run_id, again.artifact_uri, again.epoch, again.milliseconds) == (
            "r",
            "mlflow-artifacts:/1",
            7,
            2**40,
        )
        assert not again.in_doubt

    def test_an_attempt_that_is_never_settled_leaves_the_report_in_doubt_to_the_next(self, storage):
        claimed(storage, report=REPORT)
        first, second = claim(storage, 0), claim(storage)
        assert (first.in_doubt, second.in_doubt, second.claim) == (False, True, 2)
        for write in (
            lambda: storage.advance_report(first, lease_seconds=60, epoch=3),
            lambda: storage.settle_report(first, retry_seconds=0),
        ):
            with pytest.raises(LeaseLost):
                write()
        storage.settle_report(second, retry_seconds=0, error="No answer.", in_doubt=True)
        third = claim(storage)
        assert (third.in_doubt, third.attempts, third.error) == (True, 3, "No answer.")

    def test_a_job_that_begins_again_or_ends_takes_no_lease_away(self, storage):
        job = claimed(storage, report=REPORT)
        report = claim(storage)
        storage.finish(job.id, job.token, Status.FAILED)
        assert claim(storage) is None
        storage.advance_report(report, lease_seconds=0, epoch=1)
        assert claim(storage).epoch == 1

    def test_of_workers_at_once_one_gets_the_report(self, storage):
        claimed(storage, report=REPORT)
        assert len([report for report in at_once(lambda n: claim(storage), 6) if report is not None]) == 1

    @pytest.mark.parametrize("ended", ReportEnd)
    def test_a_report_that_has_ended_is_never_due_again(self, storage, ended):
        job = claimed(storage, report=REPORT)
        storage.settle_report(claim(storage), retry_seconds=0, ended=ended)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert claim(storage) is None and storage.get_report(job.id).state == str(ended)
        assert "report" in events_of(storage, job.id)

    def test_a_job_that_waits_has_nothing_to_report_unless_an_attempt_failed(self, storage):
        job = claimed(storage, report=REPORT)
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        report = claim(storage)
        storage.release(job.id, job.token, crashed=False, max_crashes=3)
        storage.settle_report(report, retry_seconds=0, error="No answer.")
        storage.settle_report(claim(storage), retry_seconds=0)
        assert claim(storage) is None
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        assert claim(storage) is not None

    def test_a_report_goes_with_its_job(self, storage):
        job = claimed(storage, report=REPORT)
        report = claim(storage)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        storage.delete_job(job.id)
        assert storage.get_report(job.id) is None
        with pytest.raises(NotFound):
            storage.advance_report(report, lease_seconds=60, epoch=1)
        with pytest.raises(NotFound):
            storage.settle_report(report, retry_seconds=0)
