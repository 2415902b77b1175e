"""A worker process for the tests: `python -m tests.acceptance.worker DATABASE_URL QUEUE_URL QUEUE SETTINGS`."""

import json
import logging
import sys

from service.jobs.huey_dispatcher import HueyDispatcher
from service.jobs.messages import Pace
from service.storage.sql.open import open_storage
from service.worker.settings import WorkerSettings
from service.worker.worker import Worker

database_url, queue_url, queue_name, settings = sys.argv[1:]
logging.basicConfig(level=logging.WARNING, format="worker: %(message)s")
pace = Pace(report_seconds=0.05, checkpoint_seconds=0.1)
queue = HueyDispatcher(queue_url, queue=queue_name)
Worker(open_storage(database_url), queue, WorkerSettings(pace=pace, **json.loads(settings))).run()
