"""Stacks of trials run in this process, with everything on record that a worker would write."""

from service.domain.status import RequestedState, Status
from service.jobs.messages import Orders, ReportIntervals
from service.jobs.stack_run import run_stack
from service.worker.job_runner import assignment_of


def claimed(storage, job_ids):
    return [storage.claim(job_id, owner="test", lease_seconds=60) for job_id in job_ids]


def run_claims(storage, claims, orders=None):
    """The reports of a run of these jobs, by job."""
    told = orders or {claim.job.id: Orders.of(claim.job) for claim in claims}
    datasets = claims[0].datasets.values()
    chunks = (storage.read_chunk(one.id, number) for one in datasets for number in range(one.chunks))
    reports = {claim.job.id: [] for claim in claims}
    assignments = [assignment_of(claim, ReportIntervals()) for claim in claims]
    run_stack(assignments, told.__getitem__, lambda report: reports[report.job_id].append(report), chunks)
    return reports


def stored(storage, claims, reports):
    """Write what a worker writes of a run."""
    for claim in claims:
        job, token = claim.job, claim.job.token
        for report in reports[job.id]:
            if report.epochs:
                best = {"best_epoch": report.best_epoch, "best_value": report.best_value}
                storage.add_epochs(job.id, token, report.epochs, seconds=report.seconds, **best)
            for snapshot in report.snapshots:
                storage.add_snapshot(snapshot, token=token)
            if report.checkpoint:
                storage.save_checkpoint(report.checkpoint)
        end = reports[job.id][-1].end
        if not end.stopped:
            storage.finish(job.id, token, Status.FAILED if end.error else Status.SUCCEEDED, error=end.error)
        elif end.paused_at is not None or claim.job.requested_state is RequestedState.PAUSE:
            storage.finish(job.id, token, Status.PAUSED, paused_at=end.paused_at)
        else:
            storage.release(job.id, token, crashed=False, max_crashes=3)
