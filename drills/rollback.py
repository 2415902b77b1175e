"""An upgrade that is rolled back: the version before the last migration runs again, on the backup it made before.

    python -m drills rollback [--to COMMIT]

1. The old version runs, trains, is backed up while it runs, and is stopped.
2. The new version upgrades the database, predicts the same, and stores something of its own.
3. The old version does not start on the upgraded database, and changes nothing in it.
4. The old version restores the backup and runs: everything is as it was at the backup.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from drills.faults import Missing, must, until
from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, free_port

NETWORK = {"name": "kept", "inputs": 2, "seed": 3, "layers": [{"type": "dense", "units": 1}]}
DATA = {"inputs": [[0, 1], [1, 0]], "targets": [[0], [1]]}
#: What must be as it was, in the parts that no version has changed.
READ = {
    "/predict?network=kept&x=1,2": ("outputs", "snapshot"),
    "/networks/kept": ("id", "layers", "parameter_count"),
    "/jobs?limit=1": ("data.0.id", "data.0.status", "data.0.epoch"),
}


class Version:
    """The code of one version, and the commands of its own."""

    def __init__(self, code: Path, data: Path) -> None:
        self._code, self._data = code, data

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "service.cli", *map(str, arguments), "--data", str(self._data)]

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), cwd=self._code, env=self._environment, capture_output=True, text=True, timeout=60
        )

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(self._code)}

    @contextmanager
    def running(self) -> Iterator[Client]:
        port = free_port()
        client = Client(f"http://127.0.0.1:{port}")
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                self.command("serve", "--port", str(port)),
                cwd=self._code,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
            try:
                until(lambda: answers(client) or process.poll() is not None, "a start", within_seconds=60)
                must(process.poll() is None, "the service does not start")
                yield client
            finally:
                process.terminate()
                process.wait(60)


def answers(client: Client) -> bool:
    try:
        return client.ask("GET", "/readyz").status == 200
    except OSError:
        return False


def version_before(commit: str | None, folder: Path) -> Path:
    """The code before the newest migration, or of a commit. Raises Missing without its history."""
    newest = max((ROOT / "migrations/versions").glob("*.py")).relative_to(ROOT)
    try:
        added = commit or git("log", "--follow", "--diff-filter=A", "--format=%H^", "--", str(newest)).decode().strip()
        packed = git("archive", added or "none", "service", "migrations")
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"the history of the code: {error}") from None
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def read(client: Client) -> dict[str, Any]:
    return {f"{path} {name}": part(client.get(path), name) for path, names in READ.items() for name in names}


def part(answer: Any, path: str) -> Any:
    for step in path.split("."):
        answer = answer[int(step)] if step.isdigit() else answer[step]
    return answer


def drill(folder: Path, commit: str | None, say: Callable[[str], None]) -> None:
    """Raises DrillFailed, and Missing."""
    data, backup = folder / "data", folder / "backup.db"
    old, new = Version(version_before(commit, folder / "old"), data), Version(ROOT, data)
    with old.running() as client:
        client.post("/networks", NETWORK)
        client.train("kept", DATA, epochs=3)
        before = read(client)
        taken = old.run("backup", backup)
        must(taken.returncode == 0, f"the old version makes no backup: {taken.stderr}")
    say("the old version has trained and was backed up")
    with new.running() as client:
        must(read(client) == before, "the new version answers otherwise")
        client.post("/networks", {**NETWORK, "name": "later"})
    say("the new version answers the same")
    upgraded = digest_of(data)
    refused = old.run("serve", "--port", str(free_port()))
    must(refused.returncode != 0, "the old version starts on the upgraded database")
    must(digest_of(data) == upgraded, "the old version has changed the upgraded database")
    say("the old version does not start on it")
    restored = old.run("restore", backup)
    must(restored.returncode == 0, f"the old version restores no backup: {restored.stderr}")
    with old.running() as client:
        must(read(client) == before, "after the restore the old version answers otherwise")
        must(client.ask("GET", "/networks/later").status == 404, "something newer than the backup is left")
        client.train("kept", DATA, epochs=3)
    say("the old version is as it was at the backup")


def digest_of(data: Path) -> str:
    return hashlib.sha256((data / "feedforward.db").read_bytes()).hexdigest()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m drills rollback", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", metavar="COMMIT", help="the old version; without it, the one before the last migration")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        drill(Path(folder), given.to, lambda line: print(line, flush=True))
    return 0
