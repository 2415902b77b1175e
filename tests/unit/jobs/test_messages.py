import pickle
from math import inf

from service.domain.epochs import Epoch
from service.jobs.messages import End, Report


def test_a_report_arrives_as_it_was_sent():
    layers = [{"layer": "dense_1"}]
    epochs = (
        Epoch(1, 0.5, None, 0.1, inf, 0.2),
        Epoch(2, 0.25, 0.5, 0.1, 1.0, 0.2, metrics={"accuracy": 1.0}, layers=layers, job_id="job_1"),
    )
    for report in (Report(epochs=epochs, seconds=1.5, best_epoch=2), Report(end=End(stopped=True))):
        assert pickle.loads(pickle.dumps(report)) == report
