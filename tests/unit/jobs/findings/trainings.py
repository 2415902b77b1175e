"""Small trainings, run as a worker's child runs them, and what is found in each."""

from dataclasses import replace

import numpy as np

from service.data.preprocessing.table import TableSpec
from service.data.table_rows import Columns, read_rows
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.jobs import encoded_frames, encoded_rows
from service.jobs.division import TRAINING
from tests.unit.jobs.makers import assignment, reports_of


def dense(units, activation="linear", **more):
    return {"type": "dense", "units": units, "activation": activation, **more}


def findings_of(
    inputs, targets, layers, *, loss="mean_squared_error", labels=None, held_out=0, features=None, **training
):
    """The last findings of a run on these rows; the last `held_out` of them validate."""
    inputs, targets = np.asarray(inputs, np.float64), np.asarray(targets, np.float64)
    inputs, targets = inputs.reshape(len(inputs), -1), targets.reshape(len(targets), -1)
    spec = {"inputs": inputs.shape[1], "seed": 1, "loss": loss, "layers": layers}
    network = Network(NetworkSpec.from_json(spec), max_parameters=10**8)
    kept = len(inputs) - held_out
    training_rows = Rows.of(network, inputs[:kept], targets[:kept])
    validation = Rows.of(network, inputs[kept:], targets[kept:]) if held_out else None
    work = replace(
        assignment(features=features, **{"epochs": 100, "batch_size": "full", **training}),
        spec=network.spec.to_json(),
        labels=labels,
        data=encoded_rows.encode(training_rows, validation),
        start_values=network.to_bytes(network.initial_values()),
    )
    return last_findings(reports_of(work))


def table_findings_of(rows, table, layers, *, loss, validation=None, **training):
    """Those of a run on the rows of a table, as objects by column."""
    spec = TableSpec.from_json(table)
    network = Network(
        NetworkSpec.from_json({"inputs": spec.width, "seed": 1, "loss": loss, "layers": layers}), max_parameters=10**8
    )
    frame = read_rows(rows, Columns(dict(spec.all_kinds), frozenset(), frozenset(spec.named), spec.read_as))
    work = assignment(**{"epochs": 100, "batch_size": "full", **training})
    work = replace(
        work,
        spec=network.spec.to_json(),
        labels=spec.labels,
        table=table,
        options={**work.options, "validation": validation},
        data=encoded_frames.encode({TRAINING: frame}),
        start_values=network.to_bytes(network.initial_values()),
    )
    return last_findings(reports_of(work))


def last_findings(reports):
    assert reports[-1].end.error is None or reports[-1].end.error.code == "diverged", reports[-1].end
    return reports[-1].findings


def one_hot(classes, count):
    return np.eye(count)[classes]
