"""kill -9 of everything while trainings are reported to a real MLflow server: every number must be there, once."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from drills.deployment import Deployment, deployment
from drills.environment import Environment, prepared
from drills.faults import DrillFailed, must, until
from drills.processes import end
from service.domain.epochs import Epoch
from service.domain.floats import kind_of
from service.domain.reports import Report
from service.domain.status import ENDED
from service.tracking.runs import metrics_of
from tests.acceptance.running import free_port

#: The release that the drill was written with; it needs its server, which mlflow-skinny has not.
RELEASE = "3.17.2"
EPOCHS, KILLS = 4000, 4
LONGEST_PAUSE_SECONDS = 3.0
START_WITHIN_SECONDS = 120.0
NETWORK = {
    "name": "reported",
    "inputs": 2,
    "seed": 5,
    "loss": "binary_cross_entropy",
    "layers": [
        {"type": "dense", "units": 4, "activation": "tanh"},
        {"type": "dense", "units": 1, "activation": "sigmoid"},
    ],
}
TRAINING = {
    "network": "reported",
    "data": {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]},
    "epochs": EPOCHS,
    "epochs_per_second": 500,
    "metrics": ["accuracy"],
    "report": {"mlflow": "lab", "experiment": "drill"},
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m drills mlflow", description=__doc__)
    parser.add_argument("--server", help=f"the program mlflow, of MLflow {RELEASE}; without it, the one on the PATH")
    parser.add_argument("--rounds", type=int, default=3, help=f"trainings, each with {KILLS} kills")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    program = given.server or shutil.which("mlflow")
    if program is None:
        print(f"There is no mlflow: pip install mlflow=={RELEASE} in an environment of its own, and --server.")
        return 1
    with prepared("embedded") as environment, mlflow_server(program, environment) as server:
        os.environ["FEEDFORWARD_MLFLOW_SERVERS"] = f"lab={server.url}"
        with deployment(environment, slots=1) as service:
            service.post("/networks", NETWORK)
            chance = random.Random(given.seed)
            for number in range(given.rounds):
                report = reported(service, chance)
                print(f"round {number + 1}: {compared(service, server, report):,} numbers, each once", flush=True)
            load(program, server, report)
            service.stop()
    print(f"{given.rounds} trainings of {EPOCHS:,} epochs, {given.rounds * KILLS} kills: well")
    return 0


class Server:
    def __init__(self, folder: Path) -> None:
        self.port, self.database = free_port(), folder / "mlflow.db"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def metrics(self, run_id: str) -> list[tuple[str, int, str]]:
        """Every row that the server has of a run: key, step and value; seconds as 0."""
        asked = (
            "SELECT key, step, CASE WHEN is_nan THEN 'nan' WHEN key = 'seconds' THEN 0.0 ELSE value END "
            "FROM metrics WHERE run_uuid = ?"
        )
        with closing(sqlite3.connect(self.database)) as connection:
            return [(key, step, str(value)) for key, step, value in connection.execute(asked, (run_id,))]


@contextmanager
def mlflow_server(program: str, environment: Environment) -> Iterator[Server]:
    server = Server(environment.folder)
    command = [program, "server", "--host", "127.0.0.1", "--port", str(server.port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{server.database}"]
    command += ["--artifacts-destination", str(environment.folder / "artifacts")]
    with (environment.folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        until(lambda: answers(server), "the start of MLflow", within_seconds=START_WITHIN_SECONDS)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(server: Server) -> bool:
    try:
        with urlopen(f"{server.url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def reported(service: Deployment, chance: random.Random) -> Report:
    """Train, kill everything several times meanwhile, and wait until all is reported."""
    job_id = service.post("/train", TRAINING)["id"]
    for _ in range(KILLS):
        time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
        end(service.pids(), signal.SIGKILL)
        until(lambda: is_back(service), "the start of what was killed", within_seconds=60)
    until(lambda: service.job(job_id).status in ENDED, "the end of the training", within_seconds=120)
    until(lambda: state(service, job_id).ended is not None, "the end of the report", within_seconds=180)
    report = state(service, job_id)
    must(report.state == "done" and report.model == "uploaded", f"the report is {report}")
    return report


def is_back(service: Deployment) -> bool:
    service.mend()
    return service.is_running() and service.is_ready()


def state(service: Deployment, job_id: str) -> Report:
    report = service.look(lambda: service.storage.get_report(job_id))
    if report is None:
        raise DrillFailed(f"job {job_id} has no report")
    return report


def compared(service: Deployment, server: Server, report: Report) -> int:
    """How many numbers the server has, each as the history has it and once."""
    epochs = service.storage.history([report.job_id], limit=EPOCHS)
    must(len(epochs) == EPOCHS, f"the history has {len(epochs)} epochs")
    wanted = sorted(one for epoch in epochs for one in written(epoch))
    found = sorted(server.metrics(str(report.run_id)))
    must(len(found) == len({(key, step) for key, step, _ in found}), "some numbers are there twice")
    must(found == wanted, f"{len(found)} numbers are there, and {len(wanted)} were made, or some are others")
    return len(found)


def written(epoch: Epoch) -> Iterator[tuple[str, int, str]]:
    """An epoch that a kill made the service train again took another time, which is no number of the training."""
    for key, value in metrics_of(epoch._replace(seconds=0.0)).items():
        yield key, epoch.epoch, str(value) if kind_of(value) != "nan" else "nan"


def load(program: str, server: Server, report: Report) -> None:
    """MLflow loads the model of the last run from its server, and predicts with it."""
    code = (
        "import sys, mlflow, numpy; mlflow.set_tracking_uri(sys.argv[1]); "
        "print(mlflow.pyfunc.load_model(f'runs:/{sys.argv[2]}/model').predict(numpy.zeros((1, 2), 'float32')))"
    )
    python = Path(program).parent / "python"
    done = subprocess.run([python, "-c", code, server.url, str(report.run_id)], capture_output=True, text=True)
    must(done.returncode == 0 and "probabilities" in done.stdout, done.stderr[-2000:])
