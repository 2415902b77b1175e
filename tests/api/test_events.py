import itertools
import threading

import pytest

from service.domain.status import Status
from tests.api.runs import Run, epoch
from tests.api.sse import STREAM, messages, told


@pytest.fixture
def watchful(monkeypatch):
    """Streams that look often."""
    monkeypatch.setattr("service.api.jobs.event_stream.SHORTEST_PAUSE", 0.01)
    monkeypatch.setattr("service.api.jobs.event_stream.LONGEST_PAUSE", 0.01)


@pytest.fixture
def quick(watchful, monkeypatch):
    """Streams that look often and live briefly."""
    monkeypatch.setattr("service.api.jobs.event_stream.LIFE_SECONDS", 0.2)


def test_events_are_listed_in_order_and_page_by_page(client, submit, storage):
    job = submit()
    Run(storage, job).report(epoch(1)).end()
    first = client.get(f"/jobs/{job}/events?limit=2").json
    second = client.get(f"/jobs/{job}/events?limit=2&after={first['last_id']}").json

    assert [(event["seq"], event["kind"]) for event in first["data"]] == [(1, "submitted"), (2, "started")]
    assert [(event["seq"], event["kind"]) for event in second["data"]] == [(3, "ended")]
    assert (first["has_more"], second["has_more"], second["last_id"]) == (True, False, "3")
    assert second["data"][0]["data"]["status"] == "succeeded"
    assert second["data"][0]["created_at"].endswith("Z")


def test_the_events_of_an_ended_job_are_whole(client, submit, storage):
    job = submit()
    Run(storage, job).report(epoch(1), epoch(2, loss=float("nan"))).end()
    answer = client.get(f"/jobs/{job}/events", headers=STREAM)
    found = messages(answer.text)

    assert answer.mimetype == "text/event-stream"
    assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert answer.text.startswith("retry: ")
    assert [kind for kind, *_ in found] == ["submitted", "started", "epochs", "ended", "end"]
    assert [last_id for *_, last_id in found] == ["1.0", "2.0", "2.2", "3.2", "end"]
    rows = found[2][1]["epochs"]
    assert rows == client.get(f"/jobs/{job}/history").json["data"]
    assert (rows[1]["loss"], rows[1]["nonfinite"]) == (None, {"loss": "nan"})
    assert found[3][1]["progress"]["status"] == "succeeded"
    assert found[4][1] == {job: "succeeded"}


def test_a_stream_read_to_its_end_is_not_opened_again(client, submit, storage):
    job = submit()
    Run(storage, job).report(epoch(1)).end()
    *_, (_, _, last_id) = messages(client.get(f"/jobs/{job}/events", headers=STREAM).text)
    answer = client.get(f"/jobs/{job}/events", headers={**STREAM, "Last-Event-ID": last_id})

    assert (answer.status_code, answer.data) == (204, b"")


def test_what_is_reported_beside_an_event_is_not_older_than_the_event(client, submit, storage, quick, monkeypatch):
    job = submit()
    run = Run(storage, job).report(epoch(1))
    client.post(f"/jobs/{job}/pause")
    listed = storage.list_events

    def paused_meanwhile(*args, **options):
        if storage.get_job(job).status is Status.PAUSING:
            run.end(Status.PAUSED)
        return listed(*args, **options)

    monkeypatch.setattr(storage, "list_events", paused_meanwhile)
    found = messages(client.get(f"/jobs/{job}/events", headers=STREAM).text)

    [paused] = [data for kind, data, _ in found if kind == "paused"]
    assert paused["progress"]["status"] == "paused"


def test_wherever_a_stream_breaks_the_replay_reports_everything_once(client, submit, storage):
    job = submit()
    run = Run(storage, job)
    for first in range(1, 1300, 130):
        run.report(*map(epoch, range(first, first + 130)))
        storage.add_event(job, "note", {"first": first})
    run.end()
    whole = messages(client.get(f"/jobs/{job}/events", headers=STREAM).text)

    assert list(told(whole)) == sorted(set(told(whole)), key=list(told(whole)).index)
    assert sum(kind == "epoch" for _, kind, _ in told(whole)) == 1300
    for broken in range(len(whole)):
        last_id = {"Last-Event-ID": whole[broken - 1][2]} if broken else {}
        rest = messages(client.get(f"/jobs/{job}/events", headers={**STREAM, **last_id}).text)
        assert whole[:broken] + rest == whole


def test_a_running_job_is_followed_live_over_reconnections(client, submit, storage, quick):
    job = submit()
    run = Run(storage, job)

    def work():
        for number in range(1, 31):
            run.report(epoch(number))
        run.end(Status.CANCELLED)

    worker = threading.Thread(target=work)
    worker.start()
    found, headers = [], STREAM
    while not found or found[-1][0] != "end":
        found += messages(client.get(f"/jobs/{job}/events", headers=headers).text)
        headers = {**STREAM, "Last-Event-ID": found[-1][2]}
    worker.join()

    assert [number for _, kind, number in told(found) if kind == "epoch"] == list(range(1, 31))
    assert [number for _, kind, number in told(found) if kind == "event"] == [1, 2, 3]
    assert found[-1][1] == {job: "cancelled"}


def test_a_silent_stream_says_now_and_then_that_it_lives(client, submit, watchful, monkeypatch):
    monkeypatch.setattr("service.api.jobs.event_stream.KEEP_ALIVE_SECONDS", 0.02)
    with client.get(f"/jobs/{submit()}/events", headers=STREAM) as answer:
        said = b"".join(itertools.islice(answer.iter_encoded(), 4)).decode()

    assert said.endswith(": keep-alive\n\n: keep-alive\n\n")
    assert [kind for kind, *_ in messages(said)] == ["submitted"]


def test_several_jobs_share_a_stream_with_a_cursor_for_each(client, submit, storage):
    jobs = [submit(), submit()]
    for job, count in zip(jobs, (3, 5), strict=True):
        Run(storage, job).report(*map(epoch, range(1, count + 1))).end()
    path = f"/events?jobs={','.join(jobs)}"
    whole = messages(client.get(path, headers=STREAM).text)

    assert whole[-2][2] == "3.3,3.5"
    assert whole[-1] == ("end", dict.fromkeys(jobs, "succeeded"), "end")
    for broken in range(1, len(whole)):
        rest = messages(client.get(path, headers={**STREAM, "Last-Event-ID": whole[broken - 1][2]}).text)
        assert list(told(whole[:broken] + rest)) == list(told(whole))
    assert client.get(path, headers={**STREAM, "Last-Event-ID": "end"}).status_code == 204


def test_a_stream_may_begin_behind_what_was_read_otherwise(client, submit, storage):
    job = submit()
    Run(storage, job).report(*map(epoch, range(1, 6))).end()
    found = messages(client.get(f"/jobs/{job}/events?after=2.4", headers=STREAM).text)

    assert list(told(found)) == [(job, "epoch", 5), (job, "event", 3)]


def test_a_stream_ends_after_so_many_bytes_and_the_next_ones_bring_the_rest(client, submit, storage, monkeypatch):
    job = submit(epochs=900)
    run = Run(storage, job)
    for first in range(1, 901, 100):
        run.report(*map(epoch, range(first, first + 100)))
    run.end()
    whole = messages(client.get(f"/jobs/{job}/events", headers=STREAM).text)
    longest = max(len(str(data)) for _, data, _ in whole)
    monkeypatch.setattr("service.api.jobs.event_stream.MAX_BYTES", 10_000)
    parts, last_id = [], "0.0"
    while last_id != "end":
        answer = client.get(f"/jobs/{job}/events", headers={**STREAM, "Last-Event-ID": last_id})
        found = messages(answer.text)
        assert len(answer.data) < 10_000 + 2 * longest
        assert answer.text.endswith("retry: 50\n\n") == (found[-1][0] != "end")
        parts, last_id = [*parts, found], found[-1][2]

    assert len(parts) > 1
    assert list(told(itertools.chain(*parts))) == list(told(whole))


def test_more_streams_than_allowed_are_rejected_until_one_ends(app, client, submit, rejected):
    job = submit()
    streams = app.extensions["feedforward.streams"]
    answers = [client.get(f"/jobs/{job}/events", headers=STREAM, buffered=False) for _ in range(32)]
    rejected(503, "GET", f"/jobs/{job}/events", headers=STREAM)
    assert int(client.get(f"/jobs/{job}/events", headers=STREAM).headers["Retry-After"]) > 0
    assert client.get(f"/jobs/{job}/events").status_code == 200

    streams.shut_down()
    for answer in answers:
        answer.close()
    assert client.get(f"/jobs/{job}/events", headers=STREAM).text == "retry: 1000\n\n"


def test_a_stream_ends_when_its_job_is_deleted(app, client, submit, storage, quick):
    job, other = submit(), submit()
    run = Run(storage, job)
    answer = client.get(f"/events?jobs={job},{other}", headers=STREAM, buffered=False)
    pieces = answer.iter_encoded()
    assert b"submitted" in b"".join(itertools.islice(pieces, 3))
    run.end()
    client.delete(f"/jobs/{job}")

    assert b"event: end\n" not in b"".join(pieces)
    assert client.get(f"/events?jobs={job},{other}", headers=STREAM).status_code == 404


@pytest.mark.parametrize("last_id", ["x", "", "ended", "1.2.3", "-1", "1.2,3.4", "1;2", "9" * 30])
def test_a_last_event_id_of_another_kind_is_rejected(submit, rejected, last_id):
    rejected(422, "GET", f"/jobs/{submit()}/events", headers={**STREAM, "Last-Event-ID": last_id})


def test_bad_queries_are_rejected(submit, rejected):
    job = submit()
    rejected(422, "GET", f"/jobs/{job}/events?after=x", "after")
    rejected(422, "GET", f"/jobs/{job}/events?since=1", "since")
    rejected(406, "GET", f"/events?jobs={job}", headers={"Accept": "application/json"})
    rejected(422, "GET", "/events", "jobs", headers=STREAM)
    rejected(404, "GET", f"/events?jobs={job},job_0", headers=STREAM)


def test_an_open_stream_holds_no_connection_to_the_database(client, submit, storage):
    job = submit()
    answer = client.get(f"/jobs/{job}/events", headers=STREAM, buffered=False)
    pieces = answer.iter_encoded()
    assert b"submitted" in b"".join(itertools.islice(pieces, 2))
    assert storage._engine.pool.checkedout() == 0
    answer.close()
