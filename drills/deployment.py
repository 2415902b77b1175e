"""One service in all its processes, started as its users would, and started again when they have died."""

from __future__ import annotations

import signal
import subprocess
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar

from drills.environment import Environment
from drills.faults import DrillFailed, must, until
from drills.processes import MARK, end, members, state_of
from drills.programs import LEASE_SECONDS, SERVE, UPGRADE, WORKER, Program, environment
from service.domain.jobs import Event, Job
from service.domain.paging import Page
from service.domain.status import ACTIVE, ENDED
from service.errors import StorageUnavailable
from service.queues.dispatcher import Dispatcher
from service.queues.open import open_dispatcher
from service.storage.base import Storage
from service.storage.sql.open import open_storage
from tests.acceptance.client import Answer, Client
from tests.acceptance.running import free_port

T = TypeVar("T")

START_WITHIN_SECONDS = 60.0
STOP_WITHIN_SECONDS = 30.0
LAST_LINES = 20
EVERY = Page(limit=10_000)


@dataclass
class Deployment:
    environment: Environment
    programs: list[Program]
    storage: Storage
    queue: Dispatcher
    client: Client
    port: int
    slots: int
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    # -- start and end -----------------------------------------------------------------------------------------------

    def mend(self) -> None:
        """Start every process that does not run, as an init system does."""
        for program in self.programs:
            if not program.is_running:
                self.start(program)

    def wait_until_ready(self) -> None:
        until(self.is_ready, "readiness", within_seconds=START_WITHIN_SECONDS)

    def is_running(self) -> bool:
        return all(program.is_running for program in self.programs)

    def is_ready(self) -> bool:
        return self.answers("/readyz")

    def answers(self, path: str = "/healthz") -> bool:
        try:
            return self.client.ask("GET", path).status == 200
        except (OSError, HTTPException):
            return False

    def stop(self) -> None:
        """Stop all processes in order. Raises DrillFailed if that is impossible, or something is left."""
        codes = {program.name: self._end(program) for program in self.programs}
        must(not any(codes.values()), f"the service ended with {codes}")
        until(lambda: not members(self.mark), f"the end of {members(self.mark)}", within_seconds=5)

    def _end(self, program: Program) -> int:
        if program.process is None:
            return 0
        until(lambda: self.has_begun(program) or not program.is_running, f"the start of {program.name}")
        program.process.terminate()
        return program.process.wait(STOP_WITHIN_SECONDS)

    def kill(self) -> None:
        while left := list(members(self.mark)):
            end(left, signal.SIGKILL)
        for program in self.programs:
            if program.process is not None:
                program.process.wait()

    def upgrade(self) -> None:
        """By a process, for one process upgrades one database at a time."""
        subprocess.run(UPGRADE, env=self._environment(), check=True, capture_output=True)

    def start(self, program: Program) -> None:
        with self._log(program).open("ab") as log:
            program.log_from = log.tell()
            program.process = subprocess.Popen(
                program.command, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )

    def has_begun(self, program: Program) -> bool:
        """Before it is ready it knows no signals, and would die of the first."""
        return program.help.encode() in self._log(program).read_bytes()[program.log_from :]

    def _log(self, program: Program) -> Path:
        return self.environment.folder / f"{program.name}.log"

    def _environment(self) -> dict[str, str]:
        own = {"FEEDFORWARD_SLOTS": str(self.slots), "FEEDFORWARD_PORT": str(self.port), MARK: self.mark}
        return environment(self.environment) | own

    def describe(self) -> str:
        """What runs, and the last log lines, for a drill that has failed."""
        lines = [f"{pid} {part} {state_of(pid)}" for pid, part in sorted(members(self.mark).items())]
        try:
            lines += [repr(job) for job in self.storage.list_jobs(EVERY, statuses=sorted(ACTIVE))]
        except StorageUnavailable as error:
            lines.append(error.message)
        for log in sorted(self.environment.folder.glob("*.log")):
            lines += [f"-- {log.name}", *log.read_text(errors="replace").splitlines()[-LAST_LINES:]]
        return "\n".join(lines)

    # -- what it does -------------------------------------------------------------------------------------------------

    def pids(self, *parts: str) -> list[int]:
        return [pid for pid, part in members(self.mark).items() if not parts or part in parts]

    def look(self, action: Callable[[], T]) -> T:
        """Query the database, retrying while it is away."""
        found: list[T] = []

        def has_answered() -> bool:
            try:
                found.append(action())
            except StorageUnavailable:
                return False
            return True

        until(has_answered, "an answer of the database")
        return found[0]

    def job(self, job_id: str) -> Job:
        return self.look(lambda: self.storage.get_job(job_id))

    def events(self, job_id: str) -> Sequence[Event]:
        return self.look(lambda: self.storage.list_events(job_id, limit=100_000))

    def starts(self, job_id: str) -> list[float]:
        """When each run of the job began."""
        return [event.created_at for event in self.events(job_id) if event.kind == "started"]

    def is_in_motion(self, before: Job) -> bool:
        """Whether the job has gone on, or been started again, or ended, since it was as `before`."""
        job = self.job(before.id)
        return job.token > before.token or job.epoch > before.epoch or job.status in ENDED

    # -- what its users ask ------------------------------------------------------------------------------------------

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        """Retry until there is a response; an idempotency key makes sure that this counts once."""
        headers = {"Idempotency_Key": key or uuid.uuid4().hex}

        def answer() -> Answer | None:
            try:
                given = self.client.ask("POST", path, body, **headers)
            except (OSError, HTTPException):  # nothing listens, or the process that did has died
                return None
            return given if given.status < 500 else None

        given = until(answer, f"an answer to POST {path}")
        must(given.status < 400, f"POST {path} was answered {given.status}: {given.body.decode()}")
        return given.json


@contextmanager
def deployment(
    environment: Environment, *, slots: int, workers: int = 1, serve: Sequence[str] = SERVE
) -> Iterator[Deployment]:
    """A service that is ready. An embedded one includes a worker; further workers are separate processes."""
    beside = workers - 1 if environment.is_embedded else workers
    programs = [
        Program("serve", serve, help="Feedforward is ready"),
        *(Program(f"worker-{number + 1}", WORKER, help=" is ready, with ") for number in range(beside)),
    ]
    port = free_port()
    environment.data.mkdir(exist_ok=True)
    started = Deployment(
        environment=environment,
        programs=programs,
        storage=open_storage(environment.database_url),
        queue=open_dispatcher(environment.queue_url),
        client=Client(f"http://127.0.0.1:{port}"),
        port=port,
        slots=slots,
    )
    try:
        # An embedded database gets its tables from `serve`, without which no worker starts.
        if not environment.is_embedded:
            started.upgrade()
        started.start(programs[0])
        if environment.is_embedded:
            started.wait_until_ready()
        started.mend()
        started.wait_until_ready()
        until(lambda: started.storage.count_workers(alive_within_seconds=LEASE_SECONDS) == workers, "all workers")
        yield started
    except DrillFailed as failed:
        raise DrillFailed(f"{failed}\n{started.describe()}") from failed
    finally:
        started.kill()
        started.queue.close()
        started.storage.close()


def worker_pid(job: Job) -> int | None:
    """Of the worker that holds the job."""
    return int(job.owner.split(":")[1]) if job.owner else None
