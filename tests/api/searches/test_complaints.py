"""What users of other services complain about: each issue is named where it was filed."""

import sqlalchemy as sa

from service.operations.searches.driver import advance, advance_due
from tests.api.searches.searched import BODY, RATE, counted, queued, run_search, run_trial


def test_a_trial_whose_worker_died_does_not_run_for_ever(client, search, backend, storage, trials):
    """optuna#6283."""
    undisturbed = search(name="one", limits={"trials": 3})
    run_search(backend)
    made = search(name="two", limits={"trials": 3})
    advance_due(backend)
    [first, _] = queued(storage)
    storage.claim(first, owner="gone", lease_seconds=0)
    assert counted(client.get("/searches/two").json)["running"] == 1
    storage.sweep(max_crashes=3)
    run_search(backend)
    assert client.get("/searches/two").json["status"] == "succeeded"
    one, two = ([(trial["parameters"], trial["value"]) for trial in trials(each)] for each in (undisturbed, made))
    assert one == two


def test_the_next_trial_costs_as_much_after_many_as_after_few(search, backend, storage):
    """ray#7608, ray#15504."""
    made = search(limits={"trials": 16})
    counts = []
    while True:
        counts.append(statements_of(lambda: advance(backend, made["id"])))
        jobs = queued(storage)
        if not jobs:
            break
        run_trial(storage, jobs[0])
    # Looks that record a trial and begin another one: the least of them, as a new best one takes more.
    assert len(counts) == 17 and min(counts[8:15]) == min(counts[1:8])


def test_a_search_that_goes_on_keeps_its_space(client, search, backend, rejected, trials):
    """ray#15177."""
    made = search(name="tune", limits={"trials": 2})
    run_search(backend)
    path = "/searches/tune/trials"
    rejected(422, "POST", path, "#/points/0/~1network~1seed", json={"points": [{"/network/seed": 1}]})
    rejected(422, "POST", path, "#/points/0/~1training~1optimizer~1learning_rate", json={"points": [{RATE: 10}]})
    client.post(path, json={"count": 2})
    run_search(backend)
    assert client.get("/searches/tune").json["parameters"].keys() == made["parameters"].keys()
    assert all(set(trial["parameters"]) == set(BODY["parameters"]) for trial in trials(made))


def statements_of(action):
    """How many statements the database gets meanwhile."""
    found = []

    def note(connection, cursor, statement, *rest):
        found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return len(found)
