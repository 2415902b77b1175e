"""The Python client in a notebook: a bar that is replaced while a training runs, drawings, and curves."""

from __future__ import annotations

import json

import pytest

from tests.clients.environments import HERE, ROOT, program, run


@pytest.fixture(scope="module")
def cells(service):
    shown = run(program("notebook"), str(HERE / "notebook/shows.py"), service.url, str(ROOT / "clients/python"))
    return json.loads(shown)


def test_a_training_shows_one_bar_with_its_curve_which_ends_full(cells):
    [bar] = [output["text/html"] for output in cells[0]]
    assert 'value="1.000"' in bar and "succeeded  epoch 2000 of 2000" in bar and "<polyline" in bar


def test_a_network_and_a_history_are_drawn(cells):
    [network], [history] = cells[1], cells[2]
    assert network["text/html"].count("<circle") == 2 + 4 + 1 and "Network(name=" in network["text/plain"]
    assert "<polyline" in history["text/html"] and len(history["text/html"]) < 10_000
