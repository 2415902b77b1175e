"""A job run in this process, with everything on record that a worker would write."""

from service.domain.status import Status
from service.jobs.job_run import run
from service.jobs.messages import Orders, ReportIntervals
from service.jobs.output_file import whole_file
from service.worker.contests import contest_of
from service.worker.job_runner import assignment_of
from service.worker.promotion import record_promotion


def play(storage, job_id):
    claim = storage.claim(job_id, owner="test", lease_seconds=60)
    assignment = assignment_of(claim, ReportIntervals())
    chunks = (storage.read_chunk(one.id, number) for one in claim.datasets.values() for number in range(one.chunks))
    reports = []
    rule = claim.job.options.get("promote")
    ask = (lambda: contest_of(storage, claim.job, rule["alias"])) if rule else lambda: None
    run(assignment, Orders, reports.append, chunks, ask)
    assert reports[-1].end.error is None, reports[-1].end.error
    token = claim.job.token
    for report in reports:
        if report.epochs:
            best = {"best_epoch": report.best_epoch, "best_value": report.best_value}
            storage.add_epochs(job_id, token, report.epochs, seconds=report.seconds, **best)
        if report.preparation:
            storage.record_preparation(job_id, token, rows=report.preparation.rows, data=report.preparation.data)
        if report.block:
            storage.store_block(job_id, token, report.block, seconds=report.seconds)
        for snapshot in report.snapshots:
            storage.add_snapshot(snapshot, token=token)
    if judgement := reports[-1].end.judgement:
        record_promotion(storage, claim.job, judgement, reports[-1].snapshots)
    if claim.job.output:
        chunks = (
            storage.read_chunk(claim.job.output, number) for number in range(len(storage.chunk_rows(claim.job.output)))
        )
        file = whole_file(chunks)
        storage.publish_output(job_id, token, sha256=file.sha256, size_bytes=file.size_bytes)
    return storage.finish(job_id, token, Status.SUCCEEDED, folds=reports[-1].end.folds, average=reports[-1].end.average)
