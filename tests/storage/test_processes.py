"""Several processes share one SQLite file."""

import subprocess
import sys
from pathlib import Path

from tests.storage.makers import stored_job

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from service.storage.sql.open import open_storage
storage = open_storage(sys.argv[1])
claim = storage.claim(sys.argv[2], owner="process", lease_seconds=60)
for n in range(40):
    storage.add_event(sys.argv[2], "note", {})
print("won" if claim else "lost")
"""


def test_processes_share_a_file(storage, database_url):
    job = stored_job(storage)
    command = [sys.executable, "-c", WRITER, database_url, job.id]
    writers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outcomes = [writer.communicate(timeout=60)[0].strip() for writer in writers]
    assert sorted(outcomes) == ["lost", "lost", "won"]
    assert [event.seq for event in storage.list_events(job.id, limit=1000)] == list(range(1, 3 + 3 * 40))
