"""A PostgreSQL and a Redis of a drill's own, which it may stop, kill and empty without disturbing anybody."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import redis

from drills.faults import Missing, until
from tests.acceptance.running import free_port

STOP_WITHIN_SECONDS = 30


class Server:
    """A server process on a port of its own; it can be ended in several ways, and started again on the same data."""

    def __init__(self, name: str, command: Sequence[str], *, log: Path, user: str | None) -> None:
        self.name = name
        self._command = command
        self._log = log
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            # A group of its own keeps a Ctrl-C that is meant for the drill away from it.
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, process_group=0, **_as_user(self._user)
            )

    def end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(STOP_WITHIN_SECONDS)
            self._process = None


class Postgres:
    """`initdb` refuses root, so root has it done by the user postgres."""

    def __init__(self, folder: Path) -> None:
        programs = _programs()
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        user = "postgres" if os.geteuid() == 0 else None
        data, home = folder / "postgres" / "data", folder / "postgres"
        home.mkdir()
        if user is not None:
            folder.chmod(0o755)
            shutil.chown(home, user)
        subprocess.run(
            [programs / "initdb", "--pgdata", data, "--auth=trust", "--username=postgres", "--no-sync"],
            check=True,
            capture_output=True,
            **_as_user(user),
        )
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(home), "max_connections": "200"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(self.port), *options]
        self._server = Server("PostgreSQL", command, log=folder / "postgres.log", user=user)

    name = "PostgreSQL"

    def start(self) -> None:
        self._server.start()
        until(self._answers, "PostgreSQL's first answer")

    def stop(self) -> None:
        """Stop it in order, but without waiting for its clients."""
        self._server.end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it, as if its machine had failed: at the next start it must recover."""
        self._server.end(signal.SIGQUIT)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis:
    name = "Redis"

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise Missing("there is no redis-server")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        home = folder / "redis"
        home.mkdir()
        settings = {"port": self.port, "bind": "127.0.0.1", "dir": home, "appendonly": "yes", "save": ""}
        command = [program, *(part for name, value in settings.items() for part in (f"--{name}", str(value)))]
        self._server = Server("Redis", command, log=folder / "redis.log", user=None)

    def start(self) -> None:
        self._server.start()
        until(self._answers, "Redis's first answer")

    def stop(self) -> None:
        self._server.end(signal.SIGTERM)

    def kill(self) -> None:
        self._server.end(signal.SIGKILL)

    def wipe(self) -> None:
        with redis.Redis.from_url(self.url) as connection:
            connection.flushall()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as connection:
                return bool(connection.ping())
        except redis.ConnectionError:
            return False


def _programs() -> Path:
    """Where Debian and others keep what only a server's owner runs."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders or not (folders[-1] / "initdb").exists():
        raise Missing("PostgreSQL's server programs are not installed")
    if os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        raise Missing("PostgreSQL refuses to run as root, and there is no user postgres")
    return folders[-1]


def _as_user(user: str | None) -> dict[str, Any]:
    return {} if user is None else {"user": user, "group": user, "extra_groups": [], "cwd": "/"}
