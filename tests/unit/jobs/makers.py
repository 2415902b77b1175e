"""A small run without a worker."""

from service.domain.status import RequestedState
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.jobs import encoded_rows
from service.jobs.job_run import run
from service.jobs.messages import Assignment, Orders, ReportIntervals

NETWORK = Network(
    NetworkSpec.from_json(
        {
            "inputs": 2,
            "seed": 1,
            "loss": "binary_cross_entropy",
            "layers": [
                {"type": "dense", "units": 8, "activation": "tanh"},
                {"type": "dense", "units": 1, "activation": "sigmoid"},
            ],
        }
    )
)
XOR = Rows.of(NETWORK, [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
NEVER = 1e9


#: Every epoch is one step on the same rows, so that many run together.
TOGETHER = {"batch_size": "full"}
ONE_BY_ONE = {"batch_size": "full", "metrics": ["accuracy"]}


def assignment(epochs, *, checkpoint=None, snapshots=None, intervals=None, features=None, **training):
    return Assignment(
        job_id="job_1",
        token=1,
        network_id="net_1",
        spec=NETWORK.spec.to_json(),
        options={
            "training": {"epochs": epochs, "batch_size": 2, "optimizer": "adam", **training},
            "snapshots": snapshots or {},
        },
        data=encoded_rows.encode(XOR),
        start_values=NETWORK.to_bytes(NETWORK.initial_values()),
        checkpoint=checkpoint,
        intervals=intervals or ReportIntervals(report_seconds=NEVER, checkpoint_seconds=NEVER),
        features=features,
    )


def reports_of(work, requested_state=lambda: RequestedState.RUN):
    reports = []
    run(work, lambda: Orders(requested_state=requested_state()), reports.append)
    return reports


def requested_state_after(calls, body):
    """A body that comes up when it has been asked for so many times."""
    asked = iter(range(calls))
    return lambda: RequestedState.RUN if next(asked, None) is not None else body
