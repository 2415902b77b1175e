"""How far a run goes, and how long it rests."""

import threading
import time
from itertools import pairwise
from types import SimpleNamespace

import pytest

from service.domain.status import RequestedState
from service.jobs.job_run import run
from service.jobs.messages import Orders
from service.jobs.pacer import Pacer
from tests.unit.jobs.makers import ONE_BY_ONE, TOGETHER, assignment, reports_of


def pacer_at(epoch, *, epochs=100, outcome=None, wait=None, **orders):
    trainer = SimpleNamespace(epoch=epoch, outcome=outcome, spec=SimpleNamespace(epochs=epochs))
    return Pacer(trainer, lambda: Orders(**orders), wait or time.sleep)


@pytest.mark.parametrize(
    ("epoch", "pause_at", "is_there"), [(4, None, False), (4, 5, False), (5, 5, True), (6, 5, True), (100, 100, False)]
)
def test_a_run_pauses_at_its_epoch_unless_that_is_its_last(epoch, pause_at, is_there):
    assert pacer_at(epoch, pause_at=pause_at).is_at_pause is is_there


def test_a_run_that_stops_early_at_its_pause_ends():
    assert not pacer_at(5, pause_at=5, outcome="stopped").is_at_pause


def test_a_pause_and_a_slow_pace_bound_how_many_epochs_run_together():
    assert pacer_at(4).at_most() is None
    assert pacer_at(4, pause_at=20).at_most() == 16
    assert pacer_at(4, pause_at=20, epochs_per_second=150).at_most() == 10
    assert pacer_at(4, epochs_per_second=0.5).at_most() == 1


def test_tiny_epochs_that_run_together_stop_exactly_at_the_pause():
    reports = []
    run(assignment(5000, **TOGETHER), lambda: Orders(pause_at=1234), reports.append)
    assert [epoch.epoch for report in reports for epoch in report.epochs][-1] == 1234
    assert (reports[-1].end.stopped, reports[-1].end.paused_at, reports[-1].checkpoint.epoch) == (True, 1234, 1234)


def test_the_pace_is_kept_and_does_not_count_as_training():
    started = time.perf_counter()
    reports = []
    run(assignment(8, **ONE_BY_ONE), lambda: Orders(epochs_per_second=20), reports.append)
    assert time.perf_counter() - started >= 8 / 20
    assert reports[-1].seconds < 8 / 20


def test_a_slow_epoch_is_not_made_up_for():
    waits = []
    pacer = pacer_at(1, epochs_per_second=10, wait=lambda seconds: (waits.append(seconds), time.sleep(seconds)))
    time.sleep(0.3)
    pacer.rest(1)
    assert waits == []
    pacer.rest(1)
    assert 0.05 < waits[0] <= 0.1


@pytest.mark.parametrize("news", [{"requested_state": RequestedState.PAUSE}, {"epochs_per_second": None}])
def test_new_orders_end_a_rest_at_once(news):
    now = {"epochs_per_second": 0.01}
    changed = threading.Event()
    pacer = Pacer(SimpleNamespace(epoch=1), lambda: Orders(**now), changed.wait)
    timer = threading.Timer(0.1, lambda: (now.update(news), changed.set()))
    timer.start()
    started = time.monotonic()
    pacer.rest(1)
    assert 0.05 < time.monotonic() - started < 20
    timer.join()


def test_a_slow_epoch_is_reported_before_the_rest_and_not_with_the_next_one():
    sent_at = []

    def send(report):
        sent_at.append(([epoch.epoch for epoch in report.epochs], time.perf_counter()))

    run(assignment(3), lambda: Orders(epochs_per_second=4), send)
    assert [epochs for epochs, _ in sent_at] == [[1], [2], [3], []]
    assert all(after - before > 0.15 for (_, before), (_, after) in pairwise(sent_at))


def test_slow_motion_gives_the_same_bytes():
    def last_of(**orders):
        reports = []
        run(assignment(30), lambda: Orders(**orders), reports.append)
        return [snapshot.values for report in reports for snapshot in report.snapshots if snapshot.kind == "last"]

    assert last_of(epochs_per_second=1000) == last_of() == [reports_of(assignment(30))[-1].snapshots[-1].values]
