"""Warnings of drift: settings, looks, events and streams, over HTTP."""

import base64

import numpy as np
import pytest

from service.operations.monitoring.watch import INTERNAL, watch_drift
from tests.api.sse import STREAM, messages
from tests.api.test_drift import ask, drift, watched

__all__ = ["watched"]

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
URL = "https://example.org/drift"
USUAL, SHIFTED = np.arange(3000, 5000, 10), np.arange(6000, 8000, 10)


@pytest.fixture
def watch(client, watched, backend):
    """Call it to look as a worker does, as if the interval had gone by."""

    def look(**settings):
        changes = {"every": 60, "rows": 200, "callback": URL, "callback_secret": SECRET} | settings
        body = {"answer_log": {"min_rows": 100, "watch": changes}}
        answer = client.patch("/networks/birds", json=body)
        assert answer.status_code == 200, answer.text
        watch_drift(backend)
        return drift(client)["watch"]

    return look


def events(client, kind=None):
    found = client.get("/networks/birds/events").json["data"]
    return [event for event in found if kind in (None, event["kind"])]


def test_a_watch_is_answered_with_its_defaults_and_without_its_secret(client, watched):
    body = {"answer_log": {"watch": {"callback": URL, "callback_secret": SECRET}}}
    answer = client.patch("/networks/birds", json=body)
    assert answer.json["answer_log"]["watch"] == {"every": 3600, "rows": 2000, "window": None, "callback": URL}
    assert SECRET not in answer.text + client.get("/networks/birds").text
    assert client.patch("/networks/birds", json={"answer_log": {}}).json["answer_log"]["watch"] is None
    assert drift(client)["watch"] is None


@pytest.mark.parametrize(
    ("settings", "places"),
    [
        ({"watch": {"every": 0, "rows": 5, "window": 0}}, ["watch/every", "watch/rows", "watch/window"]),
        ({"watch": {"threshold": 1}}, ["watch/threshold"]),
        ({"watch": True}, ["watch"]),
        ({"watch": {"rows": 100}}, ["watch/rows"]),
        ({"watch": {}, "max_rows": 50}, ["max_rows"]),
        ({"ks": 1.5, "psi": 0}, ["ks", "psi"]),
        ({"watch": {"callback": "ftp://example.org", "callback_secret": SECRET}}, ["watch/callback"]),
        ({"watch": {"callback": "http://127.0.0.1/", "callback_secret": SECRET}}, ["watch/callback"]),
        ({"watch": {"callback": URL, "callback_secret": "abc"}}, ["watch/callback_secret"]),
        ({"watch": {"callback": URL}}, ["watch/callback_secret"]),
        ({"watch": {"callback_secret": SECRET}}, ["watch/callback_secret"]),
    ],
)
def test_wrong_settings_of_a_watch_are_named(rejected, watched, settings, places):
    pointers = [f"#/answer_log/{place}" for place in places]
    rejected(422, "PATCH", "/networks/birds", *pointers, json={"answer_log": settings})


def test_the_secret_of_the_same_callback_stays_and_no_other(client, rejected, watched, storage):
    def put(**watch):
        return client.patch("/networks/birds", json={"answer_log": {"watch": watch}})

    put(callback=URL, callback_secret=SECRET)
    settings = client.get("/networks/birds").json["answer_log"]
    assert client.patch("/networks/birds", json={"answer_log": settings}).status_code == 200
    network = storage.get_network("birds")
    assert storage.get_watch(network.id).callback.secret == SECRET
    other = {"answer_log": {"watch": {"callback": "https://example.org/other"}}}
    rejected(422, "PATCH", "/networks/birds", "#/answer_log/watch/callback_secret", json=other)
    assert storage.get_watch(network.id).callback.url == URL


def test_a_column_is_warned_of_once_until_it_was_below(client, watch, storage):
    ask(client, USUAL)
    assert watch()["last_status"] == "steady"
    assert events(client) == []
    for _ in range(2):
        ask(client, SHIFTED)
        state = watch()
        assert state["last_status"] == "drifted"
        assert {"role": "input", "name": "mass"} in state["above"]
        assert len(events(client, "drift")) == 1
    ask(client, USUAL)
    assert watch()["above"] == []
    assert [event["kind"] for event in events(client)] == ["drift", "drift_ended"]
    ask(client, SHIFTED)
    watch()
    assert [event["kind"] for event in events(client)] == ["drift", "drift_ended", "drift"]
    sent = []
    while (due := storage.claim_callback(lease_seconds=60)) is not None:
        sent.append((due.about.seq, due.url, due.secret))
    assert sent == [(1, URL, SECRET), (3, URL, SECRET)]


def test_a_warning_names_columns_figures_thresholds_and_rows(client, watch, watched):
    ask(client, SHIFTED)
    watch()
    [event] = events(client)
    data, shown = event["data"], drift(client)
    assert (event["network"], event["seq"], event["kind"]) == ("birds", 1, "drift")
    assert (data["snapshot"], data["version"], data["rows"], data["reference_rows"]) == (watched, None, 200, 200)
    assert data["thresholds"] == {"psi": 0.2, "ks": None}
    mass = next(column for column in data["columns"] if column["name"] == "mass")
    [expected] = [column for column in shown["columns"] if column["name"] == "mass"]
    assert mass == {"role": "input", "name": "mass", "psi": expected["psi"], "ks": expected["ks"]["statistic"]}
    assert [column["psi"] for column in data["columns"]] == sorted((c["psi"] for c in data["columns"]), reverse=True)


def test_another_column_is_warned_of_while_the_first_is_still_above(client, watch):
    ask(client, SHIFTED)
    watch()
    ask(client, SHIFTED, island=("Dream",))
    watch()
    second = events(client, "drift")[1]["data"]
    assert [column["name"] for column in second["columns"]] == ["island"]
    assert {"role": "input", "name": "mass"} in second["still_above"]


def test_a_threshold_of_the_statistic_counts_as_well(client, watched, backend):
    ask(client, USUAL + 300)
    body = {"answer_log": {"min_rows": 100, "psi": 100, "ks": 0.1, "watch": {"rows": 200}}}
    client.patch("/networks/birds", json=body)
    watch_drift(backend)
    [event] = events(client)
    assert {"mass"} <= {column["name"] for column in event["data"]["columns"] if column["role"] == "input"}
    assert all(column["ks"] > 0.1 for column in event["data"]["columns"])
    assert event["data"]["thresholds"] == {"psi": 100.0, "ks": 0.1}
    [mass] = [column for column in drift(client)["columns"] if column["name"] == "mass"]
    assert mass["drifted"]


def test_the_newest_rows_are_compared_and_too_few_change_nothing(client, watch):
    ask(client, SHIFTED)
    ask(client, USUAL)
    assert watch(rows=200)["last_status"] == "steady"
    ask(client, SHIFTED)
    assert watch()["last_status"] == "drifted"
    assert watch(window=1)["last_status"] in ("drifted", "too_few")
    client.delete("/networks/birds/answers")
    state = watch()
    assert state["last_status"] == "too_few"
    assert events(client, "drift_ended") == []


def test_a_snapshot_that_answers_next_is_warned_of_by_itself(client, watch, watched):
    ask(client, SHIFTED)
    watch()
    ask(client, USUAL, snapshot="initial")
    state = watch()
    assert (state["last_status"], state["above"]) == ("no_reference", [])
    ask(client, SHIFTED)
    watch()
    assert len(events(client, "drift")) == 1


def test_a_fault_is_kept_with_the_watch_and_no_other_suffers(client, watch, monkeypatch, caplog):
    def broken(*arguments, **options):
        raise RuntimeError

    ask(client, SHIFTED)
    monkeypatch.setattr("service.operations.monitoring.watch.drift_of", broken)
    state = watch()
    assert (state["last_status"], state["last_error"]) == ("failed", INTERNAL)
    monkeypatch.undo()
    assert watch()["last_error"] is None


def test_the_events_of_a_network_are_streamed_and_resumed(client, watch, monkeypatch):
    monkeypatch.setattr("service.api.jobs.event_stream.LIFE_SECONDS", 0.2)
    ask(client, SHIFTED)
    watch()
    ask(client, USUAL)
    watch()
    found = messages(client.get("/networks/birds/events", headers=STREAM).text)
    assert [(kind, last_id) for kind, _, last_id in found] == [("drift", "1.0"), ("drift_ended", "2.0")]
    assert found[0][1] == events(client)[0]
    rest = client.get("/networks/birds/events", headers={**STREAM, "Last-Event-ID": "1.0"})
    assert [kind for kind, *_ in messages(rest.text)] == ["drift_ended"]


def test_one_stream_follows_jobs_and_networks(client, watch, submit, rejected, monkeypatch):
    monkeypatch.setattr("service.api.jobs.event_stream.LIFE_SECONDS", 0.2)
    ask(client, SHIFTED)
    watch()
    job = submit()
    found = messages(client.get(f"/events?jobs={job}&networks=birds", headers=STREAM).text)
    assert [(kind, last_id) for kind, _, last_id in found] == [("submitted", "1.0,0.0"), ("drift", "1.0,1.0")]
    assert (found[0][1]["job"], found[1][1]["network"]) == (job, "birds")
    assert [kind for kind, *_ in messages(client.get("/events?networks=birds", headers=STREAM).text)] == ["drift"]
    rejected(422, "GET", "/events", "jobs", headers=STREAM)
    rejected(404, "GET", "/events?networks=nobody", headers=STREAM)
    rejected(404, "GET", "/networks/nobody/events")


def test_events_of_a_network_are_paged(client, watch):
    for masses in (SHIFTED, USUAL, SHIFTED):
        ask(client, masses)
        watch()
    first = client.get("/networks/birds/events?limit=2").json
    second = client.get("/networks/birds/events", query_string={"limit": 2, "after": first["last_id"]}).json
    assert [event["seq"] for event in first["data"] + second["data"]] == [1, 2, 3]
    assert (first["has_more"], second["has_more"]) == (True, False)
