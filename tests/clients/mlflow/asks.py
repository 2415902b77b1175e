"""Reads experiments and runs of a service by MLflow's client, and prints what it saw as JSON.

Run by the Python of the environment of MLflow: `python asks.py URL JOB`, with a key in MLFLOW_TRACKING_TOKEN.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient


def main(url: str, job: str) -> None:
    client = MlflowClient(url)
    run = client.get_run(job)
    experiment = client.get_experiment_by_name("birds")
    ids = [experiment.experiment_id]
    mlflow.set_tracking_uri(url)
    frame = mlflow.search_runs(ids, "metrics.loss < 100", order_by=["metrics.loss ASC"])
    print(
        json.dumps(
            {
                "run": run.to_dictionary(),
                "history": [[point.step, point.value] for point in client.get_metric_history(job, "loss")],
                "experiments": sorted(one.name for one in client.search_experiments()),
                "by_id": client.get_experiment(ids[0]).name,
                "absent": client.get_experiment_by_name("nothing"),
                "finished": [one.info.run_id for one in client.search_runs(ids, "attributes.status = 'FINISHED'")],
                "failed": [one.info.run_id for one in client.search_runs(ids, "attributes.status = 'FAILED'")],
                "frame": frame["run_id"].tolist(),
                "errors": [
                    rejected(lambda: client.get_run("job_nothing")),
                    rejected(lambda: client.search_runs(ids, "params.x LIKE 'y'")),
                    rejected(lambda: client.create_experiment("mine")),
                    rejected(lambda: client.log_metric(job, "loss", 1.0)),
                ],
            }
        )
    )


def rejected(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except MlflowException as error:
        return str(error)
    return "accepted"


if __name__ == "__main__":
    main(*sys.argv[1:])
