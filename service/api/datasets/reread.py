"""`POST /datasets/{dataset}/reread`: the same file read in another way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, current_app

from service.api.datasets.datasets import DatasetSchema, publish
from service.api.datasets.upload_query import RereadQuery
from service.api.datasets.uploads import KEY
from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.idempotency import PARAMETER, requested_key
from service.api.http.smorest import LOCATION, Blueprint, header
from service.errors import TooManyUploads
from service.operations.datasets.datasets import get_dataset
from service.operations.datasets.rereading import kept_file
from service.operations.datasets.uploads import prepared

blp = Blueprint("reread", __name__, tag="datasets")


@blp.route("/datasets/<dataset>/reread", methods=["POST"], operation_id="rereadDataset")
@blp.arguments(RereadQuery, location="query")
@header(PARAMETER)
@blp.response(201, DatasetSchema, headers=LOCATION)
@blp.alt_response(
    200, schema=DatasetSchema, description="The same file was read in this way before", headers=LOCATION, success=True
)
@blp.problems(404, 409, 413, 503)
def reread(query: dict[str, Any], dataset: str) -> Response:
    """Read the file of a data set again with other options, without sending it again

    Makes another data set; the first one stays as it is, with the jobs that were trained on it. Options that are left
    out are detected, as for an upload. Without a `name` it is called after the first one, or with `revision` as it is.
    """
    key, found = requested_key(read_body), get_dataset(backend(), dataset)
    if query.get("revision"):
        query.setdefault("name", found.name)
    with reading_place(), kept_file(backend(), found) as upload:
        with prepared(backend(), upload, query) as pending:
            return publish(pending, key)


@contextmanager
def reading_place() -> Iterator[None]:
    """Reading takes as much as an upload. Raises TooManyUploads."""
    places: threading.BoundedSemaphore = current_app.extensions[KEY]
    if not places.acquire(blocking=False):
        raise TooManyUploads
    try:
        yield
    finally:
        places.release()
