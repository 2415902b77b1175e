"""A worker process for the tests: `python -m tests.acceptance.worker DATABASE_URL QUEUE_URL QUEUE SETTINGS`."""

import json
import logging
import sys

from service.jobs.messages import ReportIntervals
from service.queues.open import open_dispatcher
from service.storage.sql.open import open_storage
from service.worker.settings import WorkerSettings
from service.worker.worker import Worker

database_url, queue_url, queue_name, settings = sys.argv[1:]
logging.basicConfig(level=logging.WARNING, format="worker: %(message)s")
given = json.loads(settings)
intervals = ReportIntervals(report_seconds=0.05, checkpoint_seconds=given.pop("checkpoint_seconds", 0.1))
queue = open_dispatcher(queue_url, queue=queue_name)
Worker(open_storage(database_url), queue, WorkerSettings(intervals=intervals, **given)).run()
