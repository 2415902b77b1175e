"""A backup taken while the service works, and put back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, running

NETWORK = {"name": "kept", "inputs": 2, "seed": 3, "layers": [{"type": "dense", "units": 1}]}
DATA = {"inputs": [[0, 1], [1, 0]], "targets": [[0], [1]]}


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_what_was_there_at_the_backup_is_there_after_the_restore(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.db"
    with running(data) as service:
        client = Client(service.url)
        client.post("/networks", NETWORK)
        job = client.post("/train", {"network": "kept", "data": DATA, "epochs": 1_000_000})["id"]
        taken = command("backup", file, "--data", data)
        assert taken.returncode == 0, taken.stderr
        assert file.stat().st_mode & 0o077 == 0
        outputs = client.get("/predict?network=kept&snapshot=initial&x=1,2")["outputs"]
        client.ask("POST", f"/jobs/{job}/cancel")
        client.post("/networks", {**NETWORK, "name": "later"})

        in_use = command("restore", file, "--data", data)
        assert in_use.returncode == 1 and "is in use by another service" in in_use.stderr

        service.stop()
        put_back = command("restore", file, "--data", data)
        assert put_back.returncode == 0, put_back.stderr
        assert "feedforward.db.before-restore" in put_back.stdout
        service.start()
        assert client.ask("GET", "/networks/later").status == 404
        assert client.get("/predict?network=kept&snapshot=initial&x=1,2")["outputs"] == outputs
        assert client.get(f"/jobs/{job}")["status"] in ("queued", "running")  # as it was then


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0"])
def test_what_is_no_backup_is_rejected_and_changes_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    answer = command("restore", tmp_path / "file", "--data", tmp_path / "data")
    assert answer.returncode == 1 and "is not a backup of this service" in answer.stderr
    assert not (tmp_path / "data" / "feedforward.db").exists()


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "feedforward.db").touch()
    (tmp_path / "file").write_text("mine")
    answer = command("backup", tmp_path / "file", "--data", tmp_path / "data")
    assert answer.returncode == 1 and "exists already" in answer.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_postgresql_has_its_own_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1/none")
    answer = command("backup", tmp_path / "file")
    assert answer.returncode == 1 and "pg_dump" in answer.stderr


def test_the_version_is_reported() -> None:
    answer = command("--version")
    assert answer.returncode == 0 and answer.stdout.startswith("Feedforward 0.")
