"""A short form of every drill; `python -m drills` is the long one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from drills.catalogue import DRILLS, run
from drills.report import Report, table
from drills.results import Baseline

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")

#: Enough rounds to see that each drill still does what it says, the slowest first.
ROUNDS = [
    ("kill", "scaled", 2),
    ("kill", "embedded", 3),
    ("outage", "scaled", 2),
    ("freeze", "embedded", 1),
    ("queue", "embedded", 20),
    ("interrupt", "embedded", 1),
    ("disk", "embedded", 2),
    ("wipe", "scaled", 1),
    ("doubled", "celery", 3),
    ("race", "embedded", 6),
    ("score", "embedded", 2),
    ("search", "embedded", 2),
]
#: They mostly wait, so some are done at once.
AT_ONCE = 4
#: Of the epochs of each training.
SHARE = 0.4


@pytest.fixture(scope="module")
def reports() -> Iterator[dict[tuple[str, str], Future[Report]]]:
    baseline = Baseline(share=SHARE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            (name, backend): pool.submit(run, name, backend, baseline, rounds=rounds)
            for name, backend, rounds in ROUNDS
        }


def test_every_drill_has_a_short_form() -> None:
    assert {name for name, _, _ in ROUNDS} == set(DRILLS)
    assert all(backend in DRILLS[name].backends for name, backend, _ in ROUNDS)


# Before the drills begin, which need the folder.
def test_a_ground_that_cannot_be_prepared_is_in_the_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    report = run("race", "embedded", Baseline(), rounds=1)
    assert "FileNotFoundError" in (report.failure or "") and report.skipped is None


@pytest.mark.parametrize(("name", "backend"), [(name, backend) for name, backend, _ in ROUNDS])
def test_nothing_is_lost(name: str, backend: str, reports: dict[tuple[str, str], Future[Report]]) -> None:
    report = reports[name, backend].result()
    if report.skipped:
        pytest.skip(report.skipped)
    assert report.failure is None
    assert report.compared["jobs"] > 0
    assert name in table([report])
