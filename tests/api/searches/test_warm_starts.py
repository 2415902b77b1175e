"""A search that begins with the trials of another one."""

from tests.api.searches.searched import BODY, RATE, UNITS, needs_optuna, run_search

TPE = {"type": "tpe", "startup": 4, "seed": 1}


@needs_optuna
def test_the_sampler_knows_the_trials_of_another_search(client, search, backend, trials):
    first = search(name="first", limits={"trials": 4})
    run_search(backend)
    warm = search(name="warm", sampler=TPE, warm_start=["first"], limits={"trials": 2})
    cold = search(name="cold", sampler=TPE, limits={"trials": 2})
    assert (warm["warm_start"], cold["warm_start"]) == ([first["id"]], [])
    run_search(backend)
    found, without = ([trial["parameters"] for trial in trials(made)] for made in (warm, cold))
    # With four trials known, none is drawn at random any more.
    assert all(one != other for one, other in zip(found, without, strict=True))


@needs_optuna
def test_what_becomes_of_the_other_search_changes_nothing(client, search, backend, trials):
    search(name="first", limits={"trials": 4})
    run_search(backend)
    one = search(name="one", sampler=TPE, warm_start=["first"], limits={"trials": 3})
    other = search(name="other", sampler=TPE, warm_start=["first"], limits={"trials": 3})
    assert client.delete("/searches/first").status_code == 204
    run_search(backend, pick=-1)
    ours, theirs = ([(trial["parameters"], trial["value"]) for trial in trials(made)] for made in (one, other))
    assert ours == theirs and len(ours) == 3


@needs_optuna
def test_only_searches_that_teach_something_are_taken(search, backend, rejected):
    search(name="first", limits={"trials": 2})
    search(name="maximal", limits={"trials": 1}, objective={"metric": "val_loss", "goal": "maximize"})
    search(name="other", limits={"trials": 1}, parameters={RATE: {"values": [0.1]}})
    body = {**BODY, "sampler": TPE}
    rejected(422, "POST", "/searches", "#/warm_start/0", json={**body, "warm_start": ["first"]})  # not one has ended
    run_search(backend)
    rejected(
        422,
        "POST",
        "/searches",
        "#/warm_start/1",
        "#/warm_start/2",
        json={**body, "warm_start": ["first", "maximal", "other"]},
    )
    rejected(422, "POST", "/searches", "#/warm_start", json={**body, "warm_start": ["first", "first"]})
    narrow = {RATE: {"values": [0.07]}, UNITS: {"values": [2]}}
    rejected(422, "POST", "/searches", "#/warm_start/0", json={**body, "parameters": narrow, "warm_start": ["first"]})


def test_a_sampler_that_does_not_learn_takes_no_trials(search, rejected):
    search(name="first", limits={"trials": 1})
    rejected(422, "POST", "/searches", "#/warm_start", json={**BODY, "warm_start": ["first"]})


@needs_optuna
def test_a_search_that_is_not_there_is_named(rejected, cheeses):
    rejected(404, "POST", "/searches", "#/warm_start/0", json={**BODY, "sampler": TPE, "warm_start": ["missing"]})
