from dataclasses import replace

import pytest

from service.domain.callbacks import NewCallback
from service.domain.monitoring import Look, NewWatch
from service.errors import LeaseLost, NotFound
from tests.storage.makers import at_once, stored_network

SETTINGS = {"share": 1.0}
CALLBACK = NewCallback(url="https://example.org/drift", secret="whsec_c2VjcmV0")
STEADY = Look(status="steady", drifted={})
WARNING = Look(status="drifted", drifted={"snap_1": ["inputs/fat"]}, events=[("drift", {"rows": 300})], calls_back=True)


def watched(storage, *, every_seconds=3600.0, callback=CALLBACK):
    network = stored_network(storage)
    storage.set_answer_log(network.id, SETTINGS, NewWatch(every_seconds=every_seconds, callback=callback))
    return network


def begun(storage, lease_seconds=60.0):
    [watch] = storage.due_watches(limit=10)
    return storage.begin_look(watch, lease_seconds=lease_seconds)


class WatchesContract:
    def test_a_network_is_watched_as_its_settings_say_and_at_once(self, storage):
        network = watched(storage)
        watch = storage.get_watch(network.id)
        assert (watch.network_id, watch.every_seconds, watch.callback) == (network.id, 3600.0, CALLBACK)
        assert (watch.last_at, watch.last_status, watch.last_error, watch.drifted) == (None, None, None, {})
        assert storage.due_watches(limit=10) == [watch]
        assert "whsec" not in repr(watch)
        storage.set_answer_log(network.id, SETTINGS)
        assert storage.get_watch(network.id) is None and storage.due_watches(limit=10) == []
        with pytest.raises(NotFound):
            storage.set_answer_log("net_0", SETTINGS, NewWatch(every_seconds=1.0))

    def test_a_log_that_is_switched_off_is_not_watched(self, storage):
        network = watched(storage)
        storage.set_answer_log(network.id, None, NewWatch(every_seconds=1.0))
        assert storage.get_watch(network.id) is None

    def test_of_workers_at_once_one_looks(self, storage):
        watched(storage)
        [due] = storage.due_watches(limit=10)
        looks = at_once(lambda n: storage.begin_look(due, lease_seconds=60.0), 6)
        assert len([look for look in looks if look is not None]) == 1
        assert storage.due_watches(limit=10) == []

    def test_the_next_look_is_due_an_interval_after_the_last_one_began(self, storage):
        network = watched(storage)
        look = begun(storage)
        assert storage.end_look(look, STEADY)
        watch = storage.get_watch(network.id)
        assert watch.next_at == pytest.approx(look.last_at + 3600, abs=1e-3)
        assert (watch.last_at, watch.last_status) == (look.last_at, "steady")
        assert storage.due_watches(limit=10) == []

    def test_warnings_of_drift_are_counted_and_other_looks_are_not(self, storage):
        network = watched(storage, every_seconds=0.0)
        for found in (STEADY, replace(STEADY, events=[("drift_ended", {})]), WARNING):
            look = begun(storage)
            assert storage.end_look(look, found)
        assert storage.figures().drift_warnings == 1
        assert not storage.end_look(look, WARNING)
        storage.delete_network(network.id)
        assert storage.figures().drift_warnings == 1

    def test_a_look_that_does_not_end_is_followed_by_another_and_writes_nothing(self, storage):
        network = watched(storage)
        lost = begun(storage, lease_seconds=0.0)
        other = begun(storage)
        assert not storage.end_look(lost, WARNING)
        assert storage.list_network_events(network.id) == []
        assert storage.end_look(other, WARNING)
        assert not storage.end_look(other, WARNING)
        assert [event.kind for event in storage.list_network_events(network.id)] == ["drift"]

    def test_a_look_under_way_writes_nothing_after_a_change_and_what_had_drifted_stays_known(self, storage):
        network = watched(storage)
        storage.end_look(begun(storage), WARNING)
        storage.set_answer_log(network.id, SETTINGS, NewWatch(every_seconds=60.0))
        look = begun(storage)
        assert (look.drifted, look.every_seconds, look.callback) == ({"snap_1": ["inputs/fat"]}, 60.0, None)
        storage.set_answer_log(network.id, SETTINGS, NewWatch(every_seconds=61.0))
        assert not storage.end_look(look, STEADY)
        assert storage.get_watch(network.id).last_status == "drifted"

    def test_a_warning_is_an_event_and_a_callback_that_is_due(self, storage):
        network = watched(storage)
        storage.end_look(begun(storage), WARNING)
        [event] = storage.list_network_events(network.id)
        assert (event.network_id, event.network_name, event.seq) == (network.id, network.name, 1)
        assert (event.kind, event.data) == ("drift", {"rows": 300})
        due = storage.claim_callback(lease_seconds=60)
        assert (due.about, due.url, due.secret, due.attempt) == (event, CALLBACK.url, CALLBACK.secret, 1)
        assert storage.claim_callback(lease_seconds=60) is None
        storage.settle_callback(due.id, 1, {"delivered": False}, retry_seconds=0)
        again = storage.claim_callback(lease_seconds=60)
        assert (again.id, again.attempt) == (due.id, 2)
        with pytest.raises(LeaseLost):
            storage.settle_callback(due.id, 1, {"delivered": True}, retry_seconds=None)
        storage.settle_callback(due.id, 2, {"delivered": True}, retry_seconds=None)
        told = [(event.seq, event.kind, event.data) for event in storage.list_network_events(network.id, after=1)]
        assert told == [
            (2, "callback", {"event": 1, "delivered": False}),
            (3, "callback", {"event": 1, "delivered": True}),
        ]
        assert storage.claim_callback(lease_seconds=60) is None

    def test_a_warning_without_a_callback_is_an_event_alone(self, storage):
        network = watched(storage, callback=None)
        storage.end_look(begun(storage), WARNING)
        assert len(storage.list_network_events(network.id)) == 1
        assert storage.claim_callback(lease_seconds=60) is None

    def test_events_are_listed_page_by_page_and_the_newest_are_kept(self, storage, monkeypatch):
        monkeypatch.setattr("service.storage.sql.network_events.KEPT", 3)
        network = watched(storage, every_seconds=0.0)
        for _ in range(5):
            storage.end_look(begun(storage), WARNING)
        assert [event.seq for event in storage.list_network_events(network.id)] == [3, 4, 5]
        assert [event.seq for event in storage.list_network_events(network.id, after=3, limit=1)] == [4]
        assert storage.claim_callback(lease_seconds=60).about.seq == 3
        with pytest.raises(NotFound):
            storage.list_network_events("net_0")

    def test_all_of_it_goes_with_the_network(self, storage):
        network = watched(storage, every_seconds=0.0)
        storage.end_look(begun(storage), WARNING)
        look = begun(storage)
        due = storage.claim_callback(lease_seconds=0)
        storage.delete_network(network.id)
        assert storage.due_watches(limit=10) == [] and storage.claim_callback(lease_seconds=0) is None
        for late in (
            lambda: storage.end_look(look, WARNING),
            lambda: storage.settle_callback(due.id, due.attempt, {}, retry_seconds=None),
        ):
            with pytest.raises(NotFound):
                late()
