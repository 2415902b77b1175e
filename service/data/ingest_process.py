"""`python -m service.data.ingest_process FILE FOLDER`: the process that reads one uploaded file (`tables.ingest`)."""

from __future__ import annotations

import json
import os
import resource
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

# Arrow reserves a block's bytes for every column of a CSV file. The limit below counts them for as long as they are
# not given back, which of Arrow's allocators only this one does at once.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "mimalloc"
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")


class WithoutPandas(MetaPathFinder):
    """Arrow loads pandas where it is installed and needs it for nothing here; that takes longer than a small file."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def main(path: Path, folder: Path) -> int:
    options = json.loads((folder / "options.json").read_text())
    limit = options.pop("memory_bytes")
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.meta_path.insert(0, WithoutPandas())
    # Not above: the limits hold for these too.
    from service.data.tables.errors import TableError
    from service.data.tables.options import IngestOptions
    from service.data.tables.reading import read, read_rows

    max_rows = options.pop("max_rows", None)
    try:
        if max_rows is None:
            summary = read(path, folder, IngestOptions(**options))
        else:
            summary = read_rows(path, folder, IngestOptions(**options), max_rows=max_rows)
    except TableError as rejection:
        issues = [issue.to_json() for issue in rejection.issues]
        (folder / "faults.json").write_text(json.dumps(issues))
        return 0
    (folder / "summary.json").write_text(json.dumps(summary, allow_nan=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
