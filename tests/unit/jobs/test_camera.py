"""Frames of a run: what they hold, how many there are, and that nobody pays for them unwatched."""

import time
from itertools import pairwise

import numpy as np
import pytest

from service.jobs import camera as camera_module
from service.jobs.camera import interval_seconds
from service.jobs.job_run import run
from service.jobs.messages import Orders
from tests.unit.jobs.makers import NETWORK, ONE_BY_ONE, TOGETHER, assignment

WATCHED = Orders(is_watched=True)


def reports_of(work, orders=WATCHED):
    reports = []
    run(work, lambda: orders, reports.append)
    return reports


def frames_of(reports):
    return [frame for report in reports for frame in report.frames]


@pytest.mark.parametrize("training", [ONE_BY_ONE, TOGETHER])
def test_every_frame_has_the_weights_of_the_snapshot_of_its_epoch(training, monkeypatch):
    monkeypatch.setattr(camera_module, "FRAMES_PER_SECOND", 1e9)
    monkeypatch.setattr(camera_module, "BYTES_PER_SECOND", 1e12)
    reports = reports_of(assignment(600, snapshots={"every": 1, "keep": None}, **training))
    kept = {one.epoch: one.values for report in reports for one in report.snapshots if one.kind == "periodic"}
    frames = frames_of(reports)
    assert frames[-1].epoch == 600
    for frame in frames:
        expected = NETWORK.from_bytes(kept[frame.epoch]).astype("<f4")
        assert frame.weights == expected.tobytes()
    assert len({frame.weights for frame in frames}) > 1


def test_nobody_watches_and_no_frame_is_taken():
    assert frames_of(reports_of(assignment(60), Orders())) == []


def test_a_run_that_pauses_shows_where_it_stands():
    reports = reports_of(assignment(60), Orders(is_watched=True, pause_at=7))
    assert [frame.epoch for frame in frames_of(reports)][-1] == 7


def test_frames_are_thinned_to_what_is_drawn():
    started = time.monotonic()
    frames = frames_of(reports_of(assignment(20_000, **TOGETHER)))
    assert 2 <= len(frames) <= 15 * (time.monotonic() - started) + 2
    assert all(before.epoch < after.epoch for before, after in pairwise(frames))


@pytest.mark.parametrize("numbers", [1, 1000, 1300, 10_000])
def test_frames_take_at_most_15_a_second_and_100_kilobytes(numbers):
    per_second = 1 / interval_seconds(numbers)
    base64_bytes = 4 * np.ceil(4 * numbers / 3)
    assert per_second <= 15
    assert per_second * base64_bytes <= 100_000


def test_an_early_stop_that_restores_the_best_epoch_frames_no_epoch_with_other_weights():
    rising = {"early_stopping": {"patience": 2}, "optimizer": {"type": "sgd", "learning_rate": 1e4}, **ONE_BY_ONE}
    reports = reports_of(assignment(40, snapshots={"every": 1}, **rising))
    kept = {one.epoch: one.values for report in reports for one in report.snapshots if one.kind == "periodic"}
    for frame in frames_of(reports):
        assert frame.weights == NETWORK.from_bytes(kept[frame.epoch]).astype("<f4").tobytes()
