"""How many cores there are, and how many threads a job takes of them."""

import pytest

from service.jobs import machine_cores
from service.jobs.child_main import threads_of
from service.jobs.messages import Limits
from tests.unit.jobs.makers import assignment


@pytest.mark.parametrize(
    ("text", "cores"),
    [("200000 100000\n", 2), ("150000 100000\n", 1), ("50000 100000\n", 1), ("max 100000\n", 6), ("", 6)],
)
def test_a_container_has_the_cores_of_its_limit_where_that_is_less(tmp_path, monkeypatch, text, cores):
    monkeypatch.setattr(machine_cores, "own_cgroup", lambda: tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(6)), raising=False)
    (tmp_path / "cpu.max").write_text(text)
    assert machine_cores.machine_cores() == cores


@pytest.mark.parametrize(
    ("spec", "options", "threads"),
    [
        ({}, {}, 1),
        ({"members": 3}, {}, 4),
        ({"members": [{}, {"count": 2}]}, {}, 4),
        ({}, {"folds": 5}, 4),
        ({}, {"repeats": 2}, 4),
        ({"members": 3}, {"training": {"threads": 8}}, 8),
    ],
)
def test_only_jobs_of_several_networks_take_the_threads_of_the_worker(spec, options, threads):
    one = assignment(1)
    one.spec.update(spec)
    one.options.update({"training": {"threads": 1}} | options)
    assert threads_of(one, Limits(max_bytes=None, niceness=0, threads=4)) == threads


def test_a_prediction_takes_one_thread():
    one = assignment(1)
    one.options.clear()
    assert threads_of(one, Limits(max_bytes=None, niceness=0, threads=4)) == 1
