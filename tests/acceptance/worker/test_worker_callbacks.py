"""The callback of a job is delivered, signed, whatever breaks on the way."""

import base64
import os
import signal
import threading

import pytest

from service.domain.callbacks import NewCallback
from service.domain.status import RequestedState, Status
from tests.acceptance.worker.rig import ENDLESS, wait_until
from tests.receivers import receiver

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OWN_SECRET = "whsec_" + base64.b64encode(b"of this job alone, and no other").decode()
SETTINGS = {
    "callback_secret": SECRET,
    "callback_private": True,
    "callback_attempts": 3,
    "callback_retry_seconds": 0.02,
    "callback_timeout_seconds": 1.0,
    "callback_look_seconds": 0.05,
}


@pytest.fixture
def attempts(rig):
    """Call it for the callback events of a job, once there are as many as expected."""

    def read(job, count):
        def found():
            told = [event.data for event in rig.storage.list_events(job.id) if event.kind == "callback"]
            return told if len(told) >= count else None

        return wait_until(found, f"{count} attempts")

    return read


def callback_to(there, secret=None):
    return NewCallback(url=there.url, secret=secret)


def test_a_job_reports_its_end_once_and_signed(rig, attempts):
    with receiver() as there:
        rig.start_worker(**SETTINGS)
        job = rig.submit(epochs=3, callback=callback_to(there))
        done = rig.wait_for(job.id, Status.SUCCEEDED)
        assert attempts(job, 1) == [
            {"attempt": 1, "delivered": True, "status": 204, "error": None, "final": True, "retry_seconds": None}
        ]
        own = rig.submit(epochs=ENDLESS, callback=callback_to(there, OWN_SECRET))
        rig.wait_for_epoch(own.id, 1)
        rig.storage.set_requested_state(own.id, RequestedState.CANCEL)
        attempts(own, 1)
    first, second = there.received
    first.assert_signed_by(SECRET)
    second.assert_signed_by(OWN_SECRET)
    assert first.path == "/hook?for=me"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["webhook-id"] == f"msg_{job.id}"
    assert first.json["type"] == "job.succeeded"
    assert first.json["data"] | {"job": job.id, "network": done.network_name, "epoch": 3} == first.json["data"]
    assert second.json["type"] == "job.cancelled"


def test_a_failed_job_reports_why(rig, attempts):
    with receiver() as there:
        rig.start_worker(**SETTINGS)
        job = rig.submit(epochs=ENDLESS, max_seconds=0.1, callback=callback_to(there))
        attempts(job, 1)
    [received] = there.received
    assert (received.json["type"], received.json["data"]["error"]["code"]) == ("job.failed", "timeout")


def test_a_receiver_that_fails_is_called_again_with_the_same_id_until_it_takes_it(rig, attempts):
    with receiver(500, 503, 200) as there:
        job = rig.submit(callback=callback_to(there))
        rig.start_worker(**SETTINGS)
        told = attempts(job, 3)
    assert [(one["attempt"], one["status"], one["delivered"], one["final"]) for one in told] == [
        (1, 500, False, False),
        (2, 503, False, False),
        (3, 200, True, True),
    ]
    assert 0.01 <= told[0]["retry_seconds"] <= 0.03 and 0.04 <= told[1]["retry_seconds"] <= 0.12
    assert told[0]["error"] == "The answer was 500."
    assert {received.headers["webhook-id"] for received in there.received} == {f"msg_{job.id}"}
    for received in there.received:
        received.assert_signed_by(SECRET)


@pytest.mark.parametrize(("status", "count"), [(500, 3), (302, 3), (410, 1)])
def test_it_is_given_up_after_its_attempts_or_when_the_receiver_is_gone(rig, attempts, status, count):
    with receiver(status, location="http://127.0.0.1:1/") as there:
        job = rig.submit(callback=callback_to(there))
        other = rig.submit(callback=callback_to(there))
        rig.start_worker(**SETTINGS)
        assert attempts(job, count)[-1] == {
            "attempt": count,
            "delivered": False,
            "status": status,
            "error": f"The answer was {status}.",
            "final": True,
            "retry_seconds": None,
        }
        attempts(other, count)
        assert rig.storage.claim_callback(lease_seconds=1) is None
    assert len(there.received) == 2 * count


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0", "2130706433"])
def test_a_private_address_is_rejected_at_once(rig, attempts, host):
    with receiver() as there:
        rig.start_worker(**SETTINGS | {"callback_private": False})
        job = rig.submit(callback=NewCallback(url=f"http://{host}:{there.port}/"))
        [told] = attempts(job, 1)
    assert told["final"] and "FEEDFORWARD_CALLBACK_PRIVATE" in told["error"]
    assert there.received == []


def test_a_worker_without_a_secret_leaves_it_to_one_that_has_it(rig, attempts):
    with receiver() as there:
        first = rig.start_worker(**SETTINGS | {"callback_secret": None})
        job = rig.submit(callback=callback_to(there))
        assert "FEEDFORWARD_CALLBACK_SECRET" in attempts(job, 1)[0]["error"]
        assert rig.stop(first) == 0
        rig.start_worker(**SETTINGS | {"callback_attempts": 8})
        assert wait_until(lambda: [one for one in attempts(job, 1) if one["delivered"]])
    assert len(there.received) == 1


def test_a_worker_killed_in_mid_delivery_loses_nothing(rig, attempts):
    """At least once: the receiver sees the same id twice, for nobody can know whether the first one arrived."""
    with receiver(hold=threading.Event()) as there:
        first = rig.start_worker(**SETTINGS | {"callback_timeout_seconds": 1.5})
        job = rig.submit(callback=callback_to(there))
        wait_until(lambda: there.received, "the first attempt")
        os.kill(first.pid, signal.SIGKILL)
        there.hold.set()
        rig.start_worker(**SETTINGS)
        assert [one["attempt"] for one in attempts(job, 1)] == [2]
    assert [received.headers["webhook-id"] for received in there.received] == [f"msg_{job.id}"] * 2


def test_a_worker_asked_to_stop_ends_what_is_on_its_way(rig, attempts):
    with receiver(hold=threading.Event()) as there:
        worker = rig.start_worker(**SETTINGS | {"callback_timeout_seconds": 20.0, "grace_seconds": 20.0})
        job = rig.submit(callback=callback_to(there))
        wait_until(lambda: there.received, "the first attempt")
        worker.terminate()
        there.hold.set()
        assert worker.wait(30) == 0
        assert [one["delivered"] for one in attempts(job, 1)] == [True]
    assert len(there.received) == 1


def test_two_workers_send_each_of_many_once_and_a_silent_receiver_holds_up_no_other(rig, attempts):
    with receiver() as there, receiver(hold=threading.Event()) as silent:
        stuck = [rig.make_job(callback=callback_to(silent)) for _ in range(3)]
        jobs = [rig.make_job(callback=callback_to(there)) for _ in range(20)]
        for job in (*stuck, *jobs):
            rig.storage.set_requested_state(job.id, RequestedState.CANCEL)
        for _ in range(2):
            rig.start_worker(**SETTINGS | {"callback_timeout_seconds": 20.0})
        for job in jobs:
            attempts(job, 1)
        assert len(silent.received) == len(stuck)
        silent.hold.set()
        for job in stuck:
            attempts(job, 1)
    assert sorted(one.json["data"]["job"] for one in there.received) == sorted(job.id for job in jobs)
    assert len(silent.received) == len(stuck)
