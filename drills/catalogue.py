"""All drills, and how one is run."""

from __future__ import annotations

import random
import traceback
from dataclasses import dataclass
from typing import Protocol

from drills.disk import disk
from drills.environment import BACKENDS, Environment, prepared
from drills.faults import DrillFailed, Missing
from drills.freeze import freeze
from drills.interrupt import interrupt
from drills.kill import kill
from drills.messages import doubled, race, wipe
from drills.outage import outage
from drills.queueing import queueing
from drills.report import Report
from drills.results import Baseline
from drills.score import score
from drills.search import search

CELERY_SHARE = 4


class Carried(Protocol):
    def __call__(
        self, environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random
    ) -> None: ...


@dataclass(frozen=True)
class Drill:
    carry_out: Carried
    help: str
    rounds: int  #: of the long form
    backends: tuple[str, ...] = BACKENDS

    def rounds_on(self, backend: str) -> int:
        """Celery carries the same ids in another way: a part of the rounds is enough."""
        return -(-self.rounds // CELERY_SHARE) if backend == "celery" else self.rounds


SERVERS = ("scaled", "celery")

DRILLS = {
    "kill": Drill(kill, "kill -9 of a child, a fork server, a worker, a web process, or all, at random moments", 200),
    "freeze": Drill(freeze, "SIGSTOP of a worker past its lease, then SIGCONT", 12),
    "outage": Drill(outage, "PostgreSQL or Redis away for less and for more than a lease", 32, SERVERS),
    "wipe": Drill(wipe, "all messages lost while jobs run and others wait", 5),
    "doubled": Drill(doubled, "every message five times", 20),
    "race": Drill(race, "two workers for a hundred jobs whose messages come twice", 100),
    "disk": Drill(disk, "the disk of the data folder is full while a job runs", 10, ("embedded",)),
    "queue": Drill(queueing, "five hundred jobs wait for two slots: order and cancels", 500),
    "score": Drill(score, "kill -9 of a child, a worker, or all, while a table is scored", 30),
    "search": Drill(search, "kill -9 of everything, a child, or a worker, while a search runs", 30),
    "interrupt": Drill(interrupt, "Ctrl-C in the middle of ./run, then ./run", 20, ("embedded",)),
}


def run(name: str, backend: str, baseline: Baseline, *, rounds: int | None = None, seed: int = 1) -> Report:
    """Run a drill; its outcome is in the report, never raised."""
    drill = DRILLS[name]
    report, where = Report(name, backend), ""
    try:
        with prepared(backend) as environment:
            where = f" (see {environment.folder})"
            drill.carry_out(
                environment,
                report,
                baseline,
                rounds=rounds or drill.rounds_on(backend),
                chance=random.Random(f"{seed} {name} {backend}"),
            )
    except Missing as missing:
        report.skipped = str(missing)
    except DrillFailed as failed:
        report.failure = f"{failed}{where}"
    except Exception:
        report.failure = f"{traceback.format_exc()}{where}"
    return report
