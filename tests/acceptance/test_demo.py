"""`./run demo`, against a running service and with one of its own."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess

import pytest

from tests.acceptance.client import Client
from tests.acceptance.processes import PROC, command_of
from tests.acceptance.running import ROOT, RunningService, free_port

RUN = [str(ROOT / "run"), "demo"]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *arguments], capture_output=True, text=True, timeout=240)


def accuracy(text: str) -> float:
    found = re.search(r"accuracy ([0-9.]+)%", text)
    assert found, text
    return float(found[1])


@pytest.mark.usefixtures("curl")
def test_against_a_running_service_it_trains_well_and_its_curl_lines_run(
    service: RunningService, client: Client
) -> None:
    ended = demo("--url", service.url)
    assert ended.returncode == 0, ended.stderr
    assert accuracy(ended.stdout) >= 95
    assert re.search("epoch 1000 of 1000 .*█.*▁", ended.stdout)
    assert "\x1b" not in ended.stdout

    name = client.get("/networks")["data"][0]["name"]
    assert name.startswith("penguins-")
    assert len(client.get(f"/networks/{name}/history?limit=1000")["data"]) == 1000

    lines = [line for line in ended.stdout.splitlines() if line.startswith("curl ")]
    assert len(lines) == 5
    for line in lines:
        command = shlex.split(line)
        subprocess.run([*command, "--silent", "--show-error", "--fail-with-body"], check=True, capture_output=True)


def test_with_a_service_of_its_own_it_leaves_nothing_behind() -> None:
    ended = demo()
    assert ended.returncode == 0, ended.stderr
    assert accuracy(ended.stdout) >= 95
    assert "http://127.0.0.1:8000/networks" in ended.stdout
    assert not [
        pid for pid in PROC.iterdir() if pid.name.isdigit() and "feedforward-demo-" in command_of(int(pid.name))
    ]


def test_on_a_terminal_one_line_is_drawn_again_and_again(service: RunningService) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([*RUN, "--url", service.url], stdout=theirs, stderr=theirs, stdin=theirs) as process:
        os.close(theirs)
        text = read_all(ours)
        assert process.wait(240) == 0
    assert text.count("\r\x1b[2K") >= 2
    assert text.count("epoch 1000 of 1000") == 1


def read_all(terminal: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # A terminal ends like this when its last writer has gone.
            break
        if not part:
            break
        parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode()


def test_where_no_service_answers_it_says_so_in_a_line() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    ended = demo("--url", url)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Error: {url} does not answer as a Feedforward service would: ")
    assert ended.stderr.count("\n") == 1
