"""Forks the processes that read uploaded files: it has loaded pyarrow once, which takes longer than reading a small
file. Each process has its own limits, as with the service's own start of it (`service.data.tables.ingest`)."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).parents[1]


class IngestServer:
    def __init__(self):
        command = [sys.executable, "-m", "tests.ingest_server"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lock = Lock()

    def run_process(self, path, folder, seconds):
        """As `service.data.tables.ingest.run_process`, but without its time limit."""
        with self._lock:
            self._process.stdin.write(json.dumps([str(path), str(folder)]) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess([], code, b"", (folder / "stderr").read_bytes())

    def close(self):
        self._process.communicate()


def serve():
    # It sets how pyarrow takes memory, and then imports the same module.
    from service.data.ingest_process import main

    import_module("service.data.tables.reading")
    for line in sys.stdin:
        path, folder = map(Path, json.loads(line))
        child = os.fork()
        if not child:
            run_child(main, path, folder)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def run_child(main, path, folder):
    code = 1
    try:
        with (folder / "stderr").open("wb") as errors:
            os.dup2(errors.fileno(), 2)
        code = main(path, folder)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
