"""`python -m drills`: disturb a running service in every way, and see that nothing is lost."""

from __future__ import annotations

import argparse
import signal
import sys

from drills import bare, hostile, mlflow, rollback, slow, soak
from drills.catalogue import DRILLS, run
from drills.environment import BACKENDS
from drills.report import table
from drills.results import Baseline

#: Drills of their own kind: what clients do to a service that is started for them, a first start on a bare machine, an
#: upgrade rolled back, and the same work for a long time.
OTHERS = {
    "bare": bare.main,
    "hostile": hostile.main,
    "mlflow": mlflow.main,
    "rollback": rollback.main,
    "slow": slow.main,
    "soak": soak.main,
}


def main() -> int:
    if sys.argv[1:2] and sys.argv[1] in OTHERS:
        return OTHERS[sys.argv[1]](sys.argv[2:])
    parser = argparse.ArgumentParser(
        prog="python -m drills",
        description=__doc__.split(": ")[1],
        epilog=listing(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("drills", nargs="*", metavar="DRILL", help="those to do; without one, all")
    parser.add_argument(
        "--backend", choices=BACKENDS, action="append", help="may be given several times; without one, all"
    )
    parser.add_argument("--rounds", type=int, help="rounds of each drill; each has a number of its own")
    parser.add_argument(
        "--seed", type=int, default=1, help="of what is done when; the system still adds its own chance"
    )
    given = parser.parse_args()
    unknown = sorted(set(given.drills) - set(DRILLS))
    if unknown or (given.rounds is not None and given.rounds < 1):
        parser.error(f"there is no drill {', '.join(unknown)}" if unknown else "--rounds must be at least 1")
    # As an exception, so that servers and services are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    baseline, reports = Baseline(), []
    for name in given.drills or DRILLS:
        for backend in given.backend or BACKENDS:
            if backend in DRILLS[name].backends:
                report = run(name, backend, baseline, rounds=given.rounds, seed=given.seed)
                reports.append(report)
                print(f"{name} on {backend}: {report.failure or report.skipped or 'well'}", file=sys.stderr, flush=True)
    print(table(reports))
    return 1 if any(report.failure for report in reports) else 0


def listing() -> str:
    width = max(map(len, DRILLS))
    lines = [
        f"  {name.ljust(width)}  {drill.help} ({drill.rounds} rounds; {', '.join(drill.backends)})"
        for name, drill in DRILLS.items()
    ]
    others = [f"  {name.ljust(width)}  has options of its own: python -m drills {name} --help" for name in OTHERS]
    return "\n".join(["drills:", *lines, *others])


if __name__ == "__main__":
    sys.exit(main())
