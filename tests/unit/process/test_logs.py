"""What a log line looks like."""

import json
import logging
from datetime import datetime

from service.process.logs import JsonFormatter


def line_of(**extra: object) -> dict[str, object]:
    logger = logging.getLogger("tests.logs")
    record = logger.makeRecord("tests.logs", logging.WARNING, "file", 1, "Job %s", ("job_1",), None, extra=extra)
    found: dict[str, object] = json.loads(JsonFormatter("worker").format(record))
    return found


def test_a_json_line_has_a_time_with_its_zone_level_role_and_message() -> None:
    line = line_of()
    assert datetime.fromisoformat(str(line["time"])).tzinfo is not None
    assert (line["level"], line["role"], line["message"]) == ("warning", "worker", "Job job_1")


def test_it_has_the_fields_that_are_known_and_no_others() -> None:
    line = line_of(job_id="job_1", request_id=None, anything="else")
    assert line["job_id"] == "job_1"
    assert not {"request_id", "anything"} & line.keys()


def test_a_traceback_stays_in_its_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.LogRecord("name", logging.ERROR, "file", 1, "failed", (), (ValueError, error, None))
    text = JsonFormatter("web").format(record)
    assert "\n" not in text and "ValueError: two\nlines" in json.loads(text)["error"]
