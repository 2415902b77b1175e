"""Findings while a run trains, and over a pause."""

from service.domain.status import RequestedState
from service.jobs.messages import ReportIntervals
from tests.unit.jobs.makers import NEVER, assignment, reports_of, requested_state_after

STILL = {"type": "sgd", "learning_rate": 1e-30}


def test_what_is_certain_is_reported_while_the_run_trains():
    intervals = ReportIntervals(report_seconds=0, checkpoint_seconds=NEVER)
    *live, last = reports_of(assignment(30, intervals=intervals, optimizer=STILL))
    found = [[finding["code"] for finding in report.findings] for report in live if report.findings is not None]
    assert found == [["nothing_learnt"]]
    assert {"nothing_learnt", "no_better_than_naive"} <= {finding["code"] for finding in last.findings}


def test_a_paused_run_ends_with_the_findings_of_an_unbroken_one():
    whole = reports_of(assignment(50, optimizer=STILL))[-1].findings
    first = reports_of(assignment(50, optimizer=STILL), requested_state_after(20, RequestedState.PAUSE))
    assert first[-1].end.stopped and first[-1].findings is None
    checkpoint = next(report.checkpoint for report in first if report.checkpoint)
    assert reports_of(assignment(50, optimizer=STILL, checkpoint=checkpoint))[-1].findings == whole
