"""Keys from the command line, and a service beyond this machine that needs one."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from service.access.secrets import is_well_formed, new_secret
from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import ROOT, RunningService, free_port, running


def keys(folder: Path, *arguments: str) -> list[str]:
    """Run `keys` on a data folder, and return the lines it prints."""
    command = [sys.executable, "-m", "service.cli", "keys", *arguments, "--data", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def status(service: RunningService, key: str | None = None) -> int:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return Client(service.url).ask("GET", "/networks", **headers).status


def test_a_running_service_closes_with_the_first_key_and_opens_again_on_request(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as service:
        assert status(service) == 200
        *_, key = keys(folder, "create", "--name", "me", "--scopes", "admin", "--expires", "90d")
        assert is_well_formed(key)
        assert status(service, key) == 200
        until(lambda: status(service) == 401, "a closed service")
        [line] = keys(folder, "list")
        key_id = line.split()[0]
        assert f'"me" {key[:7]}...{key[-4:]}; scopes admin; last used' in line and key not in line
        *_, fresh = keys(folder, "rotate", key_id, "--overlap", "1h")
        assert {status(service, one) for one in (key, fresh)} == {200}
        keys(folder, "revoke", key_id)
        until(lambda: status(service, key) == 401, "the end of the revoked key")
        assert status(service, fresh) == 200
        keys(folder, "open")
        until(lambda: status(service) == 200, "an open service")
        entries = Client(service.url).ask("GET", "/audit").json["data"]
        made = [(entry["key_name"], entry["action"]) for entry in reversed(entries) if entry["status"] < 400]
        actions = ("createKey", "rotateKey", "revokeKey", "openWithoutKeys")
        assert made == [("command line", action) for action in actions]
        assert {entry["object"] for entry in entries if entry["action"] == "revokeKey"} == {f"keys/{key_id}"}


def test_keys_can_be_made_before_the_first_start(tmp_path: Path) -> None:
    made = ["--name", "ci", "--scopes", "predict,train", "--networks", "a*,b", "--limit", "predict=5/hour"]
    made += ["--limit", "queued_jobs=7"]
    first, key = keys(tmp_path / "data", "create", *made)
    assert "predict 5/hour; queued_jobs 7" in first
    with running(tmp_path / "data") as service:
        assert status(service) == 401
        assert status(service, key) == 200


def test_a_start_on_a_terminal_prints_a_link_that_signs_in_once(tmp_path: Path) -> None:
    *_, key = keys(tmp_path / "data", "create", "--name", "me", "--scopes", "admin")
    controller, terminal = pty.openpty()
    port = free_port()
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--data", str(tmp_path / "data")]
    service = subprocess.Popen(command, stdout=terminal, stderr=subprocess.STDOUT, cwd=ROOT)
    os.close(terminal)
    try:
        found = read_until(controller, rb"Sign in once within ten minutes: (\S+)")
        address, _, token = found.partition("#/sign-in?token=")
        assert address == f"http://127.0.0.1:{port}/"
        client = Client(address.rstrip("/"))
        answers = [client.ask("POST", "/session", {"token": token}) for _ in range(2)]
        assert [answer.status for answer in answers] == [200, 401]
        cookie = answers[0].headers["set-cookie"].partition(";")[0]
        assert "admin" in client.ask("GET", "/session", Cookie=cookie).json["scopes"]
        assert client.ask("GET", "/networks").status == 401
    finally:
        service.terminate()
        service.wait(30)
        os.close(controller)


def read_until(terminal: int, pattern: bytes) -> str:
    """The first group of what a program writes to its terminal; its end is an OSError."""
    text = b""
    while (match := re.search(pattern + rb"\r?\n", text)) is None:
        text += os.read(terminal, 4096)
    return match[1].decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scopes", "root"],
        ["--scopes", "read", "--expires", "soon"],
        ["--scopes", "read", "--networks", "a b"],
        ["--scopes", "read", "--limit", "predict"],
        ["--scopes", "read", "--limit", "predict=often"],
        ["--scopes", "read", "--limit", "queued_jobs=many"],
    ],
)
def test_a_key_that_cannot_be_made_is_rejected_in_words(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "service.cli", "keys", "create", "--name", "x", "--data", str(tmp_path / "data")]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode != 0 and "Traceback" not in done.stderr and done.stdout == ""
    assert "must be" in done.stderr


def test_a_container_takes_its_admin_key_from_a_file_and_may_then_listen_everywhere(tmp_path: Path) -> None:
    key, file, port = new_secret(), tmp_path / "admin.key", free_port()
    file.write_text(key + "\n")
    command = [sys.executable, "-m", "service.cli", "serve", "--host", "0.0.0.0", "--port", str(port)]
    environment = os.environ | {"FEEDFORWARD_ADMIN_KEY_FILE": str(file), "FEEDFORWARD_DATA_DIR": str(tmp_path / "data")}
    environment |= {"FEEDFORWARD_ALLOWED_HOSTS": "ff.example.org", "PYTHONPATH": str(ROOT)}
    log = (tmp_path / "log").open("w+")
    service = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        client = Client(f"http://127.0.0.1:{port}")
        until(lambda: answers(client), "the first answer")
        bearer = {"Authorization": f"Bearer {key}"}
        assert client.ask("GET", "/networks").status == 401
        assert client.ask("GET", "/keys", **bearer).json["data"][0]["name"] == "admin-key-file"
        assert client.ask("GET", "/keys", Host="ff.example.org", **bearer).status == 200
        assert client.ask("GET", "/keys", Host="other.example.org", **bearer).status == 421
        until(lambda: "ff.example.org" in (tmp_path / "log").read_text(), "the names it answers to")
    finally:
        service.terminate()
        service.wait(30)
        log.close()


def answers(client: Client) -> bool:
    try:
        return client.ask("GET", "/healthz").status == 200
    except OSError:
        return False


def test_a_rotation_under_load_fails_no_request(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service:
        client = Client(service.url)
        old = client.post("/keys", {"name": "ci", "scopes": ["admin"]})
        stop, current = threading.Event(), [old["key"]]
        statuses: list[int] = []

        def load() -> None:
            while not stop.is_set():
                statuses.append(status(service, current[0]))

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            bearer = {"Authorization": f"Bearer {current[0]}"}
            fresh = client.post(f"/keys/{old['id']}/rotate", {"overlap_seconds": 60}, **bearer)
            wait_for_more(statuses)
            current[0], old = fresh["key"], fresh
            wait_for_more(statuses)
        stop.set()
        for thread in threads:
            thread.join()
        assert len(statuses) > 100 and set(statuses) == {200}


def wait_for_more(statuses: list[int]) -> None:
    seen = len(statuses)
    until(lambda: len(statuses) > seen + 20, "further requests")
