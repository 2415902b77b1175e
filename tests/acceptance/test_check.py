"""`./run check` and `./run upgrade-db`: what is in order, and how to put it in order."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.acceptance.running import ROOT, free_port


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "run"), *arguments], capture_output=True, text=True, timeout=120, env=os.environ | environment
    )


def results(text: str) -> dict[str, str]:
    return {line.split()[1]: line.split()[0] for line in text.splitlines()}


def test_after_upgrade_db_all_is_in_order(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    before = run("check", "--data", data)
    assert before.returncode == 1
    assert results(before.stdout) == {
        "configuration": "ok",
        "database": "FAIL",
        "tables": "FAIL",
        "queue": "FAIL",
        "executor": "ok",
    }

    assert run("upgrade-db", "--data", data).returncode == 0
    after = run("check", "--data", data)
    assert after.returncode == 0
    assert set(results(after.stdout).values()) == {"ok"}


def test_servers_that_do_not_answer_are_named_without_their_passwords(tmp_path: Path) -> None:
    port = free_port()
    ended = run(
        "check",
        "--data",
        str(tmp_path),
        DATABASE_URL=f"postgresql://me:secret@127.0.0.1:{port}/x",
        QUEUE_URL=f"redis://:secret@127.0.0.1:{port}/0",
    )
    assert ended.returncode == 1
    assert results(ended.stdout) == {
        "configuration": "ok",
        "database": "FAIL",
        "tables": "FAIL",
        "queue": "FAIL",
        "executor": "ok",
    }
    assert "secret" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_without_tables_says_what_to_do(tmp_path: Path) -> None:
    ended = run("worker", "--data", str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: ") and ended.stderr.endswith("Run upgrade-db.\n")
