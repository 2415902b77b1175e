"""Which parameters decided."""

import pytest

from service.operations.searches import optional
from tests.api.searches.searched import RATE, UNITS, needs_optuna, run_search


@needs_optuna
def test_importances_are_shares_of_one_by_parameter(client, search, backend):
    made = search(limits={"trials": 12})
    assert client.get(f"/searches/{made['id']}/importances").json == {
        "trials": 0,
        "best_share": None,
        "parameters": [{"parameter": RATE, "importance": None}, {"parameter": UNITS, "importance": None}],
    }
    run_search(backend)
    found = client.get(f"/searches/{made['id']}/importances").json
    shares = [one["importance"] for one in found["parameters"]]
    assert (found["trials"], found["best_share"]) == (12, pytest.approx(5 / 12))
    assert {one["parameter"] for one in found["parameters"]} == {RATE, UNITS}
    assert sum(shares) == pytest.approx(1) and shares == sorted(shares, reverse=True)


@needs_optuna
def test_trials_that_were_pruned_count_with_what_they_were_worth(client, search, backend):
    made = search(limits={"trials": 12}, pruner={"type": "asha", "min_epochs": 1, "factor": 3}, name="tune")
    run_search(backend)
    assert client.get(f"/searches/{made['id']}").json["counts"]["pruned"] > 0
    assert client.get("/searches/tune/importances").json["trials"] == 12


def test_without_optuna_the_answer_says_what_to_install(search, rejected, monkeypatch):
    search(name="tune")
    monkeypatch.setattr(optional, "find_spec", lambda name: None)
    problem = rejected(501, "GET", "/searches/tune/importances")
    assert "pip install 'optuna" in problem["detail"]


def test_a_search_that_is_not_there_has_none(rejected):
    rejected(404, "GET", "/searches/missing/importances")
