import logging

from service.worker.job_log import job_logger
from tests.storage.makers import stored_job

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_line_about_a_job_has_its_id_its_trace_and_its_own_fields(storage, caplog):
    job = stored_job(storage, traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
    with caplog.at_level(logging.INFO):
        job_logger(logging.getLogger("service.worker"), job).info("It is at epoch %d.", 3, extra={"epoch": 3})
    [record] = caplog.records
    assert record.getMessage() == "It is at epoch 3."
    assert (record.job_id, record.trace_id, record.epoch) == (job.id, TRACE, 3)
