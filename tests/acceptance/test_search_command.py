"""`./run search`: from a file to the best trial, and what Ctrl-C does."""

from __future__ import annotations

import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, RunningService

ROWS = "fat,salt,label\n" + "".join(
    f"{fat / 10},{salt / 10},{'like' if fat > salt else 'dislike'}\n" for fat in range(8) for salt in range(8)
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / f"cheeses-{token_hex(3)}.csv"
    path.write_text(ROWS)
    return path


def command(service: RunningService, *arguments: object) -> list[str]:
    return [str(ROOT / "run"), "search", *map(str, arguments), "--url", service.url]


@contextmanager
def interrupted(client: Client, name: str, command: list[str]) -> Iterator[tuple[str, int]]:
    """Ctrl-C once a trial has begun; what was said of it on stderr, and the exit code."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while client.ask("GET", f"/searches/{name}").status != 200 or not client.get(f"/searches/{name}/trials")["data"]:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=120)[1]
    yield said, process.returncode


def test_a_file_and_a_column_are_enough_and_the_line_it_ends_with_makes_the_best_live(
    service: RunningService, client: Client, table: Path
) -> None:
    name = f"tune-{token_hex(3)}"
    asked = command(service, table, "label", "--trials", 2, "--name", name)
    ended = subprocess.run(asked, capture_output=True, text=True, timeout=240)
    assert ended.returncode == 0, ended.stderr
    assert "64 rows" in ended.stdout and "succeeded  2 of 2 trials" in ended.stdout and "best val_loss" in ended.stdout
    assert "/training/optimizer/learning_rate" in ended.stdout and "\x1b" not in ended.stdout
    publish = shlex.split(next(line for line in ended.stdout.splitlines() if line.startswith("curl")))
    assert subprocess.run(publish, capture_output=True, timeout=60).returncode == 0
    assert client.get(f"/networks/{name}-best/live")["chosen_by"] == "alias"
    # The same file again is the same data set.
    assert client.get(f"/datasets/{table.stem}")["revisions"] == 1


def test_ctrl_c_leaves_the_search_and_says_how_to_cancel_it(
    service: RunningService, client: Client, table: Path
) -> None:
    name = f"tune-{token_hex(3)}"
    with interrupted(client, name, command(service, table, "label", "--trials", 500, "--name", name)) as (said, code):
        assert code != 0 and f"{name} goes on" in said and f"/searches/{name}/cancel" in said
        assert client.post(f"/searches/{name}/cancel", {})["status"] in ("cancelling", "cancelled")


def test_ctrl_c_cancels_the_search_where_it_was_told_to(service: RunningService, client: Client, table: Path) -> None:
    name = f"tune-{token_hex(3)}"
    asked = command(service, table, "label", "--trials", 500, "--name", name, "--cancel")
    with interrupted(client, name, asked) as (said, code):
        assert code != 0 and "The search cancelled" in said
        assert client.get(f"/searches/{name}")["status"] == "cancelled"


def test_what_the_service_rejects_is_said_in_a_line(service: RunningService, table: Path) -> None:
    ended = subprocess.run(command(service, table, "taste"), capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and "#/target" in ended.stderr and "Traceback" not in ended.stderr
