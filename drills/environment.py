"""Where a drill takes place: a folder, and for the scaled service a PostgreSQL and a Redis."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drills.faults import Missing
from drills.servers import Postgres, Redis

BACKENDS = ("embedded", "scaled", "celery")


@dataclass(frozen=True)
class Environment:
    backend: str
    folder: Path
    postgres: Postgres | None = None
    redis: Redis | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def is_embedded(self) -> bool:
        return self.backend == "embedded"

    @property
    def database_url(self) -> str:
        return self.postgres.url if self.postgres else f"sqlite:///{self.data / 'feedforward.db'}"

    @property
    def queue_url(self) -> str:
        if self.redis is None:
            return f"sqlite:///{self.data / 'queue.db'}"
        return f"celery+{self.redis.url}" if self.backend == "celery" else self.redis.url


@contextmanager
def prepared(backend: str) -> Iterator[Environment]:
    """The folder is left where it is when the drill fails: its logs say why. Raises Missing."""
    folder = Path(tempfile.mkdtemp(prefix=f"feedforward-drill-{backend}-"))
    servers: list[Postgres | Redis] = []
    try:
        if backend == "embedded":
            yield Environment(backend, folder)
        else:
            postgres, redis = Postgres(folder), Redis(folder)
            for server in (postgres, redis):
                servers.append(server)
                server.start()
            yield Environment(backend, folder, postgres, redis)
    except Missing:
        shutil.rmtree(folder)
        raise
    else:
        _stop(servers)
        servers.clear()
        shutil.rmtree(folder)
    finally:
        _stop(servers)


def _stop(servers: list[Postgres | Redis]) -> None:
    for server in servers:
        server.stop()
