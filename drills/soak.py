"""The same work for a long time: neither memory nor files nor threads grow, and answers do not become slower.

    python -m drills soak [--minutes 45]

Predictions are asked for at a steady rate. Beside them, a data set is uploaded, a network is created on it, trained,
evaluated and read, and both are deleted, over and over. It needs the machine for itself.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from drills.usage import NAMES, Usage, usage_of
from tests.acceptance.client import Client
from tests.acceptance.processes import descendants
from tests.acceptance.running import running

KEPT = {"name": "kept", "inputs": 2, "layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 1}]}
REQUESTS: Sequence[tuple[str, str, object]] = (
    ("GET", "/predict?network=kept&x=1,2", None),
    ("POST", "/predict", {"network": "kept", "inputs": [[1, 2], [3, 4]]}),
)
TABLE = [{"mass": row % 17, "island": "abc"[row % 3], "kind": "xy"[row % 2]} for row in range(60)]
#: Of each request, and of each round of the work beside them.
PERIOD_SECONDS, ROUND_SECONDS, SAMPLE_SECONDS = 0.02, 2.0, 1.0
#: Until every thread and cache is there.
WARM_UP_SHARE, MOST_WARM_UP_SECONDS = 0.1, 60.0
#: How much more memory, files and threads the last quarter may have than the one before it, and how much longer the
#: slowest answers of the last tenth may take than those of the first.
MAX_GROWTH, MAX_SLOWDOWN = 1.05, 1.2


@dataclass
class Outcome:
    seconds: list[float] = field(default_factory=list)  #: of every answered request, in order
    usages: list[Usage] = field(default_factory=list)
    rounds: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def slowdown(self) -> float:
        tenth = len(self.seconds) // 10
        return p99(self.seconds[-tenth:]) / p99(self.seconds[:tenth])

    def growth(self, what: str) -> float:
        """The last quarter by the one before it."""
        quarter = len(self.usages) // 4
        earlier, later = self.usages[-2 * quarter : -quarter], self.usages[-quarter:]
        after, before = (median(getattr(one, what) for one in some) for some in (later, earlier))
        return float(after / before)

    @property
    def faults(self) -> list[str]:
        grown = [f"{what} grew to {self.growth(what):.3f}" for what in NAMES if self.growth(what) > MAX_GROWTH]
        slower = [f"p99 grew to {self.slowdown:.2f}"] if self.slowdown > MAX_SLOWDOWN else []
        return [*self.failures[:5], *grown, *slower]


def p99(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=100)[98]


def drill(folder: Path, *, seconds: float, say: Callable[[str], None] = print) -> Outcome:
    with running(folder) as service:
        client = Client(service.url)
        client.post("/networks", KEPT)
        # Those that live as long as the service, and not those that train one job or read one file.
        processes = {service.pid, *descendants(service.pid)}
        work(processes, client, min(WARM_UP_SHARE * seconds, MOST_WARM_UP_SECONDS))
        outcome = work(processes, client, seconds)
    first, last = outcome.usages[0], outcome.usages[-1]
    say(f"{len(outcome.seconds):,} predictions, {outcome.rounds} rounds of training, {len(outcome.failures)} failures")
    say(f"first: {first}\nlast:  {last}")
    say(f"p99 of the last tenth by the first: {outcome.slowdown:.2f}")
    return outcome


def work(processes: Collection[int], client: Client, seconds: float) -> Outcome:
    outcome, ends_at = Outcome(), time.monotonic() + seconds

    def repeat(act: Callable[[], None], period: float) -> None:
        due = time.monotonic()
        while due < ends_at:
            try:
                act()
            except (OSError, AssertionError) as error:
                outcome.failures.append(f"{act.__name__}: {error}")
            due = max(due + period, time.monotonic())
            time.sleep(max(0.0, min(due, ends_at) - time.monotonic()))

    def predict() -> None:
        for method, path, body in REQUESTS:
            began = time.perf_counter()
            answer = client.ask(method, path, body)
            outcome.seconds.append(time.perf_counter() - began)
            assert answer.status == 200, f"{method} {path}: {answer.status}"

    def train() -> None:
        one_round(client)
        outcome.rounds += 1

    def sample() -> None:
        outcome.usages.append(usage_of(processes))

    acts = ((predict, PERIOD_SECONDS), (train, ROUND_SECONDS), (sample, SAMPLE_SECONDS))
    threads = [threading.Thread(target=repeat, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def one_round(client: Client) -> None:
    """A life of a data set and a network: nothing of it is left in the end."""
    client.post("/datasets?name=rows", TABLE)
    proposal = client.get("/datasets/rows/proposal?target=kind")
    client.post("/networks", {**proposal["network"], "name": "short"})
    job = client.post("/train", {**proposal["train"], "network": "short", "epochs": 20}, Prefer="wait=60")
    assert job["status"] == "succeeded", job
    client.get("/networks/short/history")
    client.post("/evaluate", {"network": "short", "dataset": "rows", "rows": "all"})
    client.post("/predict", {"network": "short", "inputs": [{"mass": 3, "island": "a"}]})
    for path in ("/networks/short", "/datasets/rows"):
        assert client.ask("DELETE", path).status == 204


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m drills soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=45.0)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = drill(Path(folder) / "data", seconds=60 * given.minutes)
    print("\n".join(f"FAILED {fault}" for fault in outcome.faults) or "well")
    return 1 if outcome.faults else 0
