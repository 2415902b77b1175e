"""What can be said of a process that died, and what cannot."""

import os
import signal

import pytest

from service.jobs.machine_memory import machine_bytes, oom_kills
from service.worker.exit_causes import exit_cause


def test_a_kill_while_the_system_counted_one_more_for_want_of_memory_is_taken_for_it():
    now = oom_kills()
    if now is None:
        pytest.skip("this system does not count them")
    assert exit_cause(-signal.SIGKILL, oom_kills_before=now - 1).code == "out_of_memory"
    assert exit_cause(-signal.SIGKILL, oom_kills_before=now).code == "crashed"
    assert exit_cause(-signal.SIGSEGV, oom_kills_before=now - 1).code == "crashed"


@pytest.mark.parametrize(
    ("code", "said"),
    [(-signal.SIGSEGV, "signal SIGSEGV"), (-signal.SIGKILL, "signal SIGKILL"), (-63, "signal 63"), (1, "code 1")],
)
def test_a_crash_says_how_it_ended(code, said):
    cause = exit_cause(code, oom_kills_before=oom_kills())
    assert cause.code == "crashed"
    assert said in cause.message


def test_the_machine_has_some_memory_and_a_container_no_more():
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 2**26 < machine_bytes() <= physical
