"""How much memory there is, from files as control groups write them."""

import pytest

from service.jobs import machine_memory
from service.jobs.machine_memory import machine_bytes


@pytest.fixture
def limited(tmp_path, monkeypatch):
    """Let this process be in a group with such a limit."""
    monkeypatch.setattr(machine_memory, "own_cgroup", lambda: tmp_path)
    monkeypatch.setattr(machine_memory, "CGROUPS", tmp_path)

    def limited(text):
        (tmp_path / "memory.max").write_text(text)
        return machine_bytes()

    return limited


def test_a_container_has_the_memory_of_its_limit_where_that_is_less(limited):
    assert limited("1048576\n") == 2**20
    whole = limited("max\n")
    assert whole > 2**20
    assert limited(f"{whole * 2}\n") == whole


def test_the_old_place_of_the_limit_counts_too(limited, tmp_path):
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory/memory.limit_in_bytes").write_text("2097152\n")
    assert limited("max\n") == 2**21
